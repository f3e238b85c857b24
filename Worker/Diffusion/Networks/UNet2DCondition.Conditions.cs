using System.Globalization;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Attention;
using RenderFarm.Diffusion.Networks.Blocks;
using RenderFarm.Diffusion.Networks.Configuration;
using TorchSharp;
using static TorchSharp.torch;
using Embedding = RenderFarm.Diffusion.Layers.Embedding;

namespace RenderFarm.Diffusion.Networks;

internal sealed partial class UNet2DCondition
{
    /// <summary>The part of the time embedding that no step changes: noise level or vector, and pooled text.</summary>
    /// <returns>[B, D]</returns>
    private Tensor Constant(Tensor text, Tensor? label)
    {
        using var scope = NewDisposeScope();
        var sum = zeros([text.shape[0], Config.TimeEmbeddingWidth], Placement.Dtype, Placement.Device);
        if (_noiseLevelEmbedding is not null) sum = sum.Plus(_noiseLevelEmbedding.call(label!));
        if (Config.TakesVector) sum = sum.Plus(label!.to(Placement.Dtype));
        if (_textEmbedding is not null) sum = sum.Plus(_textEmbedding.call(text.to(Placement.Dtype)));
        return sum.MoveToOuterDisposeScope();
    }

    /// <summary>The finished time embedding as the residual blocks' projections take it.</summary>
    private Tensor Activated(Tensor embedding)
    {
        using var scope = NewDisposeScope();
        var result = Config.TimeEmbeddingActFn is { } once ? Features.Activate(embedding, once) : embedding.alias();
        if (!Config.ResnetSkipTimeAct) result = Features.Activate(result, Config.ActFn);
        return result.MoveToOuterDisposeScope();
    }

    private static nn.Module<Tensor, Tensor>? NoiseLevelEmbedding(UNetConfig config, Placement placement) => config switch
    {
        { ClassEmbedType: ClassEmbedType.Timestep } => new TimestepEmbedding(config, placement),
        { ClassEmbedType: null, NumClassEmbeds: { } count } => new Embedding(count, config.TimeEmbeddingWidth, placement),
        _ => null,
    };

    private Dictionary<IUpsampling, Tensor> UpsamplingSums()
    {
        var sums = new Dictionary<IUpsampling, Tensor>();
        foreach (var part in _allUpsamplings)
        {
            if (part.UpsamplingSums() is { } sum) sums.Add(part, sum);
        }

        return sums;
    }

    private Dictionary<ITextLayer, TextKeysValues> Texts(Tensor text)
    {
        using var scope = NewDisposeScope();
        var states = text.to(Placement.Dtype);
        if (_textProjection is not null) states = _textProjection.call(states);
        var texts = _allTextLayers.ToDictionary(layer => layer, layer => layer.Text(states));
        foreach (var (keys, values) in texts.Values)
        {
            keys.MoveToOuterDisposeScope();
            values.MoveToOuterDisposeScope();
        }

        return texts;
    }

    private void CheckText(Tensor text, Tensor? label)
    {
        if (text.dim() != 3 || text.shape[2] != Config.TextWidth)
            throw new ArgumentException($"text is [{string.Join(", ", text.shape)}]; expected [batch, tokens, {Config.TextWidth}].");
        if (label is null == (Config.TakesNoiseLevel || Config.TakesVector))
        {
            var kind = Config.ClassEmbedType?.ToString() ?? "null";
            throw new ArgumentException(
                $"label is {(label is null ? "missing" : "given")}, but the network's class_embed_type is {kind} and num_class_embeds {Config.NumClassEmbeds?.ToString(CultureInfo.InvariantCulture) ?? "null"}.");
        }

        long[] expected = Config.TakesVector ? [text.shape[0], Config.TimeEmbeddingWidth] : [text.shape[0]];
        if (label is not null && !label.shape.AsSpan().SequenceEqual(expected))
            throw new ArgumentException($"label is [{string.Join(", ", label.shape)}]; expected [{string.Join(", ", expected)}].");
    }

    private void CheckBias(Tensor text, Tensor? bias)
    {
        if (bias is null) return;
        if (bias.dim() != 2 || bias.shape[0] != text.shape[0] || bias.shape[1] != text.shape[1])
            throw new ArgumentException($"textBias is [{string.Join(", ", bias.shape)}]; expected one number for each token, [{text.shape[0]}, {text.shape[1]}].");
        if (_allTextLayers.Any(layer => layer is not AddedKeyValueAttention))
            throw new ArgumentException("textBias is given, but the network has transformers, which see the whole text.");
    }

    private void CheckSample(Tensor sample, long batch)
    {
        var multiple = Config.SizeMultiple;
        var fits = sample.dim() == 4 && sample.shape[0] == batch && sample.shape[1] == Config.InChannels;
        if (fits && sample.shape[2] % multiple == 0 && sample.shape[3] % multiple == 0) return;
        throw new ArgumentException(
            $"sample is [{string.Join(", ", sample.shape)}]; expected [{batch}, {Config.InChannels}, height, width], " +
            $"height and width multiples of {multiple}.");
    }
}
