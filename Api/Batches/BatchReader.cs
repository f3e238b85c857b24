using System.Text.Json;
using System.Text.Unicode;

namespace RenderFarm.Api.Batches;

/// <summary>Reads the body of a submission, as one JSON document or as JSON Lines.</summary>
internal sealed class BatchReader(JobReader jobs, InputErrors errors, int maxJobs)
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>One job per line; empty lines are skipped.</summary>
    public async Task ReadLinesAsync(Stream body, CancellationToken cancellationToken)
    {
        await foreach (var (number, line) in LineReader.ReadAsync(body, cancellationToken).ConfigureAwait(false))
        {
            if (line is null)
                errors.Add(number, null, $"Line {number} has more than {LineReader.MaxLineBytes} bytes; a job needs far fewer.");
            else if (!line.AsSpan().TrimStart(" \t"u8).IsEmpty)
                ReadLine(number, line);
            if (errors.IsFull || !WithinLimit())
                return;
        }

        RefuseEmpty();
    }

    /// <summary>The whole batch as one object, see Contracts' BatchRequest.</summary>
    public async Task ReadDocumentAsync(Stream body, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        await body.CopyToAsync(bytes, cancellationToken).ConfigureAwait(false);
        if (Parse(null, bytes.GetBuffer().AsMemory(0, (int)bytes.Length)) is not { } document)
            return;
        using (document)
            ReadBatch(document.RootElement);
    }

    private void ReadLine(int number, byte[] line)
    {
        if (Parse(number, line) is not { } document)
            return;
        using (document)
            jobs.Read(document.RootElement, new(errors, number, string.Empty));
    }

    private void ReadBatch(JsonElement root)
    {
        var place = new InputPlace(errors, null, string.Empty);
        if (root.ValueKind != JsonValueKind.Object || !JsonFields.TryGet(root, "jobs", out var list) || list.ValueKind != JsonValueKind.Array)
        {
            place.Refuse("jobs", "A batch is an object with an array 'jobs': {\"jobs\": [{\"prompt\": \"…\"}]}.");
            return;
        }

        JsonFields.RefuseOthers(root, place, "model", "priority", "jobs");
        jobs.Model = JsonFields.Text(root, "model", place) ?? jobs.Model;
        jobs.Priority = (int?)JsonFields.Whole(root, "priority", -10, 10, place) ?? jobs.Priority;
        var index = 0;
        foreach (var job in list.EnumerateArray())
        {
            jobs.Read(job, new(errors, null, $"jobs[{index++}]."));
            if (errors.IsFull || !WithinLimit())
                return;
        }

        RefuseEmpty();
    }

    private JsonDocument? Parse(int? line, ReadOnlyMemory<byte> bytes)
    {
        if (!Utf8.IsValid(bytes.Span))
        {
            errors.Add(line, null, line is null ? "The body is not valid UTF-8." : $"Line {line} is not valid UTF-8.");
            return null;
        }

        try
        {
            return JsonDocument.Parse(bytes, Strict);
        }
        catch (JsonException e)
        {
            var at = line is null ? (int?)e.LineNumber + 1 : line;
            errors.Add(at, null, $"Invalid JSON at line {at}, byte {e.BytePositionInLine + 1}: {Reason(e)}");
            return null;
        }
    }

    /// <summary>The parser's message without the place that it appends, which counts from the line's own beginning.</summary>
    private static string Reason(JsonException e)
    {
        var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? e.Message : e.Message[..end];
    }

    private bool WithinLimit()
    {
        if (jobs.Jobs.Count <= maxJobs)
            return true;
        errors.Add(null, null, $"The batch has more than {maxJobs} jobs; send several batches.");
        return false;
    }

    private void RefuseEmpty()
    {
        if (jobs.Jobs.Count == 0 && errors.Items.Count == 0)
            errors.Add(null, "jobs", "The batch has no jobs; give at least one.");
    }
}
