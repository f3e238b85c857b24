using System.Text;
using MessagePack;
using RenderFarm.Diffusion.Weights;
using Xunit;

namespace RenderFarm.Diffusion.Tests.Weights;

public sealed class FlaxFileHostileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>A file and a piece of the error it must give.</summary>
    public static TheoryData<string, byte[], string> Hostile => new()
    {
        { "empty", [], "cut short" },
        { "zip pickle", [(byte)'P', (byte)'K', 3, 4, 20, 0, 0, 0], "pickle" },
        { "bare pickle", [0x80, 2, (byte)'}', (byte)'q'], "pickle" },
        { "text", Encoding.UTF8.GetBytes("version https://git-lfs.github.com/spec/v1"), "does not begin as a flax checkpoint" },
        { "array at the top", FlaxBytes.Array("float32", [1], FlaxBytes.Floats(1)), "does not begin as a flax checkpoint" },
        { "map of four thousand million entries", [0xDF, 0xEE, 0xEE, 0xEE, 0xEE], "claims 4008636142 entries" },
        { "map of more entries than bytes", [0xDF, 0x00, 0xFF, 0xFF, 0xFF, 0xA1], "claims 16777215 entries" },
        { "key of four thousand million bytes", [0x81, 0xDB, 0xFF, 0xFF, 0xFF, 0xFF], "a short text is expected" },
        { "key beyond the file", [0x81, 0xD9, 200, 0x41, 0x41], "within a short text" },
        { "key that is a number", [0x81, 0x05, 0x80], "a short text is expected" },
        { "key that is nil", [0x81, 0xC0, 0x80], "nil" },
        { "long key", FlaxBytes.Entry(new string('k', 2000), [0x80]), "2000 characters" },
        { "value that is a number", FlaxBytes.Entry("a", [7]), "'a' is a Integer" },
        { "value that is a text", FlaxBytes.Entry("a", [0xA1, (byte)'x']), "'a' is a String" },
        { "unknown extension", FlaxBytes.Entry("a", FlaxBytes.Array("float32", [1], FlaxBytes.Floats(1), type: 3)), "extension of type 3" },
        { "unknown dtype", FlaxBytes.Entry("a", FlaxBytes.Array("int4", [1], [1])), "'a' has dtype 'int4'; known are float32, float16, bfloat16" },
        { "fewer bytes than the shape", FlaxBytes.Entry("a", FlaxBytes.Array("float32", [2], FlaxBytes.Floats(1))), "which is 8 bytes, but holds 4" },
        { "more bytes than the shape", FlaxBytes.Entry("a", FlaxBytes.Array("float16", [1], [1, 2, 3, 4])), "which is 2 bytes, but holds 4" },
        { "negative shape", FlaxBytes.Entry("a", FlaxBytes.Array("float32", [-1], FlaxBytes.Floats(1))), "negative dimension" },
        { "shape that overflows to its bytes", FlaxBytes.Entry("a", FlaxBytes.Array("float32", [4611686018427387905], FlaxBytes.Floats(1))), "overflows" },
        { "empty shape that overflows", FlaxBytes.Entry("a", FlaxBytes.Array("float32", [0, 4611686018427387905, 8], [])), "overflows" },
        { "shape beyond 63 bits", FlaxBytes.Entry("a", FlaxBytes.Extension([0x93, 0x91, 0xCF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xA1, (byte)'x', 0xC4, 0])), "a whole number is expected" },
        { "a hundred dimensions", FlaxBytes.Entry("a", FlaxBytes.Array("float32", [.. Enumerable.Repeat(1L, 100)], FlaxBytes.Floats(1))), "100 dimensions" },
        { "shape of more numbers than bytes", FlaxBytes.Entry("a", FlaxBytes.Extension([0x93, 0xDD, 0x7F, 0xFF, 0xFF, 0xFF])), "claims 2147483647 elements" },
        { "payload of two parts", FlaxBytes.Entry("a", FlaxBytes.Extension([0x92, 0x90, 0xA1, (byte)'x'])), "shape, dtype and bytes" },
        { "payload without bytes", FlaxBytes.Entry("a", FlaxBytes.Extension([0x93, 0x90, 0xA7, .. "float32"u8, 0x05])), "bytes are expected" },
        { "extension longer than the file", FlaxBytes.Entry("a", [0xC9, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0x93]), "claims 4294967295 bytes" },
        { "bytes longer than the file", FlaxBytes.Entry("a", [0xC7, 17, 1, 0x93, 0x91, 1, 0xA7, .. "float32"u8, 0xC6, 0xFF, 0xFF, 0xFF, 0xFF]), "claims" },
        { "extension beyond its array", FlaxBytes.Entry("a", [.. FlaxBytes.Extension([0x93, 0x91, 1, 0xA7, .. "float32"u8, 0xC4, 4, 1, 2, 3, 4, 5])]), "but its extension ends" },
        { "depth bomb", [.. Enumerable.Repeat<byte[]>([0x81, 0xA1, (byte)'a'], 5000).SelectMany(level => level), 0x80], "33 maps deep" },
        { "bytes after the map", [.. FlaxBytes.Entry("a", FlaxBytes.Array("float32", [1], FlaxBytes.Floats(1))), 0], "1 bytes follow" },
        { "the same name twice", FlaxBytes.Of((ref MessagePackWriter writer) => { writer.WriteMapHeader(2); for (var i = 0; i < 2; i++) { writer.Write("a"); writer.WriteRaw(FlaxBytes.Array("float32", [1], FlaxBytes.Floats(1))); } }), "'a' twice" },
        { "chunks of another size", FlaxBytes.Entry("a", Chunked([3], FlaxBytes.Array("float32", [1], FlaxBytes.Floats(1)))), "which is 12 bytes, but holds 4" },
        { "chunks of two kinds", FlaxBytes.Entry("a", Chunked([4], FlaxBytes.Array("float32", [1], FlaxBytes.Floats(1)), FlaxBytes.Array("float16", [2], [1, 2, 3, 4]))), "chunks of Float32 and of Float16" },
        { "no chunks", FlaxBytes.Entry("a", Chunked([0])), "has 0 chunks" },
    };

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(Hostile))]
    public void Open_HostileFile_RefusesNamingFileAndFault(string situation, byte[] bytes, string fault)
    {
        var path = _folder["flax_model.msgpack"];
        File.WriteAllBytes(path, bytes);

        var error = Assert.Throws<WeightsException>(() => FlaxFile.Open(path).Dispose());

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Contains(fault, StringComparison.Ordinal), $"{situation}: {error.Message}");
        // The handle is closed: the file can be opened for itself alone.
        File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
    }

    [Fact]
    public void Open_EveryCutOfAGoodFile_IsRefused()
    {
        var path = _folder["flax_model.msgpack"];
        var good = FlaxBytes.Of(("a/b", [2], [1, 2]), ("a/c", [1], [3]));
        for (var length = 0; length < good.Length; length++)
        {
            File.WriteAllBytes(path, good[..length]);
            Assert.Throws<WeightsException>(() => FlaxFile.Open(path).Dispose());
        }
    }

    [Fact]
    public void Open_EveryByteOfAGoodFileChanged_IsReadOrRefused()
    {
        var path = _folder["flax_model.msgpack"];
        var good = FlaxBytes.Of(("a/kernel", [2, 1], [1, 2]));
        foreach (var value in new byte[] { 0, 0x7F, 0x80, 0xC1, 0xDF, 0xFF })
        {
            for (var at = 0; at < good.Length; at++)
            {
                byte[] bytes = [.. good];
                bytes[at] = value;
                File.WriteAllBytes(path, bytes);
                var error = Record.Exception(() => FlaxWeights.Open(path).Dispose());
                Assert.True(error is null or WeightsException, $"byte {at} as {value}: {error}");
            }
        }
    }

    [Fact]
    public void Open_NoFile_SaysWhatIsExpected() =>
        Assert.Contains("is missing", Assert.Throws<WeightsException>(() => FlaxFile.Open(_folder["none.msgpack"])).Message, StringComparison.Ordinal);

    internal static byte[] Chunked(long[] shape, params byte[][] chunks) => FlaxBytes.Of((ref MessagePackWriter writer) =>
    {
        writer.WriteMapHeader(3);
        writer.Write("__msgpack_chunked_array__");
        writer.Write(true);
        writer.Write("shape");
        writer.WriteMapHeader(shape.Length);
        for (var i = 0; i < shape.Length; i++)
        {
            writer.Write($"{i}");
            writer.Write(shape[i]);
        }
        writer.Write("chunks");
        writer.WriteMapHeader(chunks.Length);
        for (var i = 0; i < chunks.Length; i++)
        {
            writer.Write($"{i}");
            writer.WriteRaw(chunks[i]);
        }
    });
}
