using RenderFarm.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using Embedding = RenderFarm.Diffusion.Layers.Embedding;

namespace RenderFarm.Diffusion.Vision;

/// <summary>A learned vector for the whole picture and one for each patch, each plus one for its place.</summary>
internal sealed class ClipVisionEmbeddings : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "class_embedding")]
    private readonly Parameter _whole;

    [ComponentName(Name = "patch_embedding")]
    private readonly PatchEmbedding _patches;

    [ComponentName(Name = "position_embedding")]
    private readonly Embedding _positions;

    public ClipVisionEmbeddings(ClipVisionConfig config, Placement placement) : base(nameof(ClipVisionEmbeddings))
    {
        _whole = placement.Parameter(config.HiddenSize);
        _patches = new PatchEmbedding(config.PatchSize, config.HiddenSize, placement);
        _positions = new Embedding(config.States, config.HiddenSize, placement);
        RegisterComponents();
    }

    /// <param name="input">[B, 3, H, W]</param>
    /// <returns>[B, S, D]</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var whole = _whole.expand(input.shape[0], 1, -1); // [B, 1, D]
        return cat([whole, _patches.call(input)], 1).Plus(_positions.Weight).MoveToOuterDisposeScope();
    }
}
