using RenderFarm.Diffusion.Cascades;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.DalleMini;

/// <summary>The recorded model, loaded by the first test that asks for it.</summary>
public sealed class SharedDalleMini : IDisposable
{
    private Cascade? _cascade;

    public static CascadeOptions Exact { get; } = new() { Dtype = ScalarType.Float32 };

    public Cascade Cascade => _cascade ??= Cascade.Load(DalleReference.Folder, Exact);

    public void Dispose() => _cascade?.Dispose();
}
