using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>DALL-E Mini: a transformer writes a picture's tokens one after another, and a VQGAN turns them into the picture.</summary>
internal sealed class DalleMiniStage : IStage
{
    private readonly DalleMiniFolder _folder;
    private readonly DalleBartTokenizer _tokenizer;
    private readonly PromptNormalizer? _normalizer;
    private readonly DalleBart _transformer;
    private readonly PictureDecoder _decoder;
    private readonly TokenPreview _preview;

    private DalleMiniStage(DalleMiniFolder folder, DalleBart transformer, string transformerSha256, PictureDecoder decoder, string vqganSha256)
    {
        (_folder, _transformer, TransformerSha256, _decoder, VqganSha256) = (folder, transformer, transformerSha256, decoder, vqganSha256);
        _preview = new TokenPreview(decoder, folder.Vqgan);
        _tokenizer = folder.ReadTokenizer();
        _normalizer = folder.Transformer.NormalizeText ? new PromptNormalizer(HashtagSplitter.Load(folder.Root)) : null;
    }

    public string Dtype => DtypeChoice.NameOf(_transformer.Placement.Dtype);

    public int Size => _folder.Vqgan.Resolution;

    /// <summary>SHA-256 of the transformer's weights as they were loaded.</summary>
    public string TransformerSha256 { get; }

    /// <summary>SHA-256 of VQGAN's file.</summary>
    public string VqganSha256 { get; }

    public static DalleMiniStage Load(DalleMiniFolder folder, Placement placement)
    {
        using var weights = FlaxWeights.Open(folder.TransformerWeights);
        using var vqganWeights = FlaxWeights.Open(folder.VqganWeights);
        var config = folder.Transformer.FittedTo(weights);
        var transformer = WeightsLoader.Build(weights, place => new DalleBart(config, place), placement, DalleBart.Key);
        PictureDecoder? decoder = null;
        try
        {
            decoder = PictureDecoder.Load(vqganWeights, folder.Vqgan, placement);
            return new DalleMiniStage(folder, transformer, weights.Sha256(), decoder, vqganWeights.Sha256());
        }
        catch
        {
            decoder?.Dispose();
            transformer.Dispose();
            throw;
        }
    }

    public StagePlan Plan(StageSettings settings) => TokenPlan.Resolve(settings, _folder.Transformer.ImageLength, _folder.Vqgan.NEmbed);

    public Tensor Draw(IReadOnlyList<StageRow> rows, Tensor? pictures, Action<StageStep> stepped)
    {
        if (pictures is not null) throw new CascadeException("DALL-E Mini draws from text alone; it must be the cascade's first stage.");
        using var scope = NewDisposeScope();
        var tokens = Write(rows, stepped);
        // One at a time: a picture's feature maps take hundreds of megabytes, and nothing is gained by more at once.
        var drawn = Enumerable.Range(0, rows.Count).Select(row => Decode(tokens.narrow(0, row, 1))).ToList();
        return cat(drawn, 0).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _transformer.Dispose();
        _decoder.Dispose();
    }

    /// <returns>int64 [B, T]</returns>
    private Tensor Write(IReadOnlyList<StageRow> rows, Action<StageStep> stepped)
    {
        using var scope = NewDisposeScope();
        var (device, codes) = (_transformer.Placement.Device, _folder.Vqgan.NEmbed);
        TokenChoice[] choices = [.. rows.Select(row => ((TokenPlan)row.Plan).Choice)];
        using var guidance = new Guidance([.. choices.Select(choice => choice.Guidance)], device);
        using var draw = new TokenDraw(choices, [.. rows.Select(row => row.Noise)], codes, _folder.Transformer.ImageLength, device);
        var (ids, mask) = _tokenizer.Encode([.. guidance.Rows.Select(row => Text(rows[row].NegativePrompt)), .. rows.Select(row => Text(row.Prompt))], device);
        return new TokenWriter(_transformer, codes).Write(ids, mask, guidance, draw, Stepped).MoveToOuterDisposeScope();

        void Stepped(int count, Tensor written) =>
            stepped(new(count, new StageLook(device, row => _preview.Draw(written.narrow(0, row, 1), count), _preview.PartOf(count))));
    }

    /// <param name="tokens">int64 [1, T]</param>
    /// <returns>float32 [1, 3, H, W] in [−1, 1] or a little beyond, on the CPU</returns>
    private Tensor Decode(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        return _decoder.forward(tokens).to(ScalarType.Float32).cpu().Times(2.0).PlusInPlace(-1).MoveToOuterDisposeScope();
    }

    /// <summary>Of no text there is nothing to normalise: the unconditional side is trained without the space in front.</summary>
    private string Text(string prompt) => prompt.Length == 0 || _normalizer is null ? prompt : _normalizer.Normalize(prompt);
}
