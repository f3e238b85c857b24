using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Cascades.Stages;

namespace RenderFarm.Diffusion.Cascades;

public sealed partial class Cascade
{
    /// <summary>The loaded stages, in order, each with the settings that it draws with unless a request says otherwise.</summary>
    public IReadOnlyList<CascadeStage> Stages => [.. _stages.Select((stage, index) => Describe(stage, index))];

    private CascadeStage Describe(IStage stage, int index)
    {
        var settings = DefaultsOf(index)?.ToSettings() ?? new StageSettings();
        return stage.Plan(settings).Describe(KeyOf(index), stage.Size, settings);
    }
}
