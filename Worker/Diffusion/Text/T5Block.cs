using RenderFarm.Diffusion.Layers;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Text;

/// <summary>Self-attention, then feed-forward.</summary>
internal sealed class T5Block : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "layer")]
    private readonly ModuleList<nn.Module> _layers;

    public T5Block(T5Config config, bool hasRelativeBias, Placement placement) : base(nameof(T5Block))
    {
        _layers = new ModuleList<nn.Module>(new T5SelfAttentionLayer(config, hasRelativeBias, placement), new T5FeedForwardLayer(config, placement));
        RegisterComponents();
    }

    private T5SelfAttentionLayer SelfAttention => (T5SelfAttentionLayer)_layers[0];

    private T5FeedForwardLayer FeedForward => (T5FeedForwardLayer)_layers[1];

    /// <inheritdoc cref="T5Attention.PositionBias"/>
    public Tensor PositionBias(long length, Device device) => SelfAttention.PositionBias(length, device);

    /// <param name="input">[B, L, D]</param>
    /// <param name="bias">[B, N, L, L]</param>
    /// <returns>[B, L, D]</returns>
    public override Tensor forward(Tensor input, Tensor bias)
    {
        using var scope = NewDisposeScope();
        return FeedForward.forward(SelfAttention.forward(input, bias)).MoveToOuterDisposeScope();
    }
}
