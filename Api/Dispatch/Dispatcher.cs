using MassTransit;
using Microsoft.Extensions.Options;
using RenderFarm.Api.Messaging;
using RenderFarm.Api.Models;
using RenderFarm.Api.Telemetry;
using RenderFarm.Contracts.Messages;
using RenderFarm.Persistence;
using RenderFarm.Persistence.Dispatch;

namespace RenderFarm.Api.Dispatch;

/// <summary>Keeps a short runway of messages on each served model's queue, filled from the database.</summary>
internal sealed partial class Dispatcher(
    Runway runway, ModelDirectory models, RenderQueueAddress addresses, IBus bus, SchemaGate schema, DispatchSignal signal, IOptions<DispatchOptions> options,
    TimeProvider time, ILogger<Dispatcher> logger)
    : BackgroundService
{
    // How long an unconfirmed sending may wait beyond its time until some Api looks: a tenth of it costs nothing and delays nothing that matters.
    private const int LooksPerTimeout = 10;

    private readonly FairShare _share = new(options.Value.Ageing);
    private DateTimeOffset _lookedAt;

    /// <summary>Fills every runway once. Returns how many messages were sent.</summary>
    public async Task<int> DispatchAsync(CancellationToken cancellationToken)
    {
        await TakeBackUnconfirmedAsync(cancellationToken).ConfigureAwait(false);
        var sent = 0;
        foreach (var model in await models.ServedAsync(cancellationToken).ConfigureAwait(false))
        {
            var messages = await runway.FillAsync(model, options.Value.Runway, _share, cancellationToken).ConfigureAwait(false);
            if (messages.Count > 0)
                await SendAsync(model, messages, cancellationToken).ConfigureAwait(false);
            sent += messages.Count;
        }

        return sent;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await schema.PassAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stoppingToken.IsCancellationRequested)
        {
            var sent = 0;
            try
            {
                sent = await DispatchAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Failed(e);
            }

            await signal.WaitAsync(sent > 0 ? options.Value.BusyInterval : options.Value.IdleInterval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What this or another Api was about to send when it died.</summary>
    private async Task TakeBackUnconfirmedAsync(CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() - _lookedAt < options.Value.SendTimeout / LooksPerTimeout)
            return;
        _lookedAt = time.GetUtcNow();
        if (await runway.TakeBackUnconfirmedAsync(options.Value.SendTimeout, cancellationToken).ConfigureAwait(false) is > 0 and var jobs)
            TookBack(jobs, options.Value.SendTimeout);
    }

    private async Task SendAsync(string model, Sending messages, CancellationToken cancellationToken)
    {
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(options.Value.SendTimeout);
            var queue = await bus.GetSendEndpoint(addresses.Of(model)).ConfigureAwait(false);
            await Task.WhenAll(DispatchActivities.ByTrace(messages).Select(run => SendAsync(queue, run, timeout.Token))).ConfigureAwait(false);
        }
        catch
        {
            // Perhaps some went out: a job with two messages is claimed once.
            await runway.TakeBackAsync([.. messages.Select(message => message.JobId)], CancellationToken.None).ConfigureAwait(false);
            throw;
        }

        await runway.ConfirmAsync(messages.Id, cancellationToken).ConfigureAwait(false);
    }

    private static async Task SendAsync(ISendEndpoint queue, IReadOnlyList<RenderPrompt> messages, CancellationToken cancellationToken)
    {
        using var activity = DispatchActivities.Dispatch(messages);
        await queue.SendBatch<RenderPrompt>(messages, Delivery.MustArrive, cancellationToken).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Jobs} jobs whose messages nobody confirmed within {SendTimeout} are dispatched again")]
    private partial void TookBack(int jobs, TimeSpan sendTimeout);

    [LoggerMessage(Level = LogLevel.Error, Message = "Dispatch failed; tried again shortly")]
    private partial void Failed(Exception exception);
}
