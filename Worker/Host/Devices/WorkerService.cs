using Microsoft.Extensions.Options;
using RenderFarm.Persistence;
using RenderFarm.Persistence.Dispatch;
using RenderFarm.Persistence.Models;
using RenderFarm.Worker.Messaging;

namespace RenderFarm.Worker.Devices;

/// <summary>A worker's life: load the models, wait for the schema, offer them, render, drain.</summary>
internal sealed partial class WorkerService(
    IReadOnlyList<RenderDevice> devices, LeaseKeeper keeper, WorkerEndpoints endpoints, ModelCatalogue catalogue, Runway runway, SchemaGate schema,
    WorkerReadiness readiness, IHostApplicationLifetime lifetime, IOptions<WorkerOptions> options, TimeProvider time, ILogger<WorkerService> logger) : BackgroundService
{
    private static readonly TimeSpan OfferInterval = TimeSpan.FromSeconds(5);
    private readonly List<ModelPool> _pools = [];
    private readonly CancellationTokenSource _stopBeating = new();
    private Task _beating = Task.CompletedTask;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        // Beside the rest: where the database is away, the devices' work must not wait for it.
        var withdrawing = WithdrawAsync(cancellationToken);
        // The endpoints stop taking messages at once, but wait for those that the devices have.
        var closing = endpoints.StopAsync(cancellationToken);
        if (_pools.Count == 0)
            await Task.WhenAll(devices.Select(device => device.StopAsync())).ConfigureAwait(false);
        await Task.WhenAll(_pools.Select(pool => pool.StopAsync())).ConfigureAwait(false);
        await closing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await withdrawing.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stopBeating.CancelAsync().ConfigureAwait(false);
        await _beating.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public override void Dispose()
    {
        _stopBeating.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // Before the first claim: what is held is renewed from its first moment on.
            _beating = keeper.RunAsync(_stopBeating.Token);
            await LoadAsync(stoppingToken).ConfigureAwait(false);
            foreach (var device in devices)
                _ = WatchAsync(device);
            await OfferAsync(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopped.
        }
        catch (Exception e)
        {
            readiness.Fail(e);
            CannotStart(e);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        foreach (var device in devices)
            device.Start();
        var loaded = await Task.WhenAll(devices.Select(device => device.Loaded)).WaitAsync(cancellationToken).ConfigureAwait(false);
        await schema.PassAsync(cancellationToken).ConfigureAwait(false);
        foreach (var model in devices.Zip(loaded).GroupBy(device => device.Second.Model.Name))
        {
            var room = model.Sum(device => device.Second.MaxBatch) * 3;
            var pool = new ModelPool(model.First().Second.Model, [.. model.Select(device => device.First)], room, new(options.Value.CompanyWait, time), runway, time, logger);
            pool.Start();
            _pools.Add(pool);
            await endpoints.ConnectAsync(pool, cancellationToken).ConfigureAwait(false);
        }

        await endpoints.ConnectNewsAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Says again and again that these models are served here.</summary>
    private async Task OfferAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(OfferInterval, time);
        do
        {
            try
            {
                foreach (var pool in _pools)
                    await catalogue.RegisterAsync(pool.Model, options.Value.Name, cancellationToken).ConfigureAwait(false);
                readiness.Succeed();
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                CannotOffer(e);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Says that nothing more is taken here; unsaid, it shows by the silence.</summary>
    private async Task WithdrawAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var pool in _pools)
                await catalogue.WithdrawAsync(pool.Model, options.Value.Name, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            CannotWithdraw(e);
        }
    }

    /// <summary>A device that failed takes the process with it: a fresh one has a fresh device.</summary>
    private async Task WatchAsync(RenderDevice device)
    {
        try
        {
            await device.Ended.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            readiness.Fail(e);
            Broken(e);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The worker cannot start")]
    private partial void CannotStart(Exception exception);

    [LoggerMessage(Level = LogLevel.Critical, Message = "A device failed; its work goes back and the worker stops")]
    private partial void Broken(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The models could not be withdrawn; the worker stops all the same")]
    private partial void CannotWithdraw(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The models could not be offered; tried again shortly")]
    private partial void CannotOffer(Exception exception);
}
