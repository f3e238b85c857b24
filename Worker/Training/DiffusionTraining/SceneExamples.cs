using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;

namespace RenderFarm.Training.DiffusionTraining;

/// <summary>Examples of one stage, drawn by the project: whole pictures for a base model, crops beside their low-resolution picture else.</summary>
internal sealed class SceneExamples : IDisposable
{
    private const double LeaveOut = 0.1;          // share of captions that leave background, places or sizes unsaid
    private const double CropsAroundObjects = 0.75;

    private readonly DiffusionRecipe _recipe;
    private readonly SceneRandom _root;
    private readonly Func<string, IReadOnlyList<int>> _pieces;
    private readonly SceneSampler _scenes;
    private readonly ScenePainter _painter = new();
    private readonly byte[] _crop;
    private readonly byte[] _low;

    /// <param name="recipe">What examples there are.</param>
    /// <param name="seed">Seed of all of them.</param>
    /// <param name="pieces">A caption's tokens.</param>
    public SceneExamples(DiffusionRecipe recipe, ulong seed, Func<string, IReadOnlyList<int>> pieces)
    {
        (_recipe, _root, _pieces) = (recipe, new SceneRandom(seed), pieces);
        _scenes = new SceneSampler(world: recipe.World);
        _crop = new byte[recipe.Crop * recipe.Crop * 3];
        _low = new byte[(recipe.LowSide ?? 0) * (recipe.LowSide ?? 0) * 3];
    }

    /// <summary>The examples of step <paramref name="step"/>, which depend on nothing but seed and step.</summary>
    public TrainingExamples Make(long step)
    {
        var random = _root.Split((ulong)step);
        var area = _recipe.Crop * _recipe.Crop * 3;
        var pixels = new float[_recipe.BatchSize * area];
        var low = _recipe.LowSide is null ? null : new float[pixels.Length];
        var captions = new string[_recipe.BatchSize];
        var looks = new OtherLooks?[_recipe.BatchSize];
        var blends = new ColourBlend?[_recipe.BatchSize];
        for (var i = 0; i < captions.Length; i++)
        {
            var (scene, placeFirst) = _scenes.DrawToTell(random, _recipe.HardCaptions);
            (captions[i], looks[i], blends[i]) = random.Chance(_recipe.CaptionDropout) ? ("", null, null) : Tell(scene, placeFirst, random);
            var (x, y) = Corner(scene, random);
            _painter.PaintCrop(scene, _recipe.Side, x, y, _recipe.Crop, _crop, blends[i]?.Paints);
            ToPlanes(_crop, pixels.AsSpan(i * area, area));
            if (low is null) continue;
            _painter.PaintCrop(scene, _recipe.LowSide!.Value, 0, 0, _recipe.LowSide.Value, _low, blends[i]?.Paints);
            AlignedUpsampling.Crop(_low, _recipe.LowSide.Value, _recipe.Side, x, y, _recipe.Crop, low.AsSpan(i * area, area));
        }
        return new TrainingExamples(captions, looks, blends, pixels, low, _recipe.Crop);
    }

    public void Dispose() => _painter.Dispose();

    private (string Caption, OtherLooks? Looks, ColourBlend? Blend) Tell(Scene scene, double placeFirst, SceneRandom random)
    {
        var words = random.NextBits();
        Caption Write(Scene told) => CaptionWriter.Write(told, random.Split(words), LeaveOut, placeFirst);
        var looks = random.Chance(_recipe.MixedStates) ? OtherLooks.Of(scene, _recipe.World, Write, random) : null;
        // Drawn only where it is asked for: examples without blends are those that they were.
        var blend = looks is not null && _recipe.BlendedColours > 0 && random.Chance(_recipe.BlendedColours) ? ColourBlend.Of(looks, _recipe.World, Write, _pieces, random) : null;
        return (Write(scene).Text, looks, blend);
    }

    /// <summary>Top left corner of the crop: three in four lie around an object's outline, the rest anywhere.</summary>
    private (int X, int Y) Corner(Scene scene, SceneRandom random)
    {
        var room = _recipe.Side - _recipe.Crop;
        if (room == 0) return (0, 0);
        if (!random.Chance(CropsAroundObjects)) return (random.Next(room + 1), random.Next(room + 1));
        var item = random.Pick(scene.Objects);
        var (x, y) = Layout.Centre(scene, item);
        var reach = Layout.Radius(item.Size);
        return (Around(x, reach, room, random), Around(y, reach, room, random));
    }

    private int Around(double centre, double reach, int room, SceneRandom random)
    {
        var middle = (centre + (2 * random.NextDouble() - 1) * reach) * _recipe.Side;
        return Math.Clamp((int)(middle - _recipe.Crop / 2.0), 0, room);
    }

    private static void ToPlanes(ReadOnlySpan<byte> rgb, Span<float> planes)
    {
        var area = rgb.Length / 3;
        for (var p = 0; p < area; p++)
        {
            for (var c = 0; c < 3; c++) planes[c * area + p] = rgb[p * 3 + c] / 127.5f - 1;
        }
    }
}
