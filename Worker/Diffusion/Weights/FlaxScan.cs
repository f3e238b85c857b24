using System.Globalization;
using MessagePack;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Weights;

/// <summary>
/// Finds the arrays of a flax checkpoint (flax/serialization.py): a map of maps whose leaves are extensions of type 1 with the payload [shape, dtype's
/// name, bytes]. An array of more than 2^30 bytes is a map of the marker, its shape and its chunks instead. Nothing in it is code. Every name, shape
/// and length is checked before anything is used.
/// </summary>
internal sealed class FlaxScan
{
    private const sbyte ArrayType = 1;

    private const string ChunkedMarker = "__msgpack_chunked_array__";

    /// <summary>More has no published checkpoint, by far.</summary>
    private const int Deepest = 32, MostLeaves = 1 << 17, MostDimensions = 16, LongestName = 1024;

    private static readonly (string Name, ScalarType Dtype)[] Known =
        [("float32", ScalarType.Float32), ("float16", ScalarType.Float16), ("bfloat16", ScalarType.BFloat16)];

    private readonly MessagePackCursor _cursor;
    private readonly Dictionary<string, FlaxLeaf> _leaves = new(StringComparer.Ordinal);

    private FlaxScan(MessagePackCursor cursor) => _cursor = cursor;

    /// <summary>All arrays, by name.</summary>
    /// <exception cref="WeightsException">Anything in the file is not as the format demands.</exception>
    public static IReadOnlyDictionary<string, FlaxLeaf> Leaves(MessagePackCursor cursor)
    {
        var scan = new FlaxScan(cursor);
        if (cursor.Next != MessagePackType.Map) throw cursor.Bad("it does not begin as a flax checkpoint does (with a MessagePack map)");
        scan.Map("", 1);
        if (cursor.Remaining > 0) throw cursor.Bad($"its map ends at byte {cursor.Position}, but {cursor.Remaining} bytes follow");
        return scan._leaves;
    }

    private void Map(string name, int depth)
    {
        if (depth > Deepest) throw _cursor.Bad($"'{name}' lies {depth} maps deep; expected are at most {Deepest}");
        var count = _cursor.MapHeader();
        for (var entry = 0; entry < count; entry++)
        {
            var key = _cursor.Text();
            if (entry == 0 && key == ChunkedMarker)
            {
                Add(Chunked(name, count));
                return;
            }
            var inner = name.Length == 0 ? key : $"{name}/{key}";
            if (inner.Length > LongestName) throw _cursor.Bad($"a name has {inner.Length} characters ('{inner[..40]}…'); expected are at most {LongestName}");
            if (_cursor.Next == MessagePackType.Map) Map(inner, depth + 1);
            else Add(Array(inner));
        }
    }

    private void Add(FlaxLeaf leaf)
    {
        if (!_leaves.TryAdd(leaf.Name, leaf)) throw _cursor.Bad($"it holds '{leaf.Name}' twice");
        if (_leaves.Count > MostLeaves) throw _cursor.Bad($"it holds more than {MostLeaves} arrays");
    }

    private FlaxLeaf Array(string name)
    {
        if (_cursor.Next != MessagePackType.Extension) throw _cursor.Bad($"'{name}' is a {_cursor.Next}; expected is a map or an array (extension {ArrayType})");
        var (type, length) = _cursor.ExtensionHeader();
        if (type != ArrayType) throw _cursor.Bad($"'{name}' is an extension of type {type}; expected is an array (type {ArrayType})");
        var end = _cursor.Position + length;
        if (_cursor.ArrayHeader() != 3) throw _cursor.Bad($"'{name}' is not made of shape, dtype and bytes");
        var shape = new long[Dimensions(name, _cursor.ArrayHeader())];
        for (var i = 0; i < shape.Length; i++) shape[i] = Dimension(name);
        var dtype = Dtype(name, _cursor.Text());
        var bytes = _cursor.BinaryHeader();
        if (_cursor.Position + bytes != end)
            throw _cursor.Bad($"'{name}' has {bytes} bytes of numbers from byte {_cursor.Position} on, but its extension ends at byte {end}");
        CheckSize(name, dtype, shape, bytes);
        var piece = new FlaxPiece(_cursor.Position, bytes);
        _cursor.Skip(bytes);
        return new FlaxLeaf(name, dtype, shape, [piece]);
    }

    /// <summary>The rest of a chunked array's map, behind its first key.</summary>
    private FlaxLeaf Chunked(string name, int entries)
    {
        if (entries != 3 || !_cursor.Truth()) throw _cursor.Bad($"'{name}' is marked as an array in chunks, but is not made of marker, shape and chunks");
        Key(name, "shape");
        var shape = new long[Dimensions(name, _cursor.MapHeader())];
        for (var i = 0; i < shape.Length; i++)
        {
            Key(name, i.ToString(CultureInfo.InvariantCulture));
            shape[i] = Dimension(name);
        }
        Key(name, "chunks");
        var chunks = new List<FlaxLeaf>();
        var count = _cursor.MapHeader();
        if (count is 0 or > MostLeaves) throw _cursor.Bad($"'{name}' has {count} chunks; expected are 1 to {MostLeaves}");
        for (var i = 0; i < count; i++)
        {
            Key(name, i.ToString(CultureInfo.InvariantCulture));
            chunks.Add(Array($"{name}/{i}"));
            if (chunks[i].Dtype != chunks[0].Dtype) throw _cursor.Bad($"'{name}' has chunks of {chunks[0].Dtype} and of {chunks[i].Dtype}");
        }
        CheckSize(name, chunks[0].Dtype, shape, chunks.Sum(chunk => chunk.Pieces[0].Length));
        return new FlaxLeaf(name, chunks[0].Dtype, shape, [.. chunks.SelectMany(chunk => chunk.Pieces)]);
    }

    private void Key(string name, string expected)
    {
        if (_cursor.Text() is var key && key != expected) throw _cursor.Bad($"'{name}' has the key '{key}' where '{expected}' is expected");
    }

    private int Dimensions(string name, int count) =>
        count <= MostDimensions ? count : throw _cursor.Bad($"'{name}' has {count} dimensions; expected are at most {MostDimensions}");

    private long Dimension(string name) =>
        _cursor.Whole() is >= 0 and var size ? size : throw _cursor.Bad($"'{name}' has a negative dimension");

    private ScalarType Dtype(string name, string written)
    {
        foreach (var known in Known)
        {
            if (known.Name == written) return known.Dtype;
        }
        throw _cursor.Bad($"'{name}' has dtype '{written}'; known are {string.Join(", ", Known.Select(known => known.Name))}");
    }

    private void CheckSize(string name, ScalarType dtype, long[] shape, long bytes)
    {
        var promised = TensorSize.Bytes(shape, SafetensorsDtype.SizeOf(dtype));
        if (promised == bytes) return;
        throw _cursor.Bad($"'{name}' has shape [{string.Join(", ", shape)}] of {dtype}, {(promised is null ? "whose size overflows" : $"which is {promised} bytes")}, but holds {bytes}");
    }
}
