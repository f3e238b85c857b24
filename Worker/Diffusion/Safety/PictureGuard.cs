using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Pictures;

namespace RenderFarm.Diffusion.Safety;

/// <summary>What a model lets out: pictures that its safety checker passed, with its watermark; each where cascade.json names it.</summary>
internal sealed class PictureGuard : IDisposable
{
    private readonly SafetyChecker? _checker;
    private readonly Watermark? _watermark;

    private PictureGuard(SafetyChecker? checker, Watermark? watermark) => (_checker, _watermark) = (checker, watermark);

    /// <summary>As <see cref="Safety.Watermark.Sha256"/>; null for none.</summary>
    public string? WatermarkSha256 => _watermark?.Sha256;

    /// <summary>As <see cref="SafetyChecker.Sha256"/>; null for none.</summary>
    public string? CheckerSha256 => _checker?.Sha256;

    /// <param name="folder">The model's.</param>
    /// <param name="file">Its cascade.json.</param>
    /// <param name="placement">Where the checker computes.</param>
    /// <param name="stays">False loads the checker anew for each picture, because memory is short.</param>
    /// <exception cref="Weights.WeightsException">A part cannot be loaded.</exception>
    public static PictureGuard Load(string folder, CascadeFile file, Placement placement, bool stays)
    {
        var watermark = file.Watermarker is null ? null : Watermark.Load(Path.Combine(folder, file.Watermarker));
        return new PictureGuard(file.SafetyChecker is null ? null : new SafetyChecker(Path.Combine(folder, file.SafetyChecker), placement, stays), watermark);
    }

    /// <summary>Judges what the last stage drew and marks it; of a picture that does not pass, nothing is left in any stage.</summary>
    /// <param name="stages">A finished picture's, in order.</param>
    public (IReadOnlyList<StageResult> Stages, SafetyVerdict? Verdict) Pass(IReadOnlyList<StageResult> stages)
    {
        var verdict = _checker?.Judge(stages[^1].Picture);
        if (verdict is SafetyVerdict.Unsafe or SafetyVerdict.Watermarked)
            stages = [.. stages.Select(stage => stage with { Picture = Black(stage.Picture), Checkpoint = null })];
        if (_watermark is not null) stages = [.. stages.SkipLast(1), stages[^1] with { Picture = Mark(stages[^1].Picture) }];
        return (stages, verdict);
    }

    /// <summary>Whether a picture may be seen before it is finished: not where one that does not pass would be.</summary>
    public bool ShowsUnfinished => _checker is null;

    /// <summary>A last stage's picture, finished or not, with the watermark.</summary>
    public Picture Mark(Picture picture) => _watermark is null ? picture : _watermark.On(picture);

    public void Dispose() => _checker?.Dispose();

    private static Picture Black(Picture picture) => new(picture.Width, picture.Height, new byte[picture.Rgb.Length]);
}
