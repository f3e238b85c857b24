namespace RenderFarm.Diffusion.Pictures;

/// <summary>
/// Resizes as Pillow does (Image.resize with BICUBIC; src/libImaging/Resample.c), to the last bit: first along the rows, then along the
/// columns, each result rounded to 8 bits. Keys' kernel with a = −½, widened where the picture becomes smaller.
/// </summary>
internal static class BicubicResampling
{
    private const double A = -0.5, Support = 2;
    private const int Precision = 22; // of the weights, in bits

    /// <param name="samples">Row by row, <paramref name="channels"/> bytes a pixel.</param>
    /// <param name="channels">Bytes a pixel.</param>
    /// <param name="from">The picture's size.</param>
    /// <param name="to">The result's.</param>
    /// <returns>width·height·channels bytes of the result</returns>
    public static byte[] Resize(ReadOnlySpan<byte> samples, int channels, PictureSize from, PictureSize to)
    {
        var (line, newLine) = (from.Width * channels, to.Width * channels);
        var rows = from.Width == to.Width ? samples.ToArray() : Along(samples, to.Width, from.Height, from.Width, channels, pixelStep: channels, lineStep: line, newPixelStep: channels, newLineStep: newLine);
        return from.Height == to.Height ? rows : Along(rows, to.Height, to.Width, from.Height, channels, pixelStep: newLine, lineStep: channels, newPixelStep: newLine, newLineStep: channels);
    }

    /// <summary>Resamples each of <paramref name="lines"/> lines from <paramref name="length"/> to <paramref name="newLength"/> pixels.</summary>
    private static byte[] Along(ReadOnlySpan<byte> from, int newLength, int lines, int length, int channels, int pixelStep, int lineStep, int newPixelStep, int newLineStep)
    {
        var to = new byte[newLength * lines * channels];
        for (var pixel = 0; pixel < newLength; pixel++)
        {
            var (first, exact) = Weights(pixel, length, newLength);
            var weights = Array.ConvertAll(exact, weight => (int)Math.Round(weight * (1 << Precision), MidpointRounding.AwayFromZero));
            for (var line = 0; line < lines; line++)
            {
                for (var channel = 0; channel < channels; channel++)
                {
                    var sum = 1 << (Precision - 1);
                    var at = (line * lineStep) + (first * pixelStep) + channel;
                    foreach (var weight in weights)
                    {
                        sum += from[at] * weight;
                        at += pixelStep;
                    }
                    to[(line * newLineStep) + (pixel * newPixelStep) + channel] = (byte)Math.Clamp(sum >> Precision, byte.MinValue, byte.MaxValue);
                }
            }
        }
        return to;
    }

    /// <summary>What a new pixel is made of.</summary>
    /// <param name="pixel">Its index.</param>
    /// <param name="length">Pixels before.</param>
    /// <param name="newLength">Pixels after.</param>
    /// <returns>Index of the first old pixel, and the weights from there on, which sum to 1.</returns>
    public static (int First, double[] Weights) Weights(int pixel, int length, int newLength)
    {
        var scale = length / (double)newLength;
        var stretch = Math.Max(scale, 1);
        var centre = (pixel + 0.5) * scale;
        var first = Math.Max((int)(centre - (Support * stretch) + 0.5), 0);
        var end = Math.Min((int)(centre + (Support * stretch) + 0.5), length);
        var weights = new double[end - first];
        for (var i = 0; i < weights.Length; i++) weights[i] = Kernel((i + first - centre + 0.5) / stretch);
        var sum = weights.Sum();
        return (first, Array.ConvertAll(weights, weight => weight / sum));
    }

    private static double Kernel(double x)
    {
        x = Math.Abs(x);
        return x < 1 ? ((((A + 2) * x) - (A + 3)) * x * x) + 1 : x < 2 ? ((((x - 5) * x) + 8) * x - 4) * A : 0;
    }
}
