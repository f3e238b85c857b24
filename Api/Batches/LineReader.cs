using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace RenderFarm.Api.Batches;

/// <summary>Splits a stream into lines as it arrives.</summary>
internal static class LineReader
{
    public const int MaxLineBytes = 256 << 10;
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    /// <summary>Lines with their number from 1, without their ends and without a byte order mark; a line too long comes as null.</summary>
    public static async IAsyncEnumerable<(int Number, byte[]? Line)> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 64 << 10, leaveOpen: true));
        var number = 0;
        while (true)
        {
            var read = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = read.Buffer;
            while (TakeLine(ref buffer, read.IsCompleted) is { } line)
                yield return (++number, line.Length > MaxLineBytes ? null : Trim(line.ToArray(), number));
            if (buffer.Length > MaxLineBytes)
            {
                yield return (++number, null);
                break;
            }

            pipe.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
                break;
        }

        await pipe.CompleteAsync().ConfigureAwait(false);
    }

    private static ReadOnlySequence<byte>? TakeLine(ref ReadOnlySequence<byte> buffer, bool isLast)
    {
        ReadOnlySequence<byte> line;
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return line;
        }

        if (!isLast || buffer.IsEmpty)
            return null;
        line = buffer;
        buffer = buffer.Slice(buffer.End);
        return line;
    }

    private static byte[] Trim(byte[] line, int number)
    {
        var span = line.AsSpan();
        if (number == 1 && span.StartsWith(ByteOrderMark))
            span = span[ByteOrderMark.Length..];
        return span.TrimEnd((byte)'\r').ToArray();
    }
}
