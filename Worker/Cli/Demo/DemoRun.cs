using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Farms;
using RenderFarm.Cli.Output;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Diffusion.Pictures;

namespace RenderFarm.Cli.Demo;

/// <summary>What a client of the farm does: send the file, follow the batch, fetch the pictures.</summary>
internal sealed class DemoRun(Uri address, PictureFolder folder, Terminal terminal, TimeProvider time)
{
    private const int Columns = 6;
    private const string SheetName = "contact-sheet.png";
    private static readonly TimeSpan LongestFault = TimeSpan.FromSeconds(15);

    /// <summary>The prompts that ship with the tool.</summary>
    public static string Prompts { get; } = Path.Combine(AppContext.BaseDirectory, "Demo", "prompts.jsonl");

    public async Task DrawAsync(CancellationToken cancellationToken)
    {
        using var client = new FarmClient(address, time);
        var batch = (await client.SubmitAsync(Prompts, cancellationToken).ConfigureAwait(false)).Id;
        terminal.WriteLine($"Batch {batch}");
        var views = WhileItCanAsync(new BatchWatch(client, time).FollowAsync(batch, cancellationToken), time);
        await new BatchDisplay(terminal, time).ShowAsync(views, cancellationToken).ConfigureAwait(false);
        var jobs = await new BatchDownload(client, folder).SaveAsync(batch, cancellationToken).ConfigureAwait(false);
        var without = BatchOutcome.Report(jobs.Select(job => job.Job), terminal);
        if (without < jobs.Count)
        {
            WriteSheet(jobs);
            terminal.WriteLine($"{jobs.Count - without} pictures and {SheetName} in {folder.Path}");
        }
        if (without > 0) throw new ToolException($"{without} of {jobs.Count} pictures were not drawn; see the warnings above.");
    }

    /// <summary>A farm that stays waits until its disk has room again; this one goes with the command.</summary>
    /// <exception cref="ToolException">It could not go on for <see cref="LongestFault"/>.</exception>
    internal static async IAsyncEnumerable<BatchView> WhileItCanAsync(IAsyncEnumerable<BatchView> views, TimeProvider time)
    {
        long? since = null;
        await foreach (var view in views.ConfigureAwait(false))
        {
            since = view.Fault is null ? null : since ?? time.GetTimestamp();
            if (since is { } begun && time.GetElapsedTime(begun) >= LongestFault)
                throw new ToolException($"The farm cannot go on: {view.Fault} Its files lie in the system's temporary folder; TMPDIR (on Windows, TMP) names another.");
            yield return view;
        }
    }

    private void WriteSheet(IReadOnlyList<(JobStatus Job, IReadOnlyList<string> Files)> jobs)
    {
        var entries = jobs.Where(job => job.Files.Count > 0).Select(job => new SheetEntry(Read(job.Files[0]), job.Job.Prompt)).ToList();
        ContactSheet.Draw(entries, Columns).SavePng(folder.PathOf(SheetName));
    }

    private static Picture Read(string path)
    {
        using var stream = File.OpenRead(path);
        return Picture.ReadPng(stream);
    }
}
