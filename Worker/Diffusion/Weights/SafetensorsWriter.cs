using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using RenderFarm.Diffusion.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Weights;

/// <summary>
/// Writes safetensors files that transformers and diffusers load. The same tensors give the same bytes; the file appears under its name
/// only when it is complete.
/// </summary>
internal static class SafetensorsWriter
{
    private const long ChunkBytes = 256L << 20;

    /// <summary>The format asks for data that begins at a multiple of this.</summary>
    private const int Alignment = 8;

    private static readonly JsonWriterOptions HeaderOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="path">The file; replaced if it exists. Its folder must exist.</param>
    /// <param name="tensors">By key; on any device, of any layout. They stay the caller's.</param>
    /// <param name="metadata">Further strings for <c>__metadata__</c>, which always says format "pt" as transformers demands.</param>
    /// <param name="dtype">What floating-point tensors are converted to; by default each keeps its own.</param>
    public static void Write(
        string path,
        IEnumerable<KeyValuePair<string, Tensor>> tensors,
        IReadOnlyDictionary<string, string>? metadata = null,
        ScalarType? dtype = null)
    {
        // Widest elements first, then by name, as the format's own library orders them, so that every tensor is aligned.
        var ordered = tensors
            .Select(pair => (Name: pair.Key, Tensor: pair.Value, Dtype: dtype is { } wanted && SafetensorsDtype.IsFloating(pair.Value.dtype) ? wanted : pair.Value.dtype))
            .OrderByDescending(item => SafetensorsDtype.SizeOf(item.Dtype)).ThenBy(item => item.Name, StringComparer.Ordinal).ToList();
        var header = Header(ordered, metadata ?? new Dictionary<string, string>());
        AtomicFile.Write(path, file =>
        {
            file.Write(header);
            foreach (var item in ordered) WriteTensor(file, item.Tensor, item.Dtype);
        });
    }

    private static byte[] Header(List<(string Name, Tensor Tensor, ScalarType Dtype)> ordered, IReadOnlyDictionary<string, string> metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, HeaderOptions))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString("format", "pt");
            foreach (var (key, value) in metadata.Where(pair => pair.Key != "format").OrderBy(pair => pair.Key, StringComparer.Ordinal)) json.WriteString(key, value);
            json.WriteEndObject();
            long offset = 0;
            foreach (var (name, tensor, dtype) in ordered)
            {
                var end = offset + tensor.numel() * SafetensorsDtype.SizeOf(dtype);
                json.WriteStartObject(name);
                json.WriteString("dtype", SafetensorsDtype.NameOf(dtype));
                WriteNumbers(json, "shape", tensor.shape);
                WriteNumbers(json, "data_offsets", [offset, end]);
                json.WriteEndObject();
                offset = end;
            }
            json.WriteEndObject();
        }
        var padded = (buffer.WrittenCount + Alignment - 1) / Alignment * Alignment;
        var header = new byte[SafetensorsHeader.LengthBytes + padded];
        BinaryPrimitives.WriteInt64LittleEndian(header, padded);
        buffer.WrittenSpan.CopyTo(header.AsSpan(SafetensorsHeader.LengthBytes));
        header.AsSpan(SafetensorsHeader.LengthBytes + buffer.WrittenCount).Fill((byte)' ');
        return header;
    }

    private static void WriteNumbers(Utf8JsonWriter json, string key, long[] numbers)
    {
        json.WriteStartArray(key);
        foreach (var number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    private static void WriteTensor(Stream file, Tensor tensor, ScalarType dtype)
    {
        using var gradients = torch.no_grad();
        using var scope = NewDisposeScope();
        var flat = tensor.to(dtype).cpu().contiguous().view(-1);
        var elementSize = SafetensorsDtype.SizeOf(dtype);
        var (count, perChunk) = (flat.numel(), ChunkBytes / elementSize);
        for (long at = 0; at < count; at += perChunk)
        {
            using var part = flat.narrow(0, at, Math.Min(perChunk, count - at));
            file.Write(part.bytes);
        }
    }
}
