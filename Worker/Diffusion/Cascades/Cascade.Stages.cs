namespace RenderFarm.Diffusion.Cascades;

public sealed partial class Cascade
{
    /// <summary>The loaded stages, in order, each with the settings that it draws with unless a request says otherwise.</summary>
    public IReadOnlyList<CascadeStage> Stages => [.. _stages.Select((stage, index) => Describe(stage, index))];

    private CascadeStage Describe(IStage stage, int index)
    {
        var plan = stage.Plan(DefaultsOf(index)?.ToSettings() ?? new StageSettings());
        return new CascadeStage
        {
            Key = KeyOf(index), Size = stage.Size, Steps = plan.Steps, Guidance = plan.Guidance, NoiseLevel = plan.NoiseLevel,
            Sampler = SamplerName.Of(plan.Scheduler), Samplers = SamplerName.All,
        };
    }
}
