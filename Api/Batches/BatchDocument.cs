using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;

namespace RenderFarm.Api.Batches;

/// <summary>
/// Reads a submission's body as one JSON object, see Contracts' BatchRequest, while it arrives: what waits in memory is one job. The batch's
/// own fields may come before its jobs or after.
/// </summary>
internal sealed class BatchDocument(JobReader jobs, InputErrors errors)
{
    private const int MaxPieceBytes = LineReader.MaxLineBytes;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = JsonText.MaxDepth });
    private Place _place = Place.Start;
    private int _index;
    private bool _isStopped;

    private enum Place
    {
        Start,
        Batch,
        Jobs,
        End,
    }

    private InputPlace Whole => new(errors, null, string.Empty);

    public async Task ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        var pipe = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: 64 << 10, leaveOpen: true));
        try
        {
            for (var isFirst = true; !_isStopped; isFirst = false)
            {
                var read = isFirst ? await pipe.ReadAtLeastAsync(3, cancellationToken).ConfigureAwait(false) : await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
                var buffer = isFirst ? WithoutMark(read.Buffer) : read.Buffer;
                var consumed = Consume(buffer, read.IsCompleted);
                if (!_isStopped && buffer.Slice(consumed).Length > MaxPieceBytes)
                    RefuseSize();
                pipe.AdvanceTo(consumed, buffer.End);
                if (read.IsCompleted)
                    break;
            }
        }
        catch (JsonException e)
        {
            errors.Add((int?)e.LineNumber + 1, null, $"Invalid JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: {JsonText.Reason(e)}");
            _isStopped = true;
        }

        await pipe.CompleteAsync().ConfigureAwait(false);
        if (_isStopped)
            return;
        if (_seen.Contains("jobs"))
            jobs.Finish(errors);
        else
            RefuseShape();
    }

    private static ReadOnlySequence<byte> WithoutMark(ReadOnlySequence<byte> buffer) =>
        buffer.Length >= 3 && buffer.Slice(0, 3).ToArray().AsSpan().SequenceEqual("\uFEFF"u8) ? buffer.Slice(3) : buffer;

    /// <summary>Takes what is complete of the buffer and returns where the rest begins; that is looked at again when more has come.</summary>
    private SequencePosition Consume(ReadOnlySequence<byte> buffer, bool isLast)
    {
        var reader = new Utf8JsonReader(buffer, isLast, _state);
        while (!_isStopped)
        {
            var (position, state) = (reader.Position, reader.CurrentState);
            if (!Take(ref reader, buffer))
            {
                _state = state;
                return position;
            }
        }

        return reader.Position;
    }

    /// <summary>Takes the next token or field or job; false if it is not there as a whole.</summary>
    private bool Take(ref Utf8JsonReader reader, ReadOnlySequence<byte> buffer)
    {
        if (!reader.Read())
            return false;
        switch (_place, reader.TokenType)
        {
            case (Place.Start, JsonTokenType.StartObject):
                _place = Place.Batch;
                return true;
            case (Place.Start, _):
                RefuseShape();
                return true;
            case (Place.Jobs, JsonTokenType.EndArray):
                _place = Place.Batch;
                return true;
            case (Place.Jobs, _):
                return TakeJob(ref reader, buffer);
            case (_, JsonTokenType.EndObject):
                _place = Place.End;
                return true;
            default:
                return TakeField(ref reader, buffer);
        }
    }

    private bool TakeJob(ref Utf8JsonReader reader, ReadOnlySequence<byte> buffer)
    {
        var start = reader.TokenStartIndex;
        if (!reader.TrySkip())
            return false;
        if (reader.BytesConsumed - start > MaxPieceBytes)
        {
            RefuseSize();
            return true;
        }

        var place = new InputPlace(errors, null, $"jobs[{_index++}].");
        using var document = JsonText.Parse(buffer.Slice(start, reader.BytesConsumed - start).ToArray(), place);
        if (document is not null)
            jobs.Read(document.RootElement, place);
        _isStopped = !jobs.WantsMore(errors);
        return true;
    }

    private bool TakeField(ref Utf8JsonReader reader, ReadOnlySequence<byte> buffer)
    {
        var start = reader.TokenStartIndex;
        var name = NameOf(ref reader);
        var isJobs = name == "jobs";
        if (!reader.Read() || (!isJobs && !reader.TrySkip()))
            return false;
        if (!_seen.Add(name))
        {
            Whole.Refuse(name, $"'{name}' stands twice in the batch; give it once.");
            _isStopped = true;
        }
        else if (!isJobs)
            ReadField(buffer.Slice(start, reader.BytesConsumed - start));
        else if (reader.TokenType == JsonTokenType.StartArray)
            (_place, jobs.IsModelOpen, jobs.IsPriorityOpen) = (Place.Jobs, !_seen.Contains("model"), !_seen.Contains("priority"));
        else
            RefuseShape();
        return true;
    }

    /// <summary>The field's name, or as it is written where that is no text; reading it then says so.</summary>
    private static string NameOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);
        }
    }

    /// <summary>Reads a field of the batch itself, given as <c>"name": value</c>.</summary>
    private void ReadField(ReadOnlySequence<byte> field)
    {
        using var document = JsonText.Parse((byte[])[(byte)'{', .. field.ToArray(), (byte)'}'], Whole);
        if (document is null)
            return;
        JsonFields.RefuseOthers(document.RootElement, Whole, "model", "priority", "jobs");
        jobs.Model = JsonFields.Text(document.RootElement, "model", Whole) ?? jobs.Model;
        jobs.Priority = (int?)JsonFields.Whole(document.RootElement, "priority", -10, 10, Whole) ?? jobs.Priority;
    }

    private void RefuseShape()
    {
        Whole.Refuse("jobs", "A batch is an object with an array 'jobs': {\"jobs\": [{\"prompt\": \"…\"}]}.");
        _isStopped = true;
    }

    private void RefuseSize()
    {
        var field = _place == Place.Jobs ? $"jobs[{_index}]" : null;
        errors.Add(null, field, $"{(field is null ? "A field" : $"'{field}'")} has more than {MaxPieceBytes} bytes; a job needs far fewer: upload large pictures with POST /v1/pictures.");
        _isStopped = true;
    }
}
