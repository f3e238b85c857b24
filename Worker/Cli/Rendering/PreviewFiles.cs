using System.Diagnostics;
using RenderFarm.Cli.Output;
using RenderFarm.Cli.Requests;
using RenderFarm.Diffusion.Cascades.Requests;

namespace RenderFarm.Cli.Rendering;

/// <summary>Shows the pictures of a group as far as they are drawn: a file each, replaced now and then, and gone when the picture is there.</summary>
internal sealed class PreviewFiles(PictureFolder folder, Terminal terminal, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly PreviewPace<int> _pace = new(Interval, time);
    private readonly HashSet<string> _written = [];
    private IReadOnlyList<PictureRequest> _group = [];

    /// <param name="group">In the order in which they are drawn.</param>
    public void Begin(IReadOnlyList<PictureRequest> group)
    {
        _group = group;
        _pace.Begin();
    }

    /// <summary>Replaces the files for which it is time. Never fails: where one cannot be made or written, there are no more of the group.</summary>
    public void Look(RenderProgress progress)
    {
        if (progress.Preview is not { } preview) return;
        foreach (var index in _pace.Due(progress.StageKey, progress.Batch, progress.PreviewPart))
        {
            TimeSpan cost;
            try
            {
                var path = folder.PathOf(RenderNames.OfPreview(_group[index]));
                var seen = preview(progress.Batch.ToList().IndexOf(index));
                var start = Stopwatch.GetTimestamp();
                seen.Picture.SavePng(path);
                cost = TimeSpan.FromSeconds(seen.Seconds) + Stopwatch.GetElapsedTime(start);
                _written.Add(path);
            }
            catch (Exception error)
            {
                terminal.Warn($"No more previews: {error.Message}");
                _pace.End();
                return;
            }
            _pace.Made(progress.StageKey, index, cost, progress.PreviewPart);
        }
    }

    /// <summary>Removes the group's files; where that fails, says so and leaves them.</summary>
    public void End()
    {
        foreach (var path in _written)
        {
            try
            {
                File.Delete(path);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                terminal.Warn($"{path} stays: {error.Message}");
            }
        }
        _written.Clear();
    }
}
