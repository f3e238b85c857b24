using static TorchSharp.torch;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>What the decoder keeps from token to token.</summary>
/// <param name="layers">Of each layer; become this object's.</param>
/// <param name="bias">of the text's padding, [B, 1, 1, L]; becomes this object's</param>
internal sealed class DecoderMemory(IReadOnlyList<LayerMemory> layers, Tensor bias) : IDisposable
{
    public IReadOnlyList<LayerMemory> Layers => layers;

    /// <summary>[B, 1, 1, L].</summary>
    public Tensor Bias { get; } = bias.DetachFromDisposeScope();

    /// <summary>How many tokens were put in so far: the next one's place.</summary>
    public long Position { get; set; }

    public void Dispose()
    {
        foreach (var layer in layers) layer.Dispose();
        Bias.Dispose();
    }
}
