using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.DeepFloyd;
using RenderFarm.Diffusion.Fusion;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Vision;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.References;

/// <summary>Says in the text encoder's words what is wanted of a reference picture and an instruction. Its two networks are small: they work in float32 and stay loaded.</summary>
internal sealed class ReferenceReader : IDisposable
{
    private readonly ImageProcessor _processor;
    private readonly ClipVisionEncoder _image;
    private readonly FusionNetwork _fusion;
    private readonly T5Tokenizer _tokenizer;
    private readonly PromptEncoder _text;
    private readonly Device _device;

    private ReferenceReader(ImageProcessor processor, ClipVisionEncoder image, FusionNetwork fusion, T5Tokenizer tokenizer, PromptEncoder text, Device device, KnownWords words) =>
        (_processor, _image, _fusion, _tokenizer, _text, _device, Words) = (processor, image, fusion, tokenizer, text, device, words);

    /// <summary>The words of instructions that the fusion learned.</summary>
    public KnownWords Words { get; }

    /// <summary>Reads the parts in the first stage's folder; null where it has none, or where a stage does not draw from that stage's text encoder.</summary>
    /// <param name="places">The cascade's stages, found right.</param>
    /// <param name="loading">Takes note of the weights.</param>
    public static ReferenceReader? Load(IReadOnlyList<StagePlace> places, StageLoading loading)
    {
        var first = places[0];
        if (!places.All(place => StageFamilies.Of(place.Index) is IfFamily or IfSuperResolutionFamily) || !ReferenceParts.Has(first.Index)) return null;
        if (places.Any(place => IfText.OwnerFor(place) != IfText.OwnerFor(first))) return null;
        var text = IfText.Load(first, loading);
        var placement = loading.TextPlacement with { Dtype = ScalarType.Float32 };
        var (imageConfig, fusionConfig) = (ReferenceParts.ImageConfig(first.Index), ReferenceParts.FusionOf(first.Index));
        var tokenizer = T5Tokenizer.Load(Path.Combine(IfText.OwnerFor(first).Index.PathOf("tokenizer"), "spiece.model"));
        using var imageWeights = WeightsFolder.Open(first.Index.PathOf(ReferenceParts.ImageEncoder));
        using var fusionWeights = WeightsFolder.Open(first.Index.PathOf(ReferenceParts.Fusion));
        var image = WeightsLoader.Build(imageWeights, place => new ClipVisionEncoder(imageConfig, place), placement, ClipVisionEncoder.Key);
        try
        {
            var fusion = WeightsLoader.Build(fusionWeights, place => new FusionNetwork(fusionConfig, place), placement);
            loading.Weights.Add(($"{first.Key}/{ReferenceParts.ImageEncoder}", imageWeights.Sha256()));
            loading.Weights.Add(($"{first.Key}/{ReferenceParts.Fusion}", fusionWeights.Sha256()));
            return new ReferenceReader(
                ReferenceParts.ProcessorOf(first.Index), image, fusion, tokenizer, text, placement.Device, KnownWords.Load(first.Index.PathOf(ReferenceParts.Fusion)));
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    /// <summary>The prompt by which every stage draws what this picture shows and these words change.</summary>
    /// <param name="reference">Looked at.</param>
    /// <param name="prompt">What is to be different; empty for nothing.</param>
    /// <returns>The most likely words of all slots, in order; empty where the fusion finds nothing to say</returns>
    public string Read(ReferencePicture reference, string prompt)
    {
        using var scope = NewDisposeScope();
        var words = _text.Encode([prompt]); // [1, L, D]
        var (_, mask) = _tokenizer.Encode([_text.Clean(prompt)], (int)words.shape[1], _device);
        var seen = _image.NormalizedStates(_processor.Prepare(reference.Picture).to(_device));
        var written = _fusion.forward(words.to(ScalarType.Float32, _device), mask, seen).argmax(-1).flatten().cpu().data<long>().ToArray();
        return _tokenizer.Text([.. written.Where(id => id != T5Tokenizer.PaddingId).Select(id => (int)id)]);
    }

    public void Dispose()
    {
        _image.Dispose();
        _fusion.Dispose();
    }
}
