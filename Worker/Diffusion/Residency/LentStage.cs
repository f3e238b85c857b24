using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Cascades.Stages;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Residency;

/// <summary>A stage whose networks are loaded only while it draws. Prompts are encoded before, so that no text encoder has to be there beside them.</summary>
internal sealed class LentStage : IStage, ILent
{
    private readonly Lender _lender;
    private readonly StageOutline _outline;
    private readonly Func<IStage> _load;
    private readonly IReadOnlyList<PromptEncoder> _texts;
    private IStage? _stage;

    /// <param name="lender">Of the device.</param>
    /// <param name="outline">The stage's.</param>
    /// <param name="load">Loads it; called now, to see that it can be, and whenever it is needed again.</param>
    /// <param name="texts">Asked after the first loading: the encoders that the stage draws with.</param>
    public LentStage(Lender lender, StageOutline outline, Func<IStage> load, Func<IReadOnlyList<PromptEncoder>> texts)
    {
        (_lender, _outline, _load) = (lender, outline, load);
        _lender.LendTo(this);
        _stage = load();
        // A text encoder may have had the memory in between.
        _lender.LendTo(this);
        (_texts, Dtype) = (texts(), _stage.Dtype);
    }

    public string Dtype { get; }

    public int Size => _outline.Size;

    public StagePlan Plan(StageSettings settings) => _outline.Plan(settings);

    public Tensor Draw(IReadOnlyList<StageRow> rows, Tensor? pictures, Action<StageStep> stepped)
    {
        string[] prompts = [.. rows.Select(row => row.Prompt), .. rows.Where(row => row.Plan.IsGuided).Select(row => row.NegativePrompt)];
        foreach (var text in _texts) text.Encode(prompts).Dispose();
        _lender.LendTo(this);
        _stage ??= Unscoped.Load(_load);
        return _stage.Draw(rows, pictures, stepped);
    }

    public void GiveBack()
    {
        _stage?.Dispose();
        _stage = null;
    }

    public void Dispose() => GiveBack();
}
