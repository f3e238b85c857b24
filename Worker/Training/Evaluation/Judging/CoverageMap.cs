namespace RenderFarm.Training.Evaluation.Judging;

/// <summary>How much of each pixel a blob covers: 0 is the background's colour, 1 the blob's. Noise and overshoot go beyond.</summary>
internal sealed class CoverageMap
{
    private const int Side = JudgedImage.Side;

    private readonly float[] _values = new float[Side * Side];

    public CoverageMap(Segmentation segmentation, Blob blob)
    {
        var line = blob.Colour - segmentation.Background;
        var length = line.Dot(line);
        for (var i = 0; i < _values.Length; i++)
            _values[i] = (segmentation.Image.Pixels[i] - segmentation.Background).Dot(line) / length;
    }

    /// <summary>The value between pixel centres (these lie at halves), by Catmull-Rom splines; beyond the border the border's.</summary>
    public double At(double x, double y)
    {
        var (left, top) = ((int)Math.Floor(x - 0.5), (int)Math.Floor(y - 0.5));
        Span<double> across = stackalloc double[4];
        Span<double> down = stackalloc double[4];
        Weights(x - 0.5 - left, across);
        Weights(y - 0.5 - top, down);
        var sum = 0.0;
        for (var j = 0; j < 4; j++)
        {
            var row = Math.Clamp(top - 1 + j, 0, Side - 1) * Side;
            for (var i = 0; i < 4; i++)
                sum += down[j] * across[i] * _values[row + Math.Clamp(left - 1 + i, 0, Side - 1)];
        }

        return sum;
    }

    /// <summary>The steepest direction around a point, from the plane fitted to the 5x5 values about it.</summary>
    public (double X, double Y) Gradient(double x, double y)
    {
        var (sumX, sumY) = (0.0, 0.0);
        for (var j = -2; j <= 2; j++)
        {
            for (var i = -2; i <= 2; i++)
            {
                var value = At(x + i, y + j);
                (sumX, sumY) = (sumX + (i * value), sumY + (j * value));
            }
        }

        return (sumX / 50, sumY / 50);
    }

    private static void Weights(double t, Span<double> weights)
    {
        weights[0] = t * (-0.5 + (t * (1 - (0.5 * t))));
        weights[1] = 1 + (t * t * (-2.5 + (1.5 * t)));
        weights[2] = t * (0.5 + (t * (2 - (1.5 * t))));
        weights[3] = t * t * (-0.5 + (0.5 * t));
    }
}
