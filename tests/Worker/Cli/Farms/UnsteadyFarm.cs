using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace RenderFarm.Cli.Tests.Farms;

/// <summary>A server on the loopback address that dies in the middle of answers, as often as it is told.</summary>
internal sealed class UnsteadyFarm : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly Channel<(string Key, string Body)> _requests = Channel.CreateUnbounded<(string, string)>();
    private readonly ConcurrentQueue<Manner> _manners;
    private readonly byte[] _answer;

    /// <param name="answer">The body of a whole answer.</param>
    /// <param name="manners">How it answers request by request; the last one holds from there on.</param>
    public UnsteadyFarm(byte[] answer, params Manner[] manners)
    {
        (_answer, _manners) = (answer, new ConcurrentQueue<Manner>(manners));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _server = builder.Build();
        _server.Urls.Add("http://127.0.0.1:0");
        _server.Run(AnswerAsync);
    }

    public enum Manner
    {
        /// <summary>Answers whole.</summary>
        Answers,

        /// <summary>Sends the headers and half of the body, then closes the connection.</summary>
        BreaksOff,

        /// <summary>Answers whole, as one that cannot work just now.</summary>
        Refuses,

        /// <summary>Takes the request and never answers.</summary>
        StaysSilent,
    }

    public Uri Address => new(_server.Urls.First() + "/");

    /// <summary>The requests that have arrived, each with its idempotency key and body.</summary>
    public ChannelReader<(string Key, string Body)> Requests => _requests.Reader;

    public Task StartAsync() => _server.StartAsync();

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (!_manners.TryPeek(out var manner)) throw new InvalidOperationException("No manner was given.");
        if (_manners.Count > 1) _manners.TryDequeue(out _);
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        await _requests.Writer.WriteAsync((context.Request.Headers["Idempotency-Key"].ToString(), body), context.RequestAborted);
        if (manner == Manner.StaysSilent) await Task.Delay(Timeout.Infinite, context.RequestAborted);
        if (manner == Manner.Refuses) context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentLength = _answer.Length;
        await context.Response.Body.WriteAsync(manner == Manner.BreaksOff ? _answer.AsMemory(0, _answer.Length / 2) : _answer, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        if (manner == Manner.BreaksOff) context.Abort();
    }
}
