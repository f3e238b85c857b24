using static TorchSharp.torch;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>What queries are compared with and what they gather, for each head.</summary>
/// <param name="Keys">[B, N, L, K]</param>
/// <param name="Values">[B, N, L, K]</param>
internal sealed record KeysValues(Tensor Keys, Tensor Values) : IDisposable
{
    public void Dispose()
    {
        Keys.Dispose();
        Values.Dispose();
    }
}
