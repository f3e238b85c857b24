namespace RenderFarm.Diffusion.Kernels;

/// <summary>
/// What <see cref="NormKernel{TElement}"/>'s passes need per picture and channel. With x̂ = (x - mean) r, r = 1 / √(variance + ε), weight γ, bias β,
/// and a modulation of scale s and shift t: u = (γ x̂ + β)(1 + s) + t = a x + b.
/// </summary>
internal sealed class NormCoefficients
{
    private readonly NormShape _shape;
    private readonly float[] _weight;
    private readonly float[] _bias;
    private readonly float[]? _modulation;

    /// <param name="shape">the map's sizes</param>
    /// <param name="weight">γ [C]</param>
    /// <param name="bias">β [C]</param>
    /// <param name="modulation">s and t [B, 2C], or null for none</param>
    public NormCoefficients(NormShape shape, float[] weight, float[] bias, float[]? modulation)
    {
        (_shape, _weight, _bias, _modulation) = (shape, weight, bias, modulation);
        var size = shape.Batch * shape.Channels;
        (Scale, Offset, Mean, Deviation) = (new float[size], new float[size], new float[size], new float[size]);
    }

    /// <summary>a [B, C].</summary>
    public float[] Scale { get; }

    /// <summary>b [B, C].</summary>
    public float[] Offset { get; }

    /// <summary>The group's mean, for each of its channels [B, C].</summary>
    public float[] Mean { get; }

    /// <summary>r [B, C].</summary>
    public float[] Deviation { get; }

    /// <summary>Finishes the moments and computes a and b.</summary>
    /// <param name="sums">[items, 2, C] of <see cref="NormKernel{TElement}.Moments"/></param>
    /// <param name="pivots">p [B, C], which was subtracted there</param>
    /// <param name="epsilon">ε</param>
    public void Finish(float[] sums, float[] pivots, double epsilon)
    {
        var channels = _shape.Channels;
        var means = new double[channels];
        for (var picture = 0; picture < _shape.Batch; picture++)
        {
            for (var group = 0; group < _shape.Groups; group++)
            {
                var first = group * _shape.GroupWidth;
                double mean = 0, squares = 0;
                for (var c = first; c < first + _shape.GroupWidth; c++)
                {
                    var sum = Total(sums, picture, 0, c);
                    means[c] = pivots[picture * channels + c] + sum / _shape.Places;
                    squares += Total(sums, picture, 1, c) - sum * sum / _shape.Places;
                    mean += means[c] / _shape.GroupWidth;
                }

                for (var c = first; c < first + _shape.GroupWidth; c++) squares += _shape.Places * (means[c] - mean) * (means[c] - mean);
                var deviation = 1 / Math.Sqrt(Math.Max(0, squares) / ((double)_shape.Places * _shape.GroupWidth) + epsilon);
                for (var c = first; c < first + _shape.GroupWidth; c++) Set(picture, c, mean, deviation);
            }
        }
    }

    /// <summary>
    /// The gradients of γ, β, s and t, and p and q of <see cref="NormKernel{TElement}.Combine"/>: with g = du γ (1 + s),
    /// dx = r (g - mean(g) - x̂ mean(g x̂)), the means over the group.
    /// </summary>
    /// <param name="sums">[items, 2, C] of <see cref="NormKernel{TElement}.Backward"/></param>
    public NormGradients Gradients(float[] sums)
    {
        var channels = _shape.Channels;
        var result = new NormGradients(_shape, _modulation is not null);
        var count = (double)_shape.Places * _shape.GroupWidth;
        for (var picture = 0; picture < _shape.Batch; picture++)
        {
            for (var group = 0; group < _shape.Groups; group++)
            {
                var first = group * _shape.GroupWidth;
                double plain = 0, product = 0;
                for (var c = first; c < first + _shape.GroupWidth; c++)
                {
                    var du = Total(sums, picture, 0, c);
                    var duNormed = Total(sums, picture, 1, c) * Deviation[picture * channels + c];
                    var factor = 1 + ScaleOf(picture, c);
                    plain += du * _weight[c] * factor;
                    product += duNormed * _weight[c] * factor;
                    result.Weight[c] += (float)(duNormed * factor);
                    result.Bias[c] += (float)(du * factor);
                    if (result.Modulation is null) continue;
                    result.Modulation[2 * picture * channels + c] = (float)(duNormed * _weight[c] + du * _bias[c]);
                    result.Modulation[(2 * picture + 1) * channels + c] = (float)du;
                }

                for (var c = first; c < first + _shape.GroupWidth; c++)
                {
                    var index = picture * channels + c;
                    double r = Deviation[index];
                    result.Slope[index] = (float)(-r * r * product / count);
                    result.Offset[index] = (float)(r * r * Mean[index] * product / count - r * plain / count);
                }
            }
        }

        return result;
    }

    private double ScaleOf(int picture, int channel) => _modulation is null ? 0 : _modulation[2 * picture * _shape.Channels + channel];

    private double ShiftOf(int picture, int channel) => _modulation is null ? 0 : _modulation[(2 * picture + 1) * _shape.Channels + channel];

    private void Set(int picture, int channel, double mean, double deviation)
    {
        var index = picture * _shape.Channels + channel;
        var factor = 1 + ScaleOf(picture, channel);
        var scale = deviation * _weight[channel] * factor;
        Mean[index] = (float)mean;
        Deviation[index] = (float)deviation;
        Scale[index] = (float)scale;
        Offset[index] = (float)(_bias[channel] * factor + ShiftOf(picture, channel) - mean * scale);
    }

    private double Total(float[] sums, int picture, int which, int channel)
    {
        var splits = _shape.Splits;
        double total = 0;
        for (var item = picture * splits; item < (picture + 1) * splits; item++) total += sums[(2 * item + which) * _shape.Channels + channel];
        return total;
    }
}
