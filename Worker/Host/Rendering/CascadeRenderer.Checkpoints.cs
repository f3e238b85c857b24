using System.Security.Cryptography;
using System.Text;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Cascades.Stages;

namespace RenderFarm.Worker.Rendering;

public sealed partial class CascadeRenderer
{
    /// <summary>Has the request begin where an earlier attempt ended, and tell of its stages.</summary>
    private RenderRequest WithCheckpoints(RenderRequest request, RenderWork work)
    {
        // Only where somebody wants it: short jobs are not kept, and it takes as long as a request is checked.
        var fingerprint = new Lazy<string>(() => Fingerprint(request));
        return request with
        {
            ResumeFrom = Usable(request, work, fingerprint),
            AfterStage = work.AfterStage is not { } tell ? null : rest => tell(new(rest.Stage, TimeSpan.FromSeconds(rest.Seconds),
                () => new() { Stage = rest.Stage, Fingerprint = fingerprint.Value, Content = CheckpointBytes.Of(rest.Checkpoint()) })),
        };
    }

    private StageCheckpoint? Usable(RenderRequest request, RenderWork work, Lazy<string> fingerprint)
    {
        if (work.ResumeFrom is not { } checkpoint)
            return null;
        if (checkpoint.Fingerprint != fingerprint.Value)
        {
            Foreign(work.Id, checkpoint.Fingerprint, fingerprint.Value);
            return null;
        }

        if (CheckpointBytes.Read(checkpoint.Content) is not { } stage || stage.Stage != checkpoint.Stage)
        {
            Unreadable(work.Id, checkpoint.Content.Length);
            return null;
        }

        if (_cascade.Misfit(stage, request) is not { } misfit)
            return stage;
        Unfit(work.Id, misfit);
        return null;
    }

    /// <summary>Of everything that determines the picture.</summary>
    private string Fingerprint(RenderRequest request)
    {
        var lines = _cascade.Describe(request).ToPngText().Select(entry => $"{entry.Key}={entry.Value}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines))));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: its checkpoint is of {Found}, not of {Expected}: of another model, version or number format. It begins anew")]
    private partial void Foreign(Guid jobId, string found, string expected);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: its checkpoint of {Length} bytes is none. It begins anew")]
    private partial void Unreadable(Guid jobId, int length);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: {Misfit} It begins anew")]
    private partial void Unfit(Guid jobId, string misfit);
}
