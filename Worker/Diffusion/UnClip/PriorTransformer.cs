using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks;
using RenderFarm.Diffusion.Networks.Attention;
using RenderFarm.Diffusion.Networks.Configuration;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using LayerNorm = RenderFarm.Diffusion.Layers.LayerNorm;
using Linear = RenderFarm.Diffusion.Layers.Linear;

namespace RenderFarm.Diffusion.UnClip;

/// <summary>
/// unCLIP's diffusion prior (Ramesh et al. 2022, section 2.2): from a text to the embedding that CLIP gives pictures of it. A causal transformer over
/// the text's states, its embedding, the time, the noisy embedding, and a last token in whose place the clean embedding is predicted.
/// </summary>
internal sealed class PriorTransformer : nn.Module<Tensor, PriorPrompt, int, Tensor>
{
    /// <summary>Added to a score instead of −∞, as diffusers does.</summary>
    public const double Unseen = -10000;

    /// <summary>Tokens that a step computes: time, noisy embedding, prediction.</summary>
    private const int StepTokens = 3;

    private readonly PriorConfig _config;

    [ComponentName(Name = "time_embedding")]
    private readonly TimestepEmbedding _timeEmbedding;

    [ComponentName(Name = "proj_in")]
    private readonly Linear _input;

    [ComponentName(Name = "embedding_proj_norm")]
    private readonly LayerNorm? _textEmbeddingNorm;

    [ComponentName(Name = "embedding_proj")]
    private readonly Linear _textEmbedding;

    [ComponentName(Name = "encoder_hidden_states_proj")]
    private readonly Linear _textStates;

    [ComponentName(Name = "positional_embedding")]
    private readonly Parameter _positions;

    [ComponentName(Name = "prd_embedding")]
    private readonly Parameter _prediction;

    [ComponentName(Name = "transformer_blocks")]
    private readonly ModuleList<PriorBlock> _blocks;

    [ComponentName(Name = "norm_in")]
    private readonly LayerNorm? _inputNorm;

    [ComponentName(Name = "norm_out")]
    private readonly LayerNorm _outputNorm;

    [ComponentName(Name = "proj_to_clip_embeddings")]
    private readonly Linear _output;

    [ComponentName(Name = "clip_mean")]
    private readonly Parameter _mean;

    [ComponentName(Name = "clip_std")]
    private readonly Parameter _deviation;

    public PriorTransformer(PriorConfig config, Placement placement) : base(nameof(PriorTransformer))
    {
        (_config, Placement) = (config, placement);
        var (width, embedding) = (config.Width, config.EmbeddingDim);
        var activation = config.TimeEmbedActFn == "gelu" ? ActivationFunction.Gelu : ActivationFunction.Silu;
        _timeEmbedding = new TimestepEmbedding(width, config.TimeEmbedDim ?? width, width, activation, placement);
        _input = new Linear(embedding, width, placement);
        _textEmbeddingNorm = config.EmbeddingProjNormType is null ? null : new LayerNorm(embedding, PriorBlock.Epsilon, placement);
        _textEmbedding = new Linear(embedding, width, placement);
        _textStates = new Linear(embedding, width, placement);
        _positions = placement.Parameter(1, config.NumEmbeddings + PriorConfig.FurtherTokens, width);
        _prediction = placement.Parameter(1, 1, width);
        _blocks = new ModuleList<PriorBlock>([.. Enumerable.Range(0, config.NumLayers).Select(_ => new PriorBlock(config, placement))]);
        _inputNorm = config.NormInType is null ? null : new LayerNorm(width, PriorBlock.Epsilon, placement);
        _outputNorm = new LayerNorm(width, PriorBlock.Epsilon, placement);
        _output = new Linear(width, embedding, placement);
        (_mean, _deviation) = (placement.Parameter(1, embedding), placement.Parameter(1, embedding));
        RegisterComponents();
    }

    /// <summary>Where its parameters live.</summary>
    public Placement Placement { get; }

