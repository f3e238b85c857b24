using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Sampling;

/// <summary>
/// Turns noise into a picture, step by step, knowing only a schedule and a <see cref="Denoise"/>. One instance serves one run of one batch:
/// a multistep method remembers what the network said before.
/// </summary>
internal abstract class Sampler : IDisposable
{
    /// <summary>What the network is told at each step, from the noisiest down.</summary>
    public required IReadOnlyList<double> Timesteps { get; init; }

    /// <summary>What unit noise is multiplied with to be the first sample.</summary>
    public virtual double InitialScale => 1;

    /// <summary>What the sample is multiplied with before the network sees it.</summary>
    public virtual double InputScale(int step) => 1;

    /// <summary>What the network's input holds at this step.</summary>
    public abstract NoiseLevel Level(int step);

    /// <summary>
    /// Whether <see cref="Step"/> wants noise. It is drawn even where its weight comes out as zero, as diffusers draws it.
    /// </summary>
    public virtual bool DrawsNoise(int step) => false;

    /// <param name="denoise">The model.</param>
    /// <param name="sample">float32 [B, C, H, W].</param>
    /// <param name="step">Index into <see cref="Timesteps"/>; steps are taken in order.</param>
    /// <param name="noise">Unit noise of the sample's shape where <see cref="DrawsNoise"/>, else null.</param>
    /// <returns>The sample of the next step, or after the last one the picture.</returns>
    public abstract Tensor Step(Denoise denoise, Tensor sample, int step, Tensor? noise);

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what is remembered between steps.</summary>
    protected virtual void Dispose(bool disposing) { }

    /// <summary>A sampler for one run.</summary>
    /// <param name="config">The noise schedule and the kind of sampler.</param>
    /// <param name="steps">Number of steps, where <paramref name="timesteps"/> is null.</param>
    /// <param name="timesteps">The training steps to sample, descending, or null to spread <paramref name="steps"/> of them.</param>
    /// <param name="eta">DDIM's share of fresh noise: 0 none, 1 as much as DDPM. Other samplers ignore it.</param>
    /// <exception cref="SettingsException">No such number of steps or list of timesteps.</exception>
    public static Sampler Create(SchedulerConfig config, int steps, IReadOnlyList<int>? timesteps = null, double eta = 0)
    {
        var schedule = new NoiseSchedule(config);
        var custom = timesteps is null ? null : Sampling.Timesteps.Custom(config, timesteps);
        return config.Kind switch
        {
            SamplerKind.Ddpm => DdpmSampler.Create(config, schedule, custom ?? Sampling.Timesteps.Spread(config, steps)),
            SamplerKind.Ddim => DdimSampler.Create(config, schedule, custom, steps, eta),
            SamplerKind.Pndm => PndmSampler.Create(config, schedule, custom, steps),
            SamplerKind.DpmSolver => DpmSolverSampler.Create(config, schedule, custom, steps),
            _ => EulerSampler.Create(config, schedule, custom, steps),
        };
    }
}
