using System.Net;
using System.Net.Sockets;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.EndToEnd.Tests;

public sealed class RestartTests : IDisposable
{
    private const int Jobs = 10;

    /// <summary>So many that the farm is far from done when it is killed.</summary>
    private const int Steps = 300;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task SubmitAndWait_FarmKilledAndStartedAgain_GoesOnToTheLastPicture()
    {
        var model = TestModel.Quick(_folder);
        var port = FreePort();
        _folder.Write("requests.jsonl", string.Join('\n', Enumerable.Range(0, Jobs).Select(number => $"{{\"custom_id\":\"{number}\",\"prompt\":\"a photo of a corgi\",\"seed\":{number},\"stages\":{{\"stage1\":{{\"steps\":{Steps}}}}}}}")));
        using var farm = Serve(model, port);
        var address = await farm.AddressAsync();
        using var submit = ToolProcess.Start(_folder.Path, "submit", "requests.jsonl", "--url", address.ToString(), "--wait", "--out", "pictures");
        await UntilItSaysAsync(submit, "running");

        await farm.KillAsync();
        using var again = Serve(model, port);
        await submit.WaitAsync();

        Assert.Equal((0, ""), (submit.ExitCode, submit.Error));
        Assert.Equal(Jobs, Directory.GetFiles(_folder.File("pictures")).Length);
    }

    public void Dispose() => _folder.Dispose();

    private ToolProcess Serve(string model, int port) => ToolProcess.Start(_folder.Path, "serve", "--port", $"{port}", "--data", "data", "--model", model);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task UntilItSaysAsync(ToolProcess tool, string text)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var began = TimeProvider.System.GetTimestamp();
        while (!tool.Output.Contains(text, StringComparison.Ordinal))
        {
            Assert.False(tool.HasExited, $"The tool ended before it said '{text}': {tool.Output}{tool.Error}");
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"The tool never says '{text}': {tool.Output}{tool.Error}");
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
