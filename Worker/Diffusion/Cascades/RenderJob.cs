using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.StartPictures;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Cascades;

/// <summary>A request on its way through the stages.</summary>
internal sealed class RenderJob : IDisposable
{
    private Tensor? _picture;

    public RenderJob(int index, RenderRequest request, StagePlan[] plans)
    {
        (Index, Request, Plans, Drawn) = (index, request, plans, request.Prompt);
        Noise = new PictureNoise(request.Seed);
        if (request.ResumeFrom is not { } checkpoint) return;
        _picture = PictureTensor.FromCheckpoint(checkpoint).DetachFromDisposeScope();
        Noise.State = checkpoint.Generator.ToArray();
    }

    /// <summary>Place among the requests.</summary>
    public int Index { get; }

    public RenderRequest Request { get; }

    public StagePlan[] Plans { get; }

    public PictureNoise Noise { get; }

    public List<StageResult> Results { get; } = [];

    public bool Canceled { get; set; }

    /// <summary>What every stage draws: the prompt, or where there is a reference picture, what the model made of both.</summary>
    public string Drawn { get; set; }

    /// <summary>Index of the first stage to draw.</summary>
    public int FirstStage => FirstStageOf(Request);

    /// <summary>What the stages so far drew, float32 [1, 3, H, W] on the CPU; null before the first.</summary>
    public Tensor? Picture => _picture;

    /// <summary>Whether its own token says to stop.</summary>
    public bool CancelRequested => Request.CancellationToken.IsCancellationRequested;

    /// <summary>Jobs with equal keys begin at the same stage and take the same steps in each.</summary>
    public static string BatchKey(RenderRequest request, IEnumerable<StagePlan> plans) =>
        $"{FirstStageOf(request)}|{string.Join('|', plans.Select(plan => plan.BatchKey))}";

    /// <param name="stage">From 0.</param>
    public StageRow RowOf(int stage) => new(Drawn, Request.NegativePrompt, Noise, Plans[stage], Plans[stage].UsesStart && Request.Start is { } start ? StartPixels.Of(start) : null);

    /// <summary>Takes what a stage drew.</summary>
    /// <param name="stage">From 0.</param>
    /// <param name="picture">[1, 3, H, W]; becomes the job's.</param>
    /// <param name="result">Without a checkpoint.</param>
    public void Accept(int stage, Tensor picture, StageResult result)
    {
        _picture?.Dispose();
        _picture = picture;
        Results.Add(Request.KeepCheckpoints ? result with { Checkpoint = CheckpointOf(stage, picture) } : result);
    }

    /// <summary>Says that a stage is done, to whoever wants to know.</summary>
    public void TellRest(int stage, double seconds)
    {
        var picture = _picture!;
        Request.AfterStage?.Invoke(new(stage, seconds, () => CheckpointOf(stage, picture)));
    }

    public void Dispose()
    {
        _picture?.Dispose();
        Noise.Dispose();
    }

    private static int FirstStageOf(RenderRequest request) => request.ResumeFrom is { } checkpoint ? checkpoint.Stage + 1 : 0;

    private StageCheckpoint CheckpointOf(int stage, Tensor picture) => new()
    {
        Stage = stage,
        Width = (int)picture.shape[3],
        Height = (int)picture.shape[2],
        Pixels = PictureTensor.ToPixels(picture),
        Generator = Noise.State,
    };
}
