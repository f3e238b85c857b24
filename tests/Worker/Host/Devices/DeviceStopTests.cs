using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RenderFarm.FarmTesting;
using RenderFarm.Testing;
using RenderFarm.Worker.Devices;
using Xunit;

namespace RenderFarm.Worker.Tests.Devices;

public sealed class DeviceStopTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Stop_OfADeviceTwiceAtOnceAndLater_IsOneStop()
    {
        var renderer = new TestRenderer();
        await using var farm = await FarmHost.StartAsync(_folder.Path, [renderer]);
        await farm.SubmitAsync("{\"prompt\": \"hold\"}");
        await FarmHost.EventuallyAsync(() => Task.FromResult(renderer.IsHolding), holding => holding);
        var device = Assert.Single(farm.Services.GetRequiredService<IReadOnlyList<RenderDevice>>());

        await Task.WhenAll(device.StopAsync(), device.StopAsync()).WaitAsync(Patience, Token);
        await device.StopAsync().WaitAsync(Patience, Token);

        Assert.True(device.Ended.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Stop_OfAFarmThatHasStopped_Ends()
    {
        await using var farm = await FarmHost.StartAsync(_folder.Path);
        var host = farm.Services.GetRequiredService<IHost>();

        await host.StopAsync(Token).WaitAsync(Patience, Token);
        await host.StopAsync(Token).WaitAsync(Patience, Token);
    }
}
