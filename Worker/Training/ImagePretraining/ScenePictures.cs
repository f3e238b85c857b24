using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.DomainRandomisation;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Training.ImagePretraining;

/// <summary>
/// Pictures of scenes as references come: not only as this project draws them, but a little moved and enlarged, with other colours, softened and noisy, as
/// a cascade's own pictures and JPEG files are. Colours and shapes without words are any (<see cref="StrangePaints"/>, <see cref="StrangeOutlines"/>). Not thread-safe.
/// </summary>
/// <param name="side">Height and width in pixels.</param>
/// <param name="isStrangeColour">Whether there is no word for a colour.</param>
/// <param name="isStrangeShape">Whether there is no word for a shape.</param>
internal sealed class ScenePictures(int side, Predicate<Colour> isStrangeColour, Predicate<Shape> isStrangeShape) : IDisposable
{
    /// <summary>The encoder's pixels are (x − Mean) / Deviation, x in 0..1.</summary>
    public const double Mean = 0.5, Deviation = 0.5;

    private const int LargestMargin = 5;          // pixels by which a picture may be larger than what is seen of it
    private const double ShareAsDrawn = 0.25;     // so many pictures are left as they are
    private const double LargestColourShift = 12; // levels of 255
    private const double LargestNoise = 8;        // standard deviation in levels

    private readonly ScenePainter _painter = new();
    private readonly StrangePaints _paints = new(isStrangeColour);
    private readonly byte[] _pixels = new byte[side * side * 3];
    private readonly float[] _softened = new float[side * side * 3];

    /// <summary>Paints scenes.</summary>
    /// <param name="scenes">B scenes.</param>
    /// <param name="wanted">What instructions make of them, the same ones where there are none: what is painted in a strange colour must suit both.</param>
    /// <param name="random">Where deviations come from.</param>
    /// <returns>[B, 3, side, side] float32 on the CPU</returns>
    public Tensor Paint(IReadOnlyList<Scene> scenes, IReadOnlyList<Scene> wanted, SceneRandom random)
    {
        var values = new float[scenes.Count * _pixels.Length];
        for (var i = 0; i < scenes.Count; i++) PaintOne(scenes[i], wanted[i], random, values.AsSpan(i * _pixels.Length, _pixels.Length));
        return torch.tensor(values, [scenes.Count, 3, side, side]);
    }

    public void Dispose() => _painter.Dispose();

    private void PaintOne(Scene scene, Scene wanted, SceneRandom random, Span<float> planes)
    {
        var deviates = !random.Chance(ShareAsDrawn);
        var margin = deviates ? random.Next(LargestMargin + 1) : 0;
        var (x, y) = deviates ? (random.Next(margin + 1), random.Next(margin + 1)) : (0, 0);
        var shift = deviates ? (Red: Shift(random), Green: Shift(random), Blue: Shift(random)) : default;
        var outlines = scene.Objects.Select(item => item.Shape).Distinct().Where(shape => isStrangeShape(shape)).ToDictionary(shape => shape, _ => StrangeOutlines.Draw(random));
        _painter.PaintCrop(scene, side + margin, x, y, side, _pixels, _paints.Of(scene, wanted, shift, random), outlines);
        foreach (var outline in outlines.Values) outline.Dispose();
        var area = side * side;
        for (var p = 0; p < area; p++)
        {
            for (var c = 0; c < 3; c++) planes[c * area + p] = (float)((_pixels[p * 3 + c] / 255.0 - Mean) / Deviation);
        }
        if (!deviates) return;
        if (random.Chance(0.5)) Soften(planes, random.NextDouble());
        Disturb(planes, [shift.Red, shift.Green, shift.Blue], random);
    }

    private static double Shift(SceneRandom random) => (2 * random.NextDouble() - 1) * LargestColourShift;

    /// <summary>Mixes each pixel with the mean of its neighbours in the row and in the column.</summary>
    private void Soften(Span<float> planes, double share)
    {
        var area = side * side;
        planes.CopyTo(_softened);
        for (var c = 0; c < 3; c++)
        {
            for (var row = 1; row < side - 1; row++)
            {
                for (var column = 1; column < side - 1; column++)
                {
                    var at = c * area + row * side + column;
                    var mean = (_softened[at - 1] + _softened[at + 1] + _softened[at - side] + _softened[at + side]) / 4;
                    planes[at] += (float)(share * 0.7) * (mean - _softened[at]);
                }
            }
        }
    }

    /// <summary>Shifts each channel and adds noise, uniform of the deviation that is drawn.</summary>
    private void Disturb(Span<float> planes, ReadOnlySpan<double> shifts, SceneRandom random)
    {
        const double Level = 1 / (255 * Deviation);
        var area = side * side;
        var reach = random.NextDouble() * LargestNoise * Math.Sqrt(3) * Level;
        // A cheap stream for some 12,000 numbers a picture.
        var state = random.NextBits() | 1;
        for (var c = 0; c < 3; c++)
        {
            var shift = shifts[c] * Level;
            foreach (ref var value in planes.Slice(c * area, area))
            {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                value = (float)Math.Clamp(value + shift + reach * ((state >> 11) * (2.0 / (1UL << 53)) - 1), -Mean / Deviation, (1 - Mean) / Deviation);
            }
        }
    }
}
