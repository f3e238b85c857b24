using RenderFarm.Diffusion.Text;
using static TorchSharp.torch;

namespace RenderFarm.Training.TextPretraining;

/// <summary>The encoder and the questions asked of it, trained as one network.</summary>
internal sealed class EncoderWithProbe : nn.Module<Tensor, Tensor, (Tensor States, Tensor Logits)>
{
    [ComponentName(Name = "encoder_under_test")]
    private readonly T5Encoder _encoder;

    [ComponentName(Name = "probe")]
    private readonly TextProbe _probe;

    public EncoderWithProbe(T5Encoder encoder, TextProbe probe) : base(nameof(EncoderWithProbe))
    {
        (_encoder, _probe) = (encoder, probe);
        RegisterComponents();
    }

    /// <param name="ids">[B, L] int64</param>
    /// <param name="mask">[B, L] int64</param>
    /// <returns>States [B, L, D] and logits [B, Q, classes].</returns>
    public override (Tensor States, Tensor Logits) forward(Tensor ids, Tensor mask)
    {
        var states = _encoder.forward(ids, mask);
        return (states, _probe.forward(states));
    }
}
