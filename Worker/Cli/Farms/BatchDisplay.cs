using RenderFarm.Cli.Output;
using RenderFarm.Contracts.Batches;
using Spectre.Console;

namespace RenderFarm.Cli.Farms;

/// <summary>Shows how a batch goes: a live table on a terminal, a line per change elsewhere.</summary>
internal sealed class BatchDisplay(Terminal terminal, TimeProvider time)
{
    private const int BarWidth = 40;
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    /// <summary>Returns the finished batch.</summary>
    public async Task<BatchStatus> ShowAsync(IAsyncEnumerable<BatchView> views, CancellationToken cancellationToken)
    {
        BatchStatus? last = null;
        if (!terminal.IsInteractive)
        {
            last = await ShowLinesAsync(views, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await terminal.Console.Live(new Text("Waiting for the farm")).StartAsync(async context =>
            {
                await foreach (var view in views.WithCancellation(cancellationToken).ConfigureAwait(false))
                {
                    last = view.Batch;
                    context.UpdateTarget(Draw(view));
                }
            }).ConfigureAwait(false);
        }
        return last ?? throw new InvalidOperationException("The batch was followed and never seen.");
    }

    private async Task<BatchStatus?> ShowLinesAsync(IAsyncEnumerable<BatchView> views, CancellationToken cancellationToken)
    {
        BatchView? shown = null;
        BatchStatus? last = null;
        var at = time.GetTimestamp();
        await foreach (var view in views.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            last = view.Batch;
            var due = time.GetElapsedTime(at) >= LineInterval && view != shown;
            if (shown is not null && shown.Batch.Counts == view.Batch.Counts && shown.Now?.Stage == view.Now?.Stage && shown.Fault == view.Fault && !due) continue;
            terminal.WriteLine(Line(view));
            (shown, at) = (view, time.GetTimestamp());
        }
        return last;
    }

    /// <summary>"queued 8, running 8, done 8 of 24; stage 2 of 3 (upscaler-128), step 3 of 8; about 40 s left".</summary>
    internal static string Line(BatchView view)
    {
        var counts = view.Batch.Counts;
        var failed = counts.Failed + counts.Expired + counts.Canceled is > 0 and var bad ? $", not drawn {bad}" : "";
        var now = view.Now is { } group ? $"; {group}" : "";
        var left = view.Left is { } time && view.Ended < counts.Total ? $"; about {Durations.Text(time)} left" : "";
        var fault = view.Fault is { } reason ? $"; the farm waits: {reason}" : "";
        return $"queued {counts.Queued}, running {counts.Running}, done {counts.Succeeded} of {counts.Total}{failed}{now}{left}{fault}";
    }

    private static Table Draw(BatchView view)
    {
        var counts = view.Batch.Counts;
        var filled = counts.Total == 0 ? 0 : BarWidth * view.Ended / counts.Total;
        var bar = new Markup($"[green]{new string('━', filled)}[/][grey]{new string('━', BarWidth - filled)}[/] {view.Ended}/{counts.Total}");
        var bad = counts.Failed + counts.Expired + counts.Canceled;
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumns("", "");
        table.AddRow(new Text("Pictures"), bar);
        table.AddRow(new Text("Queue"), new Text($"{counts.Queued} queued, {counts.Running} running, {counts.Succeeded} done{(bad > 0 ? $", {bad} not drawn" : "")}"));
        table.AddRow(new Text("Now"), new Text(view.Now?.ToString() ?? (view.Ended == counts.Total ? "finished" : "waiting for a worker")));
        table.AddRow(new Text("Time left"), new Text(view.Ended == counts.Total ? "none" : view.Left is { } left ? $"about {Durations.Text(left)}" : "not known yet"));
        if (view.Fault is { } fault) table.AddRow(new Text("Waits for"), new Text(fault));
        return table;
    }
}
