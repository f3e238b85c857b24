using RenderFarm.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Vision;

/// <summary>A vector for each patch: a convolution whose stride is its kernel, so a matrix product of cut-out patches.</summary>
internal sealed class PatchEmbedding : nn.Module<Tensor, Tensor>
{
    private readonly long _patch;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    public PatchEmbedding(long patch, long width, Placement placement) : base(nameof(PatchEmbedding))
    {
        _patch = patch;
        _weight = placement.Parameter(width, 3, patch, patch);
        RegisterComponents();
    }

    /// <param name="input">[B, 3, H, W]</param>
    /// <returns>[B, patches, D], row by row</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var cut = input.unflatten(3, [-1, _patch]).unflatten(2, [-1, _patch]); // [B, 3, rows, P, columns, P]
        var patches = cut.permute(0, 2, 4, 1, 3, 5).flatten(3).flatten(1, 2);  // [B, patches, 3·P·P]
        return nn.functional.linear(patches, _weight.flatten(1)).MoveToOuterDisposeScope();
    }
}
