using RenderFarm.Diffusion.Vision;
using RenderFarm.Training.TextPretraining;
using static TorchSharp.torch;

namespace RenderFarm.Training.ImagePretraining;

/// <summary>The image encoder and the questions asked of it, trained as one network.</summary>
internal sealed class ImageWithProbe : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "encoder_under_test")]
    private readonly ClipVisionEncoder _encoder;

    [ComponentName(Name = "probe")]
    private readonly TextProbe _probe;

    public ImageWithProbe(ClipVisionEncoder encoder, TextProbe probe) : base(nameof(ImageWithProbe))
    {
        (_encoder, _probe) = (encoder, probe);
        RegisterComponents();
    }

    /// <param name="pixels">[B, 3, H, W]</param>
    /// <returns>Logits [B, Q, classes].</returns>
    public override Tensor forward(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        return _probe.forward(_encoder.NormalizedStates(pixels)).MoveToOuterDisposeScope();
    }
}
