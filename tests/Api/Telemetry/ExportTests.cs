using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Trace;
using RenderFarm.FarmTesting;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Api.Tests.Telemetry;

public sealed class ExportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Traces_CollectorInTheSettings_ItReceivesTheJourney()
    {
        var received = new ConcurrentQueue<(string Path, string Body)>();
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        await using var collector = builder.Build();
        collector.Urls.Add("http://127.0.0.1:0");
        collector.MapPost("/{**path}", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body, Token);
            received.Enqueue((request.Path, Encoding.Latin1.GetString(body.ToArray())));
        });
        await collector.StartAsync(Token);

        var farm = await FarmHost.StartAsync(_folder.Path, settings: new Dictionary<string, string?>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Urls.First(), ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        });
        await farm.FinishedAsync((await farm.SubmitAsync("{\"prompt\": \"a\"}")).Id);
        // What was not sent yet is sent now.
        await farm.DisposeAsync();

        Assert.All(received, request => Assert.Equal("/v1/traces", request.Path));
        var told = string.Concat(received.Select(request => request.Body));
        Assert.All(["renderfarm-api", "POST /v1/batches", "dispatch", "claim", "render", "store", "commit"], name => Assert.Contains(name, told, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Traces_NoCollectorInTheSettings_NoneAreMade()
    {
        await using var farm = await FarmHost.StartAsync(_folder.Path, []);
        Assert.Null(farm.Services.GetService<TracerProvider>());
    }
}