    /// <summary>Computes all that does not depend on the sample.</summary>
    /// <param name="texts">B texts of L tokens</param>
    /// <param name="timesteps">one per step, the same for the whole batch</param>
    public PriorPrompt Prepare(EncodedTexts texts, IReadOnlyList<double> timesteps)
    {
        using var scope = NewDisposeScope();
        var (batch, length) = (texts.States.shape[0], _config.NumEmbeddings);
        var embedding = texts.Embeddings.to(Placement.Dtype);
        if (_textEmbeddingNorm is not null) embedding = _textEmbeddingNorm.call(embedding);
        var tokens = cat([_textStates.call(texts.States.to(Placement.Dtype)), _textEmbedding.call(embedding).unsqueeze(1)], 1); // [B, L + 1, W]
        var bias = Bias(texts.Hidden); // [B, L + 4, L + 4]
        var kept = ThroughLayers(Positioned(tokens, 0), bias.narrow(1, 0, length + 1).narrow(2, 0, length + 1));
        var steps = tensor(timesteps.Select(t => (float)t).ToArray(), device: Placement.Device);
        var times = _timeEmbedding.call(steps); // [S, W]
        foreach (var (keys, values) in kept)
        {
            keys.DetachFromDisposeScope();
            values.DetachFromDisposeScope();
        }
        return new PriorPrompt(kept, times.DetachFromDisposeScope(), bias.narrow(1, length + 1, StepTokens).clone().DetachFromDisposeScope());
    }

    /// <param name="sample">noisy embeddings [B, D]</param>
    /// <param name="prepared">of this network's <see cref="Prepare"/></param>
    /// <param name="step">index into the timesteps given there</param>
    /// <returns>[B, D]</returns>
    public override Tensor forward(Tensor sample, PriorPrompt prepared, int step)
    {
        using var scope = NewDisposeScope();
        var batch = sample.shape[0];
        var noisy = _input.call(sample.to(Placement.Dtype)).unsqueeze(1);
        var tokens = cat([prepared.Times[step].expand(batch, 1, -1), noisy, _prediction.expand(batch, -1, -1)], 1); // [B, 3, W]
        tokens = Positioned(tokens, _config.NumEmbeddings + 1);
        for (var layer = 0; layer < _blocks.Count; layer++)
        {
            using var inner = NewDisposeScope();
            tokens = _blocks[layer].call(tokens, prepared.Texts[layer], prepared.Bias).Tokens.MoveToOuterDisposeScope();
        }
        return _output.call(_outputNorm.call(tokens.select(1, StepTokens - 1))).MoveToOuterDisposeScope();
    }

    /// <summary>CLIP's embeddings: the samples are normalised ones.</summary>
    /// <param name="samples">float32 [B, D]</param>
    /// <returns>float32 [B, D]</returns>
    public Tensor Embeddings(Tensor samples)
    {
        using var scope = NewDisposeScope();
        return samples.mul(_deviation.to(ScalarType.Float32)).Plus(_mean.to(ScalarType.Float32)).MoveToOuterDisposeScope();
    }

    private Tensor Positioned(Tensor tokens, long first)
    {
        using var scope = NewDisposeScope();
        var placed = tokens.Plus(_positions.narrow(1, first, tokens.shape[1]));
        return (_inputNorm is null ? placed : _inputNorm.call(placed)).MoveToOuterDisposeScope();
    }

    /// <summary>Takes the text through the layers.</summary>
    /// <returns>its keys and values in each</returns>
    private List<TextKeysValues> ThroughLayers(Tensor tokens, Tensor bias)
    {
        var kept = new List<TextKeysValues>();
        foreach (var block in _blocks)
        {
            var (after, own) = block.call(tokens, null, bias);
            kept.Add(own);
            tokens = after;
        }
        return kept;
    }

    /// <summary>Each token sees itself and those before it, but no padding.</summary>
    /// <param name="padding">1 for padding [B, L]</param>
    /// <returns>[B, L + 4, L + 4]</returns>
    private Tensor Bias(Tensor padding)
    {
        using var scope = NewDisposeScope();
        var (batch, all) = (padding.shape[0], padding.shape[1] + PriorConfig.FurtherTokens);
        var columns = cat([padding.to(ScalarType.Float32), zeros([batch, PriorConfig.FurtherTokens], ScalarType.Float32, padding.device)], 1).unsqueeze(1);
        var later = ones([all, all], ScalarType.Float32, padding.device).triu(1);
        return columns.Plus(later).Times(Unseen).to(Placement.Dtype).MoveToOuterDisposeScope();
    }
}
