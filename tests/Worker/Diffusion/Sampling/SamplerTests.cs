using System.Globalization;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.Weights;
using RenderFarm.Testing;
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
        "dpmpp_2m_learned_range", "dpmpp_2m_lambda_clipped", "euler", "pndm", "pndm_runge_kutta", "pndm_runge_kutta_v",
    ];

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Run_OnRecordedNetworkOutputs_FollowsDiffusersStepByStep(string name)
    {
        using var golden = SafetensorsFile.Open(Goldens.TraceOf(name));
        AssertFollows(golden, name, SchedulerConfig.Load(Goldens.SchedulerConfig(name)), steps: 10);
    }

    /// <summary>Strides of even and odd numbers of training steps, all spacings, and the fewest and the most steps that there are.</summary>
    [Fact]
    public void Run_PndmWithRungeKuttaSteps_FollowsThePeerStepByStep()
    {
        using var folder = new TemporaryFolder();
        const string Script = """
            import json, pathlib, sys, torch
            from diffusers import PNDMScheduler
            from safetensors.torch import save_file
            root = pathlib.Path(sys.argv[1]); torch.manual_seed(3); traces = {}
            for number, (steps, config) in enumerate([(4, {}), (7, dict(beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012, steps_offset=1)),
                    (23, dict(timestep_spacing="linspace", prediction_type="v_prediction")), (9, dict(timestep_spacing="trailing", set_alpha_to_one=True)),
                    (50, dict(beta_schedule="squaredcos_cap_v2")), (300, dict(num_train_timesteps=300)), (6, dict(num_train_timesteps=100, timestep_spacing="linspace"))]):
                scheduler = PNDMScheduler(**config); name = f"{number}-{steps}"; scheduler.save_config(root / name); scheduler.set_timesteps(steps)
                sample = torch.randn(1, 2, 3, 3); traces[f"{name}.initial"] = sample; traces[f"{name}.timesteps"] = scheduler.timesteps.float()
                for i, t in enumerate(scheduler.timesteps):
                    output = torch.randn(1, 2, 3, 3); traces[f"{name}.scaled_input.{i}"] = sample.clone(); traces[f"{name}.model_output.{i}"] = output
                    sample = scheduler.step(output, t, sample).prev_sample; traces[f"{name}.prev_sample.{i}"] = sample
                print(name)
            save_file({key: value.contiguous().clone() for key, value in traces.items()}, root / "traces.safetensors")
            """;
        var names = Peer.Run(Script, folder.Root).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using var traces = SafetensorsFile.Open(folder["traces.safetensors"]);

        Assert.Equal(7, names.Length);
        foreach (var name in names)
        {
            var config = SchedulerConfig.Load(folder[$"{name}/scheduler_config.json"]);
            Assert.True(config.RungeKuttaSteps);
            AssertFollows(traces, name, config, int.Parse(name.Split('-')[1], CultureInfo.InvariantCulture));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Create_PndmOfFewerStepsThanRungeAndKuttas_SaysHowMany(int steps)
    {
        var config = SchedulerConfig.Load(Goldens.SchedulerConfig("pndm_runge_kutta"));
        Assert.Contains($"steps is {steps}; expected 4 to 1000", Assert.Throws<SettingsException>(() => Sampler.Create(config, steps)).Message, StringComparison.Ordinal);
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

    private static void AssertFollows(SafetensorsFile golden, string name, SchedulerConfig config, int steps)
    {
        using var scope = NewDisposeScope();
        using var sampler = Sampler.Create(config, steps);
        using var generator = new Generator((ulong)NoiseSeed);
        Assert.Equal(golden.Read($"{name}.timesteps").data<float>(), sampler.Timesteps.Select(step => (float)step));
        var sample = golden.Read($"{name}.initial");
        using var guidance = new Guidance([.. Enumerable.Repeat(1.0, (int)sample.shape[0])], CPU);
        var denoiser = new Denoiser(Network, guidance, sampler, config);
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
}
