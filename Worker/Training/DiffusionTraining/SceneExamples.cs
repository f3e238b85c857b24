using RenderFarm.Training.Scenes;

namespace RenderFarm.Training.DiffusionTraining;

/// <summary>Examples of one stage, drawn by the project: whole pictures for a base model, crops beside their low-resolution picture else.</summary>
internal sealed class SceneExamples : IDisposable
{
    private const double LeaveOut = 0.15;         // share of captions that leave background, places or sizes unsaid
    private const double CropsAroundObjects = 0.75;

    private readonly DiffusionRecipe _recipe;
    private readonly SceneRandom _root;
    private readonly long _singleUntil;
    private readonly SceneSampler _single = new(most: 1);
    private readonly SceneSampler _any = new();
    private readonly ScenePainter _painter = new();
    private readonly byte[] _crop;
    private readonly byte[] _low;

    public SceneExamples(DiffusionRecipe recipe, ulong seed)
    {
        (_recipe, _root) = (recipe, new SceneRandom(seed));
        _singleUntil = (long)(recipe.Samples * recipe.SingleObjectShare) / recipe.BatchSize;
        _crop = new byte[recipe.Crop * recipe.Crop * 3];
        _low = new byte[(recipe.LowSide ?? 0) * (recipe.LowSide ?? 0) * 3];
    }

    /// <summary>The examples of step <paramref name="step"/>, which depend on nothing but seed and step. One thread at a time.</summary>
    public TrainingExamples Make(long step)
    {
        var random = _root.Split((ulong)step);
        var area = _recipe.Crop * _recipe.Crop * 3;
        var pixels = new float[_recipe.BatchSize * area];
        var low = _recipe.LowSide is null ? null : new float[pixels.Length];
        var captions = new string[_recipe.BatchSize];
        for (var i = 0; i < captions.Length; i++)
        {
            var scene = (step < _singleUntil ? _single : _any).Draw(random);
            captions[i] = random.Chance(_recipe.CaptionDropout) ? "" : CaptionWriter.Write(scene, random, LeaveOut).Text;
            var (x, y) = Corner(scene, random);
            _painter.PaintCrop(scene, _recipe.Side, x, y, _recipe.Crop, _crop);
            ToPlanes(_crop, pixels.AsSpan(i * area, area));
            if (low is null) continue;
            _painter.PaintCrop(scene, _recipe.LowSide!.Value, 0, 0, _recipe.LowSide.Value, _low);
            Upsample(x, y, low.AsSpan(i * area, area));
        }
        return new TrainingExamples(captions, pixels, low, _recipe.Crop);
    }

    public void Dispose() => _painter.Dispose();

    /// <summary>Top left corner of the crop: three in four lie around an object's outline, the rest anywhere.</summary>
    private (int X, int Y) Corner(Scene scene, SceneRandom random)
    {
        var room = _recipe.Side - _recipe.Crop;
        if (room == 0) return (0, 0);
        if (!random.Chance(CropsAroundObjects)) return (random.Next(room + 1), random.Next(room + 1));
        var item = random.Pick(scene.Objects);
        var (x, y) = Layout.Centre(item.Place);
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

    /// <summary>The crop's part of the low-resolution picture, enlarged bilinearly with aligned corners as IF's second stage does (if_superresolution, F.interpolate).</summary>
    private void Upsample(int x0, int y0, Span<float> planes)
    {
        var (crop, low) = (_recipe.Crop, _recipe.LowSide!.Value);
        var scale = (low - 1.0f) / (_recipe.Side - 1);
        for (var y = 0; y < crop; y++)
        {
            var (top, down) = Split((y0 + y) * scale, low);
            for (var x = 0; x < crop; x++)
            {
                var (left, right) = Split((x0 + x) * scale, low);
                for (var c = 0; c < 3; c++)
                {
                    var above = Mix(_low[(top * low + left) * 3 + c], _low[(top * low + Next(left, low)) * 3 + c], right);
                    var below = Mix(_low[(Next(top, low) * low + left) * 3 + c], _low[(Next(top, low) * low + Next(left, low)) * 3 + c], right);
                    planes[(c * crop + y) * crop + x] = Mix(above, below, down) / 127.5f - 1;
                }
            }
        }
    }

    private static (int Whole, float Part) Split(float position, int side)
    {
        var whole = Math.Min((int)position, side - 1);
        return (whole, position - whole);
    }

    private static int Next(int index, int side) => Math.Min(index + 1, side - 1);

    private static float Mix(float a, float b, float part) => a + (b - a) * part;
}
