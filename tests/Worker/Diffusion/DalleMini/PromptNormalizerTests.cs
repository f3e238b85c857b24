using RenderFarm.Diffusion.DalleMini;
using RenderFarm.Diffusion.Weights;
using Xunit;

namespace RenderFarm.Diffusion.Tests.DalleMini;

public sealed class PromptNormalizerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();
}
