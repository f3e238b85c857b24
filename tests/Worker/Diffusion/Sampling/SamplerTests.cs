using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.Weights;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Sampling;

/// <summary>Every sampler follows the steps that diffusers recorded, from the same network outputs and the same random numbers.</summary>
public sealed class SamplerTests
{
    /// <summary>Norm of the difference over norm, of every step.</summary>
    private const double Tolerance = 1e-4;

    private const long NoiseSeed = 19;

    public static TheoryData<string> Configurations =>
    [
        "ddpm_if_stage1", "ddpm_if_stage2", "ddpm_fixed_small", "ddpm_v_pred_trailing", "ddim", "ddim_v", "dpmpp_2m", "dpmpp_2m_karras", "dpmpp_2m_sde",
        "dpmpp_2m_learned_range", "dpmpp_2m_lambda_clipped", "euler",
    ];

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Run_OnRecordedNetworkOutputs_FollowsDiffusersStepByStep(string name)
    {
        using var scope = NewDisposeScope();
        using var golden = SafetensorsFile.Open(Goldens.Traces);
        var config = SchedulerConfig.Load(Goldens.SchedulerConfig(name));
        using var sampler = Sampler.Create(config, steps: 10);
        using var guidance = new Guidance([1, 1], CPU);
        using var generator = new Generator((ulong)NoiseSeed);
        Assert.Equal(golden.Read($"{name}.timesteps").data<float>(), sampler.Timesteps.Select(step => (float)step));

        var denoiser = new Denoiser(Network, guidance, sampler, config);
        var sample = golden.Read($"{name}.initial");
        for (var step = 0; step < sampler.Timesteps.Count; step++)
        {
            var noise = sampler.DrawsNoise(step) ? randn(sample.shape, generator: generator) : null;
            sample = sampler.Step(denoiser.Denoise, sample, step, noise);
            TensorAssert.Close(golden.Read($"{name}.prev_sample.{step}"), sample, Tolerance);
        }

        Tensor Network(Tensor input, int step)
        {
            TensorAssert.Close(golden.Read($"{name}.scaled_input.{step}"), input, Tolerance);
            return golden.Read($"{name}.model_output.{step}");
        }
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Run_ToTheEnd_LeavesOnlyThePicture(string name)
    {
        var config = SchedulerConfig.Load(Goldens.SchedulerConfig(name));
        var channels = config.LearnsVariance ? 6 : 3;
        using var start = randn(2, 3, 8, 8);
        using var guidance = new Guidance([1, 3], CPU);

        var alive = Leaks.Of(() =>
        {
            using var sampler = Sampler.Create(config, steps: 5);
            var denoiser = new Denoiser((input, _) => zeros([input.shape[0], channels, 8, 8]), guidance, sampler, config);
            using var picture = SamplingLoop.Run(sampler, denoiser.Denoise, start, () => randn(2, 3, 8, 8), _ => { });
        });

        Assert.Equal(0, alive);
    }

    [Theory]
    [InlineData("ddpm_if_stage1")]
    [InlineData("ddim")]
    [InlineData("dpmpp_2m")]
    [InlineData("euler")]
    public void Run_WithANetworkThatKnowsThePicture_DrawsThatPicture(string name)
    {
        using var scope = NewDisposeScope();
        var config = SchedulerConfig.Load(Goldens.SchedulerConfig(name)) with { Prediction = PredictionType.Sample, Variance = null, SetAlphaToOne = true };
        if (config.Kind == SamplerKind.Ddpm) config = config with { Variance = VarianceType.FixedSmall };
        using var sampler = Sampler.Create(config, steps: 20);
        using var guidance = new Guidance([1], CPU);
        using var noise = new PictureNoise(3);
        var truth = linspace(-1, 1, 3 * 8 * 8).view(1, 3, 8, 8);

        var picture = SamplingLoop.Run(sampler, new Denoiser((_, _) => truth.clone(), guidance, sampler, config).Denoise, Draw(), Draw, _ => { });

        TensorAssert.Close(truth, picture, 1e-5);
        Tensor Draw() => PictureNoise.Draw([noise], [3, 8, 8], CPU);
    }

    [Theory]
    [InlineData(nameof(SolverType.Midpoint), nameof(TimestepSpacing.Linspace), 999)]
    [InlineData(nameof(SolverType.Heun), nameof(TimestepSpacing.Trailing), 1000)]
    public void Run_SolverWithAsManyStepsAsThereAre_StaysFinite(string solver, string spacing, int steps)
    {
        using var scope = NewDisposeScope();
        var config = new SchedulerConfig
        {
            Kind = SamplerKind.DpmSolver, Prediction = PredictionType.Sample, SolverType = Enum.Parse<SolverType>(solver), Spacing = Enum.Parse<TimestepSpacing>(spacing),
            FinalSigmaIsZero = false,
        };
        using var sampler = Sampler.Create(config, steps);
        using var guidance = new Guidance([1], CPU);
        var truth = linspace(-1, 1, 3 * 4 * 4).view(1, 3, 4, 4);

        var picture = SamplingLoop.Run(sampler, new Denoiser((_, _) => truth.clone(), guidance, sampler, config).Denoise, randn(1, 3, 4, 4), () => randn(1, 3, 4, 4), _ => { });

        TensorAssert.Close(truth, picture, 0.05);
    }

    [Fact]
    public void AddNoise_PerPictureLevel_EqualsDiffusers()
    {
        using var scope = NewDisposeScope();
        using var golden = SafetensorsFile.Open(Goldens.Traces);
        int[] timesteps = [.. golden.Read("add_noise.timesteps").data<long>().Select(step => (int)step)];
        foreach (var name in (string[])["ddpm_if_stage1", "ddpm_fixed_small", "ddim"])
        {
            var schedule = new NoiseSchedule(SchedulerConfig.Load(Goldens.SchedulerConfig(name)));
            TensorAssert.Close(golden.Read($"{name}.noised"), schedule.AddNoise(golden.Read("add_noise.x0"), golden.Read("add_noise.noise"), timesteps), 1e-6);
        }
    }
}
