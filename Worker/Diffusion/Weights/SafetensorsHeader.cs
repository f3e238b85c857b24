using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;

namespace RenderFarm.Diffusion.Weights;

/// <summary>
/// The head of a safetensors file: eight bytes of length (little endian), then JSON that names each tensor's dtype, shape and byte range.
/// Everything in it is checked before anything is used, as strictly as the format's own library does: the ranges must cover the rest of
/// the file without gap or overlap. Format: github.com/huggingface/safetensors.
/// </summary>
internal sealed record SafetensorsHeader(IReadOnlyList<SafetensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>The longest header that is read, in bytes; the format's own limit.</summary>
    public const long LongestHeader = 100_000_000;

    /// <summary>Bytes before the JSON.</summary>
    public const int LengthBytes = sizeof(ulong);

    /// <summary>More no tensor of libtorch has.</summary>
    private const int MostDimensions = 64;

    private const string MetadataKey = "__metadata__";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <summary>The JSON's length, from a file's first bytes.</summary>
    /// <param name="start">The first ten bytes of the file, or all of a shorter one.</param>
    /// <param name="fileLength">Bytes in the whole file.</param>
    /// <param name="path">For messages.</param>
    /// <exception cref="WeightsException">The file is no safetensors file.</exception>
    public static int LengthOf(ReadOnlySpan<byte> start, long fileLength, string path)
    {
        if (start.Length >= LengthBytes + 2 && start[LengthBytes] == (byte)'{')
        {
            var length = BinaryPrimitives.ReadUInt64LittleEndian(start);
            if (length > LongestHeader) throw Bad(path, $"its header claims {length} bytes, more than the {LongestHeader} allowed");
            if (length > (ulong)(fileLength - LengthBytes))
                throw Bad(path, $"its header claims {length} bytes, but the file has only {fileLength}: it is cut short or damaged; fetch it again");
            return (int)length;
        }
        if (PickleRefusal.LooksLikePickle(start)) throw PickleRefusal.ForFile(path);
        if (fileLength < LengthBytes + 2)
            throw Bad(path, $"it has {fileLength} bytes, too few for a header: it is cut short; fetch it again");
        throw Bad(path, "it does not begin as a safetensors file does (eight bytes of length, then '{')");
    }

    /// <param name="json">The header's JSON, in UTF-8.</param>
    /// <param name="fileLength">Bytes in the whole file.</param>
    /// <param name="path">For messages.</param>
    /// <exception cref="WeightsException">Anything in it is not as the format demands.</exception>
    public static SafetensorsHeader Parse(ReadOnlyMemory<byte> json, long fileLength, string path)
    {
        if (!Utf8.IsValid(json.Span)) throw Bad(path, "its header is not valid UTF-8");
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            var entries = new List<SafetensorsEntry>();
            IReadOnlyDictionary<string, string> metadata = new Dictionary<string, string>();
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.Name == MetadataKey) metadata = ParseMetadata(property.Value, path);
                else entries.Add(ParseEntry(property.Name, property.Value, LengthBytes + json.Length, path));
            }
            entries.Sort((left, right) => left.Offset != right.Offset ? left.Offset.CompareTo(right.Offset) : left.Length.CompareTo(right.Length));
            CheckCoverage(entries, LengthBytes + json.Length, fileLength, path);
            return new SafetensorsHeader(entries, metadata);
        }
        // Bad escapes (half of a surrogate pair) surface as InvalidOperationException when a string is taken out.
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new WeightsException($"'{path}' cannot be read: its header is not valid JSON ({error.Message}).", error);
        }
    }

    private static Dictionary<string, string> ParseMetadata(JsonElement value, string path)
    {
        var metadata = new Dictionary<string, string>();
        if (value.ValueKind != JsonValueKind.Object) throw Bad(path, $"its {MetadataKey} is not an object");
        foreach (var property in value.EnumerateObject())
        {
            if (property.Value.ValueKind != JsonValueKind.String) throw Bad(path, $"its {MetadataKey} '{property.Name}' is not a string");
            metadata.Add(property.Name, property.Value.GetString()!);
        }
        return metadata;
    }

    private static SafetensorsEntry ParseEntry(string name, JsonElement value, long dataStart, string path)
    {
        if (value.ValueKind != JsonValueKind.Object) throw Bad(path, $"'{name}' is not described by an object");
        var dtypeName = value.TryGetProperty("dtype", out var dtypeValue) && dtypeValue.ValueKind == JsonValueKind.String ? dtypeValue.GetString() : null;
        if (!SafetensorsDtype.TryParse(dtypeName, out var dtype))
            throw Bad(path, $"'{name}' has dtype '{dtypeName ?? "none"}'; known are {SafetensorsDtype.Names}");
        var shape = ParseNumbers(value, "shape", name, path);
        var range = ParseNumbers(value, "data_offsets", name, path);
        if (range.Length != 2 || range[1] < range[0])
            throw Bad(path, $"'{name}' has data_offsets [{string.Join(", ", range)}]; expected are a start and an end not before it");
        if (range[1] > long.MaxValue - dataStart) throw Bad(path, $"'{name}' ends at byte {range[1]} of the data, beyond any file");
        var bytes = TensorSize.Bytes(shape, SafetensorsDtype.SizeOf(dtype));
        if (bytes is null) throw Bad(path, $"'{name}' has shape [{string.Join(", ", shape)}], whose size overflows");
        if (bytes != range[1] - range[0])
            throw Bad(path, $"'{name}' has shape [{string.Join(", ", shape)}] of {dtypeName}, which is {bytes} bytes, but its data_offsets cover {range[1] - range[0]}");
        return new SafetensorsEntry(name, dtype, shape, dataStart + range[0], range[1] - range[0]);
    }

    private static long[] ParseNumbers(JsonElement value, string key, string name, string path)
    {
        if (!value.TryGetProperty(key, out var list) || list.ValueKind != JsonValueKind.Array)
            throw Bad(path, $"'{name}' has no list '{key}'");
        if (list.GetArrayLength() > MostDimensions)
            throw Bad(path, $"'{name}' has {key} of {list.GetArrayLength()} numbers; expected are at most {MostDimensions}");
        var numbers = new long[list.GetArrayLength()];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (list[i].ValueKind != JsonValueKind.Number || !list[i].TryGetInt64(out numbers[i]) || numbers[i] < 0)
                throw Bad(path, $"'{name}' has {key} with the element {list[i].GetRawText()}; expected are whole numbers from 0 to {long.MaxValue}");
        }
        return numbers;
    }

    private static void CheckCoverage(List<SafetensorsEntry> entries, long dataStart, long fileLength, string path)
    {
        var expected = dataStart;
        foreach (var entry in entries)
        {
            if (entry.Offset < expected)
                throw Bad(path, $"'{entry.Name}' begins at byte {entry.Offset} and overlaps the tensor before it, which ends at {expected}");
            if (entry.Offset > expected)
                throw Bad(path, $"'{entry.Name}' begins at byte {entry.Offset} and leaves a gap after byte {expected}");
            expected = entry.Offset + entry.Length;
            if (expected > fileLength)
                throw Bad(path, $"'{entry.Name}' ends at byte {expected}, but the file has only {fileLength}: it is cut short; fetch it again");
        }
        if (expected != fileLength) throw Bad(path, $"its tensors end at byte {expected}, but the file has {fileLength}");
    }

    private static WeightsException Bad(string path, string what) => new($"'{path}' cannot be read: {what}.");
}
