namespace RenderFarm.Api.Batches;

/// <summary>Reads a submission's body as JSON Lines: one job per line; empty lines are skipped.</summary>
internal sealed class BatchReader(JobReader jobs, InputErrors errors)
{
    public async Task ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        await foreach (var (number, line) in LineReader.ReadAsync(body, cancellationToken).ConfigureAwait(false))
        {
            if (line is null)
                errors.Add(number, null, $"Line {number} has more than {LineReader.MaxLineBytes} bytes; a job needs far fewer: upload large pictures with POST /v1/pictures.");
            else if (!line.AsSpan().TrimStart(" \t"u8).IsEmpty)
                Read(new(errors, number, string.Empty), line);
            if (!jobs.WantsMore(errors))
                return;
        }

        jobs.Finish(errors);
    }

    private void Read(InputPlace place, byte[] line)
    {
        if (JsonText.Parse(line, place) is not { } document)
            return;
        using (document)
            jobs.Read(document.RootElement, place);
    }
}
