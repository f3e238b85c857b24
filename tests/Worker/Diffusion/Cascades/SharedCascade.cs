using RenderFarm.Diffusion.Cascades;

namespace RenderFarm.Diffusion.Tests.Cascades;

/// <summary>The recorded cascade, loaded by the first test that asks for it.</summary>
public sealed class SharedCascade : IDisposable
{
    private Cascade? _cascade;

    public Cascade Cascade => _cascade ??= ReferenceCascade.Load();

    public void Dispose() => _cascade?.Dispose();
}
