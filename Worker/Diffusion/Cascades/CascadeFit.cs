using RenderFarm.Diffusion.Networks;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.Text;

namespace RenderFarm.Diffusion.Cascades;

/// <summary>
/// Whether the parts of a cascade belong together, by their configurations alone: asked stage by stage, before a single weight is read.
/// </summary>
internal sealed class CascadeFit
{
    private bool _hasText;
    private (string Path, long Width)? _text;
    private (string Path, int Size)? _before;

    /// <summary>Compares the next stage with itself and with those before it.</summary>
    /// <param name="index">The stage.</param>
    /// <param name="number">Its place, from 0.</param>
    /// <param name="defaults">What cascade.json says about it.</param>
    /// <returns>Height and width of its pictures.</returns>
    /// <exception cref="CascadeException">Two parts do not fit; names both files and values. A single bad file has its reader's exception.</exception>
    public int Add(ModelIndex index, int number, StageDefaults? defaults)
    {
        StageLoader.CheckClass(index);
        var takesPicture = StageLoader.TakesPicture(index);
        ReadText(index);
        CheckPlace(index, number, takesPicture);
        var path = Path.Combine(index.PathOf("unet"), "config.json");
        var network = UNetConfig.Load(path);
        var scheduler = PixelDiffusion.SchedulerOf(index);
        PixelDiffusion.Check(network, scheduler.Read(null), path, takesPicture);
        CheckText(network, path);
        CheckSize(network, path);
        CheckDefaults(index, number, defaults, scheduler, network);
        return network.SampleSize!.Value;
    }

    private void ReadText(ModelIndex index)
    {
        if (_hasText) return;
        if (!index.HasTextEncoder)
        {
            throw new CascadeException(
                $"'{index.Folder}' has no tokenizer and text_encoder, and no stage before it has; the first stage must bring them.");
        }
        _hasText = true;
        var path = Path.Combine(index.PathOf("text_encoder"), "config.json");
        _text = (path, T5Config.Load(path).DModel);
    }

    private static void CheckPlace(ModelIndex index, int number, bool takesPicture)
    {
        if (takesPicture && number == 0)
            throw new CascadeException($"'{index.Folder}' is a {index.ClassName}, which enlarges a picture; it cannot be the first stage.");
        if (!takesPicture && number > 0)
            throw new CascadeException($"'{index.Folder}' is a {index.ClassName}, which begins with noise; it must be the first stage.");
    }

    private void CheckText(UNetConfig network, string path)
    {
        if (_text is not { } text || network.TextWidth == text.Width) return;
        var key = network.EncoderHidDim is null ? "cross_attention_dim" : "encoder_hid_dim";
        throw new CascadeException(
            $"'{text.Path}' has d_model = {text.Width}, but '{path}' has {key} = {network.TextWidth}; the network must take the states that the text encoder gives. " +
            "Use the text encoder that the network was trained with.");
    }

    private void CheckSize(UNetConfig network, string path)
    {
        var size = network.SampleSize!.Value;
        if (_before is { } before && size < before.Size)
        {
            throw new CascadeException(
                $"'{before.Path}' has sample_size = {before.Size}, but '{path}', whose stage enlarges those pictures, has {size}; list the stages in {CascadeFile.FileName} from the smallest picture to the largest.");
        }
        _before = (path, size);
    }

    /// <summary>What a picture would be refused for that asks for nothing special.</summary>
    private static void CheckDefaults(ModelIndex index, int number, StageDefaults? defaults, SchedulerConfigReader scheduler, UNetConfig network)
    {
        try
        {
            var settings = defaults?.ToSettings() ?? new StageSettings();
            if (!StageLoader.TakesPicture(index)) PixelDiffusion.Plan(settings, IfStage.Usual, scheduler, network);
            else IfSuperResolutionStage.CheckNoiseLevel(PixelDiffusion.Plan(settings, IfSuperResolutionStage.Usual, scheduler, network), IfSuperResolutionStage.NoisingOf(index).TrainTimesteps);
        }
        catch (SettingsException error)
        {
            throw new CascadeException($"{CascadeFile.FileName}: the defaults of {Cascade.KeyOf(number)} draw no picture: {error.Message}", error);
        }
    }
}
