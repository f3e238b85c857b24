using System.CommandLine;
using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Farms;
using RenderFarm.Cli.Output;
using RenderFarm.Contracts.Batches;

namespace RenderFarm.Cli.Submission;

/// <summary><c>renderfarm submit FILE</c>: sends a JSON Lines file to a farm.</summary>
internal static class SubmitCommand
{
    private static readonly Argument<string> RequestFile = new("FILE") { Description = "JSON Lines: one request per line, with a prompt and, if you like, custom_id, negative_prompt, seed, stages, and start, mask, reference: pictures, as files from the folder of FILE, which are uploaded, or as ids that the farm knows." };

    private static readonly Option<string> Url = new("--url")
    {
        Description = "The farm's address. RENDERFARM_URL sets another default.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("RENDERFARM_URL") is { Length: > 0 } url ? url : $"http://127.0.0.1:{FarmAddress.DefaultPort}",
    };

    private static readonly Option<bool> Wait = new("--wait") { Description = "Show how it goes until every picture is drawn." };

    private static readonly Option<string?> Out = new("--out") { Description = "Folder for the pictures; asks to wait for them." };

    /// <summary>Of larger batches whose pictures nobody fetches, only what went wrong is said: words that the model never learned would be a question for each job.</summary>
    private const int MostAskedFor = 1000;

    public static Command Create()
    {
        var command = new Command("submit", "Send a file of prompts to a farm.") { RequestFile, Url, Wait, Out };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, Terminal.Of(parsed), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        var file = parsed.GetRequiredValue(RequestFile);
        if (!File.Exists(file)) throw new ToolException($"There is no file '{file}'; expected is a JSON Lines file with a request on each line.");
        var folder = parsed.GetValue(Out) is { } path ? PictureFolder.Open(path) : null;
        using var client = new FarmClient(FarmAddress.Parse(parsed.GetValue(Url)!), TimeProvider.System);
        using var lines = new PictureLines(client, file);
        var batch = await client.SubmitAsync(await lines.UploadAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        terminal.WriteLine(batch.Id.ToString());
        if (folder is null && !parsed.GetValue(Wait)) return ExitCode.Success;
        return await WaitAsync(client, batch.Id, folder, terminal, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<int> WaitAsync(FarmClient client, Guid batch, PictureFolder? folder, Terminal terminal, CancellationToken cancellationToken)
    {
        var views = new BatchWatch(client, TimeProvider.System).FollowAsync(batch, cancellationToken);
        var finished = await new BatchDisplay(terminal, TimeProvider.System).ShowAsync(views, cancellationToken).ConfigureAwait(false);
        var without = finished.Counts.Total - finished.Counts.Succeeded;
        if (folder is null && finished.Counts.Total <= MostAskedFor)
        {
            BatchOutcome.Report(await client.StatusesAsync(batch, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false), terminal);
        }
        else if (folder is null && without > 0)
        {
            await foreach (var job in client.JobsAsync(batch, cancellationToken).ConfigureAwait(false)) BatchOutcome.WarnUnlessDrawn(job.CustomId, job.State, job.Error, terminal);
        }
        else if (folder is not null)
        {
            var jobs = await new BatchDownload(client, folder).SaveAsync(batch, cancellationToken).ConfigureAwait(false);
            without = BatchOutcome.Report(jobs.Select(job => job.Job), terminal);
            terminal.WriteLine($"{jobs.Sum(job => job.Files.Count)} pictures in {folder.Path}");
        }
        return without == 0 ? ExitCode.Success : throw new ToolException($"{without} of {finished.Counts.Total} jobs of batch {batch} have no picture; {client.Address}v1/batches/{batch}/jobs says why.");
    }
}
