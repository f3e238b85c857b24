using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;

namespace RenderFarm.Training.Tests.Evaluation;

/// <summary>True pictures, and what may happen to them.</summary>
internal static class TestPictures
{
    /// <summary>Scenes of both splits in turn, each with its caption and picture.</summary>
    public static IEnumerable<(Caption Caption, byte[] Pixels)> Draw(int count, ulong seed, int side = 256, int least = 1, World world = World.First)
    {
        using var painter = new ScenePainter();
        var samplers = new[] { new SceneSampler(SceneSplit.Seen, least, world: world), new SceneSampler(SceneSplit.Unseen, least, world: world) };
        for (var i = 0; i < count; i++)
        {
            var random = new SceneRandom(seed).Split((ulong)i);
            var scene = samplers[i % 2].Draw(random);
            yield return (CaptionWriter.Write(scene, random), painter.Paint(scene, side));
        }
    }

    /// <summary>The picture blurred by a Gaussian of this many pixels, [side, side, 3].</summary>
    public static byte[] Blur(byte[] pixels, int side, double sigma)
    {
        var reach = (int)Math.Ceiling(4 * sigma);
        var kernel = Enumerable.Range(-reach, (2 * reach) + 1).Select(d => Math.Exp(-d * d / (2 * sigma * sigma))).ToArray();
        var total = kernel.Sum();
        double[] values = [.. pixels.Select(value => (double)value)];
        foreach (var (step, length) in new[] { (3, side), (3 * side, side) })
        {
            var source = values;
            values = new double[source.Length];
            for (var i = 0; i < source.Length; i++)
            {
                var position = i / step % length;
                for (var d = -reach; d <= reach; d++)
                    values[i] += kernel[d + reach] / total * source[i + ((Math.Clamp(position + d, 0, length - 1) - position) * step)];
            }
        }

        return [.. values.Select(Round)];
    }

    /// <summary>The picture with Gaussian noise of this many levels.</summary>
    public static byte[] AddNoise(byte[] pixels, double levels, SceneRandom random) => [.. pixels.Select(value =>
    {
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        return Round(value + (levels * normal));
    })];

    private static byte Round(double value) => (byte)Math.Clamp(Math.Round(value), 0, 255);
}
