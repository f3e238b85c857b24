using RenderFarm.Diffusion.Sampling;
using Xunit;

namespace RenderFarm.Diffusion.Tests.Sampling;

public sealed class SchedulerConfigTests
{
    [Fact]
    public void Load_DeepFloydsFile_ReadsEveryKey()
    {
        var config = SchedulerConfig.Load(Goldens.SchedulerConfig("ddpm_if_stage1"));
        Assert.Equal(new SchedulerConfig
        {
            Kind = SamplerKind.Ddpm, BetaSchedule = BetaSchedule.SquaredCosine, Variance = VarianceType.LearnedRange, ClipSample = true, DynamicThreshold = true,
            ThresholdRatio = 0.95, ThresholdMaximum = 1.5, Spacing = TimestepSpacing.Leading,
        }, config);
    }

    [Fact]
    public void Load_BareInfinity_IsANumber() =>
        Assert.Equal(double.NegativeInfinity, SchedulerConfig.Load(Goldens.SchedulerConfig("dpmpp_2m")).LambdaMinClipped);

    [Theory]
    [InlineData(nameof(SamplerKind.Ddpm), nameof(TimestepSpacing.Leading))]
    [InlineData(nameof(SamplerKind.DpmSolver), nameof(TimestepSpacing.Linspace))]
    [InlineData(nameof(SamplerKind.Euler), nameof(TimestepSpacing.Linspace))]
    public void Read_AsAnotherClass_TakesThatClassesDefaults(string kindName, string spacingName)
    {
        var (kind, spacing) = (Enum.Parse<SamplerKind>(kindName), Enum.Parse<TimestepSpacing>(spacingName));
        var config = Read("""{ "_class_name": "DDPMScheduler", "beta_schedule": "squaredcos_cap_v2" }""", kind);
        Assert.Equal((kind, spacing, BetaSchedule.SquaredCosine), (config.Kind, config.Spacing, config.BetaSchedule));
    }

    [Theory]
    [InlineData("""{ "_class_name": "LCMScheduler" }""", "_class_name", "LCMScheduler")]
    [InlineData("""{ }""", "_class_name", "DDPMScheduler")]
    [InlineData("""{ "_class_name": "DDPMScheduler", "beta_schedule": "sigmoid" }""", "beta_schedule", "sigmoid")]
    [InlineData("""{ "_class_name": "DDPMScheduler", "variance_type": "fixed_large_log" }""", "variance_type", "fixed_large_log")]
    [InlineData("""{ "_class_name": "DDPMScheduler", "prediction_type": "flow_prediction" }""", "prediction_type", "flow_prediction")]
    [InlineData("""{ "_class_name": "DDPMScheduler", "rescale_betas_zero_snr": true }""", "rescale_betas_zero_snr", "true")]
    [InlineData("""{ "_class_name": "PNDMScheduler", "skip_prk_steps": "no" }""", "skip_prk_steps", "no")]
    [InlineData("""{ "_class_name": "DDPMScheduler", "trained_betas": [0.1] }""", "trained_betas", "[0.1]")]
    [InlineData("""{ "_class_name": "DDPMScheduler", "num_train_timesteps": "many" }""", "num_train_timesteps", "many")]
    [InlineData("""{ "_class_name": "DDPMScheduler", "thresholding": 1 }""", "thresholding", "1")]
    [InlineData("""{ "_class_name": "DPMSolverMultistepScheduler", "algorithm_type": "dpmsolver" }""", "algorithm_type", "dpmsolver")]
    [InlineData("""{ "_class_name": "DPMSolverMultistepScheduler", "solver_order": 3 }""", "solver_order", "3")]
    [InlineData("""{ "_class_name": "EulerDiscreteScheduler", "timestep_type": "continuous" }""", "timestep_type", "continuous")]
    [InlineData("""[]""", "scheduler_config.json", "object")]
    [InlineData("""{ "_class_name": """, "scheduler_config.json", "JSON")]
    public void Read_WhatThereIsNoCodeFor_NamesKeyAndValue(string json, string key, string value)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(json));
        Assert.Contains(key, error.Message, StringComparison.Ordinal);
        Assert.Contains(value, error.Message, StringComparison.Ordinal);
    }

    private static SchedulerConfig Read(string json, SamplerKind? kind = null) => new SchedulerConfigReader(json, "scheduler_config.json").Read(kind);
}
