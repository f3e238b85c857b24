using System.Net;
using System.Net.Http.Json;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Messages;
using RenderFarm.Contracts.Models;
using RenderFarm.FarmTesting;
using RenderFarm.Persistence;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Api.Tests.Batches;

public sealed class PauseTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly TestRenderer _renderer = new() { MaxBatch = 1 };
    private FarmHost _farm = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _farm = await FarmHost.StartAsync(_folder.Path, [_renderer]);

    public async ValueTask DisposeAsync()
    {
        await _farm.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Pause_BatchOnTheDevice_RunningJobsFinishWaitingOnesStayAndOthersAreRendered()
    {
        var batch = await _farm.SubmitAsync(Enumerable.Range(0, 40).Select(i => $$"""{"prompt": "{{(i == 0 ? "hold" : "go")}} {{i}}"}"""));
        await FarmHost.EventuallyAsync(() => Task.FromResult(_renderer.IsHolding), holding => holding);
        // One job is on the device and one waits claimed behind it.
        await FarmHost.EventuallyAsync(() => _farm.BatchAsync(batch.Id), status => status.Counts.Running == 2);

        Assert.Equal(BatchState.Paused, (await PostAsync<BatchStatus>($"/v1/batches/{batch.Id}/pause")).State);
        Assert.Equal(BatchState.Paused, (await PostAsync<BatchStatus>($"/v1/batches/{batch.Id}/pause")).State);
        _renderer.Release();
        var other = await _farm.SubmitAsync("{\"prompt\": \"other\"}");
        await _farm.FinishedAsync(other.Id);
        var paused = await FarmHost.EventuallyAsync(() => _farm.BatchAsync(batch.Id), status => status.Counts.Running == 0);

        Assert.Equal((BatchState.Paused, 38, 2), (paused.State, paused.Counts.Queued, paused.Counts.Succeeded));
        Assert.Equal(BatchState.Running, (await PostAsync<BatchStatus>($"/v1/batches/{batch.Id}/resume")).State);
        var finished = await _farm.FinishedAsync(batch.Id);
        Assert.Equal(40, finished.Counts.Succeeded);
        Assert.Equal(41, _renderer.Begun.Distinct().Count());
        Assert.Equal(41, _renderer.Begun.Count);
    }

    [Fact]
    public async Task PauseAndResume_AreHeardBySubscribers_AndAPausedBatchCanBeCanceled()
    {
        var heard = new System.Collections.Concurrent.ConcurrentQueue<object>();
        var ears = _farm.Services.GetRequiredService<IReceiveEndpointConnector>().ConnectReceiveEndpoint("ears", (_, endpoint) =>
        {
            endpoint.Handler<BatchPaused>(context => Note(context.Message));
            endpoint.Handler<BatchResumed>(context => Note(context.Message));
        });
        await ears.Ready;
        var batch = await _farm.SubmitAsync(Enumerable.Range(0, 8).Select(i => $$"""{"prompt": "hold {{i}}"}"""));
        foreach (var verb in new[] { "pause", "resume", "pause" })
            await PostAsync<BatchStatus>($"/v1/batches/{batch.Id}/{verb}");

        var canceled = await PostAsync<BatchStatus>($"/v1/batches/{batch.Id}/cancel");
        await FarmHost.EventuallyAsync(() => Task.FromResult(heard.Count), count => count >= 3);

        Assert.Equal((BatchState.Finished, 8), (canceled.State, canceled.Counts.Canceled));
        Assert.Equal((2, 1), (heard.OfType<BatchPaused>().Count(told => told.BatchId == batch.Id), heard.OfType<BatchResumed>().Count(told => told.BatchId == batch.Id)));

        Task Note(object message)
        {
            heard.Enqueue(message);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task PauseModel_ItsBatchWaits_UntilItIsResumed()
    {
        Assert.True((await PostAsync<ModelStatus>("/v1/models/test/pause")).IsPaused);
        var batch = await _farm.SubmitAsync("{\"prompt\": \"a\"}");
        Assert.True(Assert.Single((await _farm.GetAsync<ModelList>("/v1/models")).Items).IsPaused);
        Assert.Equal(1, (await _farm.BatchAsync(batch.Id)).Counts.Queued);

        Assert.False((await PostAsync<ModelStatus>("/v1/models/test/resume")).IsPaused);
        Assert.Equal(1, (await _farm.FinishedAsync(batch.Id)).Counts.Succeeded);
    }

    [Theory]
    [InlineData("/v1/batches/00000000-0000-0000-0000-000000000001/pause")]
    [InlineData("/v1/batches/00000000-0000-0000-0000-000000000001/resume")]
    [InlineData("/v1/models/nonsense/pause")]
    [InlineData("/v1/models/nonsense/resume")]
    public async Task Pause_WhatIsNotThere_Is404(string path)
    {
        using var response = await _farm.Client.PostAsync(path, null, Token);
        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
    }

    private async Task<T> PostAsync<T>(string path)
    {
        using var response = await _farm.Client.PostAsync(path, null, Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<T>(FarmJson.Options, Token))!;
    }
}
