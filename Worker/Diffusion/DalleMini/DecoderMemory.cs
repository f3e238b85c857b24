using static TorchSharp.torch;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>What the decoder keeps from token to token. In the dispose scope that it is made in.</summary>
/// <param name="layers">Of each layer; become this object's.</param>
/// <param name="bias">of the text's padding, [B, 1, 1, L]; becomes this object's</param>
internal sealed class DecoderMemory(IReadOnlyList<LayerMemory> layers, Tensor bias) : IDisposable
{
    public IReadOnlyList<LayerMemory> Layers => layers;

    /// <summary>[B, 1, 1, L].</summary>
    public Tensor Bias => bias;

    /// <summary>How many tokens were put in so far: the next one's place.</summary>
    public long Position { get; set; }

    /// <summary>Takes all of it out of the caller's dispose scope.</summary>
    public void Detach()
    {
        foreach (var layer in layers) layer.Detach();
        bias.DetachFromDisposeScope();
    }

    public void Dispose()
    {
        foreach (var layer in layers) layer.Dispose();
        bias.Dispose();
    }
}
