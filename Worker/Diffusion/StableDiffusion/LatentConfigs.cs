using RenderFarm.Diffusion.Autoencoders;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Networks.Configuration;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.Text;

namespace RenderFarm.Diffusion.StableDiffusion;

/// <summary>The configurations of a latent diffusion stage's parts, read and compared.</summary>
internal sealed class LatentConfigs
{
    private LatentConfigs(ModelIndex index)
    {
        ClipTextModel.Demand(index);
        UNetPath = index.UNetPath;
        AutoencoderPath = Path.Combine(index.PathOf("vae"), "config.json");
        UNet = UNetConfig.Load(UNetPath);
        Autoencoder = AutoencoderConfig.Load(AutoencoderPath);
        Scheduler = index.OpenScheduler();
    }

    public string UNetPath { get; }

    public string AutoencoderPath { get; }

    public UNetConfig UNet { get; }

    public AutoencoderConfig Autoencoder { get; }

    public SchedulerConfigReader Scheduler { get; }

    /// <param name="index">The stage.</param>
    /// <param name="otherChannels">Channels that the U-Net is shown beside the latents.</param>
    /// <exception cref="CascadeException">Parts do not belong together; names files, values and expectation. A single bad file has its reader's exception.</exception>
    public static LatentConfigs Read(ModelIndex index, int otherChannels)
    {
        var configs = new LatentConfigs(index);
        configs.CheckChannels(otherChannels);
        configs.CheckText(ClipTextModel.ConfigPath(index));
        configs.Scheduler.Read(null);
        return configs;
    }

    /// <summary>Checks the side of the latents that are to be drawn.</summary>
    public void CheckSide(int side, string source)
    {
        if (side % UNet.SizeMultiple != 0)
            throw new CascadeException($"{source}: {side} is not a multiple of {UNet.SizeMultiple}, which the {UNet.Levels} levels of '{UNetPath}' need.");
    }

    /// <summary>A plan, for a network that does not predict variances.</summary>
    /// <inheritdoc cref="DiffusionPlan.Resolve"/>
    public DiffusionPlan Plan(StageSettings settings, StageSettings usual, Func<SchedulerConfig, SchedulerConfig>? adjust = null)
    {
        var plan = DiffusionPlan.Resolve(settings, usual, Scheduler, adjust);
        if (!plan.Scheduler.LearnsVariance) return plan;
        throw new SettingsException(
            $"sampler is '{SamplerName.Of(plan.Scheduler)}', which with the scheduler's variance_type {plan.Scheduler.Variance} takes {2 * UNet.OutChannels} channels from the network; its out_channels is {UNet.OutChannels}.");
    }

    private void CheckChannels(int otherChannels)
    {
        var latents = Autoencoder.LatentChannels;
        if (UNet.InChannels != latents + otherChannels)
            throw new CascadeException($"'{UNetPath}' has in_channels = {UNet.InChannels}; a stage of this kind has {latents + otherChannels} ('{AutoencoderPath}' has latent_channels = {latents}).");
        if (UNet.OutChannels != latents)
            throw new CascadeException($"'{UNetPath}' has out_channels = {UNet.OutChannels}; expected are the latent_channels of '{AutoencoderPath}', {latents}.");
        if (Autoencoder.OutChannels != Picture.Channels)
            throw new CascadeException($"'{AutoencoderPath}' has out_channels = {Autoencoder.OutChannels}; a picture has {Picture.Channels}.");
    }

    private void CheckText(string textPath)
    {
        var width = ClipTextConfig.Load(textPath).HiddenSize;
        if (UNet.TextWidth == width) return;
        throw new CascadeException(
            $"'{textPath}' has hidden_size = {width}, but '{UNetPath}' takes states of width {UNet.TextWidth}; use the text encoder that the network was trained with.");
    }
}
