using System.Security.Cryptography;
using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Output;
using RenderFarm.Contracts.Jobs;

namespace RenderFarm.Cli.Farms;

/// <summary>Fetches a finished batch's pictures, each checked against the hash that the farm recorded.</summary>
internal sealed class BatchDownload(FarmClient client, PictureFolder folder)
{
    /// <summary>Saves every picture as <c>&lt;custom_id&gt;.png</c>, a job's further ones as <c>&lt;custom_id&gt;-1.png</c> and so on.</summary>
    /// <returns>Every job of the batch, with the files of its pictures.</returns>
    public async Task<IReadOnlyList<(JobStatus Job, IReadOnlyList<string> Files)>> SaveAsync(Guid batch, CancellationToken cancellationToken)
    {
        var jobs = new List<(JobStatus, IReadOnlyList<string>)>();
        await foreach (var job in client.StatusesAsync(batch, cancellationToken).ConfigureAwait(false))
        {
            var files = new List<string>();
            foreach (var output in job.Outputs) files.Add(await SaveAsync(job, output, cancellationToken).ConfigureAwait(false));
            jobs.Add((job, files));
        }
        return jobs;
    }

    private async Task<string> SaveAsync(JobStatus job, JobOutput output, CancellationToken cancellationToken)
    {
        var bytes = await client.DownloadAsync(output, cancellationToken).ConfigureAwait(false);
        if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != output.Sha256)
            throw new ToolException($"The picture of '{job.CustomId}' from {client.Address} does not have the SHA-256 that the farm recorded ({output.Sha256}); it was damaged on the way or in the store. Try again.");
        var number = output.Number == 0 ? "" : $"-{output.Number}";
        return await folder.WriteAsync($"{PictureFolder.FileNameOf(job.CustomId)}{number}.png", stream => stream.WriteAsync(bytes, cancellationToken).AsTask()).ConfigureAwait(false);
    }
}
