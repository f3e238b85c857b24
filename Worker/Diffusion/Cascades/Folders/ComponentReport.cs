using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Cascades.Folders;

/// <summary>A network in a model folder.</summary>
/// <param name="Name">unet, text_encoder …</param>
/// <param name="Parameters">How many numbers its weights are.</param>
/// <param name="FileBytes">Size of its files.</param>
/// <param name="Files">Its weight files, as paths.</param>
public sealed record ComponentReport(string Name, long Parameters, long FileBytes, IReadOnlyList<string> Files)
{
    /// <summary>Memory the weights take when loaded in a number format.</summary>
    public long BytesIn(ScalarType dtype) => Parameters * (dtype == ScalarType.Float32 ? sizeof(float) : sizeof(short));
}
