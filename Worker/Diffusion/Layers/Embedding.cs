using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Layers;

/// <summary>A table of vectors, looked up by id.</summary>
internal sealed class Embedding : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    public Embedding(long count, long width, Placement placement) : base(nameof(Embedding))
    {
        _weight = placement.Parameter(count, width);
        RegisterComponents();
    }

    /// <summary>[count, D].</summary>
    public Tensor Weight => _weight;

    /// <param name="input">ids, int64 […]</param>
    /// <returns>[…, D]</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var rows = _weight.index_select(0, input.flatten());
        return rows.view([.. input.shape, rows.shape[1]]).MoveToOuterDisposeScope();
    }
}
