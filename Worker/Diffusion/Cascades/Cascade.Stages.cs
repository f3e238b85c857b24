using RenderFarm.Diffusion.Sampling;

namespace RenderFarm.Diffusion.Cascades;

public sealed partial class Cascade
{
    /// <summary>The loaded stages, in order, each with the settings that it draws with unless a request says otherwise.</summary>
    public IReadOnlyList<CascadeStage> Stages => [.. _stages.Select((stage, index) => Describe(stage, index))];

    private CascadeStage Describe(IStage stage, int index)
    {
        var settings = DefaultsOf(index)?.ToSettings() ?? new StageSettings();
        var plan = stage.Plan(settings);
        return new CascadeStage
        {
            Key = KeyOf(index), Size = stage.Size, Steps = plan.Steps, Guidance = plan.Guidance, NoiseLevel = plan.NoiseLevel,
            Sampler = SamplerName.Of(plan.Scheduler), Samplers = SamplerName.All, Timesteps = plan.TimestepsText, Eta = settings.Eta,
            TimestepLists = NamedTimesteps.Names.ToDictionary(name => name, name => NamedTimesteps.Find(name)!.Length),
        };
    }
}
