using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Vision;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Safety;

/// <summary>Judges finished pictures with DeepFloyd IF's safety checker.</summary>
internal sealed class SafetyChecker : IDisposable
{
    private const string ConfigName = "config.json", ProcessorFolder = "feature_extractor";

    /// <summary>diffusers' p_threshold and w_threshold, of numbers that are no probabilities.</summary>
    private const float Threshold = 0.5f;

    private readonly string _folder;
    private readonly Placement _placement;
    private readonly ImageProcessor _processor;
    private readonly bool _stays;
    private SafetyNetwork? _network;

    /// <param name="folder">Such as <c>safety_checker</c> in IF's folders; <c>feature_extractor</c> lies beside it.</param>
    /// <param name="placement">Where it computes.</param>
    /// <param name="stays">False loads it anew for each picture, because memory is short.</param>
    /// <exception cref="WeightsException">It cannot be loaded.</exception>
    public SafetyChecker(string folder, Placement placement, bool stays)
    {
        (_folder, _placement, _stays) = (folder, placement, stays);
        _processor = ReadProcessor(folder);
        (_network, Sha256) = Load();
        if (!stays) GiveBack();
    }

    /// <summary>As <see cref="WeightsFolder.Sha256"/>.</summary>
    public string Sha256 { get; }

    /// <summary>Compares names and shapes of the weights with the configuration, allocating nothing; returns the number of parameters.</summary>
    /// <exception cref="WeightsException">Something is missing or does not fit.</exception>
    public static long Inspect(string folder)
    {
        ReadProcessor(folder);
        using var outline = new SafetyNetwork(ReadConfig(folder), Placement.Meta);
        using var weights = WeightsFolder.Open(folder);
        WeightsLoader.Check(outline, weights, SafetyNetwork.Key);
        return outline.parameters().Sum(parameter => parameter.numel());
    }

    /// <summary>Judges one picture; one that is not square, which diffusers judges by its middle, by all of it.</summary>
    public SafetyVerdict Judge(Picture picture)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var network = _network ??= Load().Network;
        var scores = PictureSquare.Covering(picture)
            .Select(square => network.call(_processor.Prepare(square).to(_placement.Dtype, _placement.Device)).to(ScalarType.Float32).cpu().data<float>().ToArray()).ToList();
        if (!_stays) GiveBack();
        return scores.Any(score => score[0] > Threshold) ? SafetyVerdict.Unsafe : scores.Any(score => score[1] > Threshold) ? SafetyVerdict.Watermarked : SafetyVerdict.Passed;
    }

    public void Dispose() => GiveBack();

    private static ImageProcessor ReadProcessor(string folder)
    {
        var (path, config) = (Path.Combine(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(folder))!, ProcessorFolder, ImageProcessor.FileName), ReadConfig(folder));
        var processor = ImageProcessor.Load(path);
        return processor.CropSize.Height == config.ImageSize ? processor
            : throw new WeightsException($"'{path}' makes pictures of {processor.CropSize.Height} pixels; the safety checker's image_size is {config.ImageSize}.");
    }

    private static ClipVisionConfig ReadConfig(string folder) => ClipVisionConfig.LoadPart(Path.Combine(folder, ConfigName), "vision_config");

    private (SafetyNetwork Network, string Sha256) Load()
    {
        var config = ReadConfig(_folder);
        using var weights = WeightsFolder.Open(_folder, preferHalf: _placement.Dtype == ScalarType.Float16);
        return (WeightsLoader.Build(weights, place => new SafetyNetwork(config, place), _placement, SafetyNetwork.Key), weights.Sha256());
    }

    private void GiveBack()
    {
        _network?.Dispose();
        _network = null;
    }
}
