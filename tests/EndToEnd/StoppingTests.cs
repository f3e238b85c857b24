using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.EndToEnd.Tests;

public sealed class StoppingTests : IDisposable
{
    private const int Stopped = 130;
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Serve_Signal_EndsWithoutAnError(string signal)
    {
        var model = TestModel.Quick(_folder);
        using var farm = ToolProcess.Start(_folder.Path, "serve", "--port", "0", "--data", "data", "--model", model);
        await farm.AddressAsync();

        await farm.SignalAsync(signal);

        Assert.Equal(0, farm.ExitCode);
        Assert.DoesNotContain("error:", farm.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_CtrlC_StopsAndLeavesNothingHalfWritten()
    {
        var model = TestModel.Quick(_folder);
        using var demo = ToolProcess.Start(_folder.Path, "demo", "--model", model, "--out", "pictures");
        await demo.AddressAsync();

        await demo.SignalAsync("INT");

        Assert.Equal((Stopped, "Stopped."), (demo.ExitCode, demo.Error.Trim()));
        Assert.Empty(Directory.GetFiles(_folder.File("pictures")));
    }

    public void Dispose() => _folder.Dispose();
}
