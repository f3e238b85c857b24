using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.DeepFloyd;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.Tests.Networks;
using Xunit;

namespace RenderFarm.Diffusion.Tests.DeepFloyd;

public sealed class PixelDiffusionTests
{
    private static readonly StageSettings Usual = new() { Steps = 10, Guidance = 1 };

    [Fact]
    public void Plan_SamplerThatNeedsVarianceOfANetworkWithoutIt_NamesBothAndTheOthers()
    {
        var network = NetworkGolden.Config("unet-stage1") with { OutChannels = 3 };
        var scheduler = Scheduler("""{ "_class_name": "DPMSolverMultistepScheduler", "variance_type": "learned_range" }""");

        Assert.Equal(SamplerKind.DpmSolver, PixelDiffusion.Plan(new(), Usual, scheduler, network).Scheduler.Kind);
        var error = Assert.Throws<SettingsException>(() => PixelDiffusion.Plan(new() { Sampler = "ddpm" }, Usual, scheduler, network));

        Assert.Contains("sampler is 'ddpm'", error.Message, StringComparison.Ordinal);
        Assert.Contains("out_channels is 3", error.Message, StringComparison.Ordinal);
        Assert.Contains("dpm-solver++", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_SamplerThatNeedsVarianceOfANetworkThatHasIt_IsAccepted()
    {
        var network = NetworkGolden.Config("unet-stage1") with { OutChannels = 6 };
        var scheduler = Scheduler("""{ "_class_name": "DPMSolverMultistepScheduler", "variance_type": "learned_range" }""");

        Assert.Equal(VarianceType.LearnedRange, PixelDiffusion.Plan(new() { Sampler = "ddpm" }, Usual, scheduler, network).Scheduler.Variance);
    }

    private static SchedulerConfigReader Scheduler(string json) => new(json, "scheduler_config.json");
}
