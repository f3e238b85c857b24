using System.Text;
using RenderFarm.Diffusion.Weights;
using Xunit;

namespace RenderFarm.Diffusion.Tests.Weights;

public sealed class SafetensorsFileHostileTests
{
    /// <summary>A file and a piece of the error it must give.</summary>
    public static TheoryData<string, byte[], string> Hostile => new()
    {
        { "empty", [], "too few" },
        { "shorter than the length", [1, 0, 0], "too few" },
        { "zip pickle", [(byte)'P', (byte)'K', 3, 4, 20, 0, 0, 0, 8, 8], "safetensors.torch.save_file" },
        { "bare pickle", [0x80, 2, (byte)'}', (byte)'q', 0, (byte)'(', (byte)'X', 1, 0, 0], "pickle" },
        { "text", Encoding.UTF8.GetBytes("version https://git-lfs.github.com/spec/v1"), "does not begin" },
        { "header beyond the file", SafetensorsBytes.Of("{}"u8.ToArray(), 0, 900), "claims 900 bytes" },
        { "header of the largest length", SafetensorsBytes.Of("{}"u8.ToArray(), 0, ulong.MaxValue), "more than" },
        { "header over the limit", SafetensorsBytes.Of("{}"u8.ToArray(), 0, 100_000_001), "100000001" },
        { "header of length 0", SafetensorsBytes.Of("{}"u8.ToArray(), 0, 0), "not valid JSON" },
        { "broken JSON", SafetensorsBytes.Of("{\"a\": "), "not valid JSON" },
        { "deep JSON", SafetensorsBytes.Of("{\"a\":" + new string('[', 5000) + new string(']', 5000) + "}"), "not valid JSON" },
        { "bytes that are no UTF-8", SafetensorsBytes.Of([(byte)'{', 0xFF, 0xFE, (byte)'}']), "not valid UTF-8" },
        { "half a surrogate pair", SafetensorsBytes.Of("{\"\\ud800\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}"), "not valid JSON" },
        { "duplicate key", SafetensorsBytes.Of("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}", 2), "not valid JSON" },
        { "duplicate key, escaped", SafetensorsBytes.Of("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"\\u0061\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}", 2), "not valid JSON" },
        { "entry that is no object", SafetensorsBytes.Of("{\"a\":5}"), "'a' is not described by an object" },
        { "metadata that is no object", SafetensorsBytes.Of("{\"__metadata__\":[]}"), "__metadata__ is not an object" },
        { "metadata that is no string", SafetensorsBytes.Of("{\"__metadata__\":{\"x\":1}}"), "'x' is not a string" },
        { "no dtype", SafetensorsBytes.Of("{\"a\":{\"shape\":[1],\"data_offsets\":[0,1]}}", 1), "'a' has dtype 'none'" },
        { "unknown dtype", SafetensorsBytes.Of(Entry("Q4", "[1]", "[0,1]"), 1), "'Q4'" },
        { "no shape", SafetensorsBytes.Of("{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,1]}}", 1), "no list 'shape'" },
        { "a million dimensions", SafetensorsBytes.Of(Entry("U8", $"[{string.Join(',', Enumerable.Repeat("1", 1_000_000))}]", "[0,1]"), 1), "shape of 1000000 numbers" },
        { "negative shape", SafetensorsBytes.Of(Entry("U8", "[-1]", "[0,1]"), 1), "the element -1" },
        { "negative shapes whose product fits", SafetensorsBytes.Of(Entry("U8", "[-1,-1]", "[0,1]"), 1), "the element -1" },
        { "fractional shape", SafetensorsBytes.Of(Entry("U8", "[1.5]", "[0,1]"), 1), "the element 1.5" },
        { "shape as text", SafetensorsBytes.Of(Entry("U8", "[\"1\"]", "[0,1]"), 1), "the element \"1\"" },
        { "shape beyond 63 bits", SafetensorsBytes.Of(Entry("U8", "[18446744073709551615]", "[0,1]"), 1), "18446744073709551615" },
        { "shape that overflows to its bytes", SafetensorsBytes.Of(Entry("F32", "[4611686018427387905]", "[0,4]"), 4), "overflows" },
        { "empty shape that overflows", SafetensorsBytes.Of(Entry("F32", "[0,4611686018427387905,8]", "[0,0]")), "overflows" },
        { "fewer bytes than the shape", SafetensorsBytes.Of(Entry("F32", "[2]", "[0,4]"), 4), "8 bytes, but its data_offsets cover 4" },
        { "end before start", SafetensorsBytes.Of(Entry("U8", "[1]", "[1,0]"), 1), "data_offsets [1, 0]" },
        { "one offset", SafetensorsBytes.Of(Entry("U8", "[1]", "[1]"), 1), "data_offsets [1]" },
        { "range beyond the file", SafetensorsBytes.Of(Entry("F32", "[2]", "[0,8]"), 7), "cut short" },
        { "range beyond any file", SafetensorsBytes.Of(Entry("U8", "[1]", "[9223372036854775806,9223372036854775807]"), 1), "beyond any file" },
        { "overlap", SafetensorsBytes.Of("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[3,7]}}", 7), "'b' begins" },
        { "gap", SafetensorsBytes.Of("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[5,6]}}", 6), "leaves a gap" },
        { "bytes after the last tensor", SafetensorsBytes.Of(Entry("U8", "[1]", "[0,1]"), 9), "tensors end" },
    };

    [Theory, MemberData(nameof(Hostile))]
    public void Open_HostileFile_RefusesNamingFileAndFault(string situation, byte[] bytes, string fault)
    {
        using var folder = new TemporaryFolder();
        var path = folder["x.safetensors"];
        File.WriteAllBytes(path, bytes);

        var error = Assert.Throws<WeightsException>(() => SafetensorsFile.Open(path).Dispose());

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Contains(fault, StringComparison.Ordinal), $"{situation}: {error.Message}");
        // The handle is closed: the file can be opened for itself alone.
        File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None).Dispose();
    }

    [Fact]
    public void Open_EveryCutOfAGoodFile_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = folder["x.safetensors"];
        var good = SafetensorsBytes.Of(Entry("F32", "[2]", "[0,8]"), 8);
        for (var length = 0; length < good.Length; length++)
        {
            File.WriteAllBytes(path, good[..length]);
            Assert.Throws<WeightsException>(() => SafetensorsFile.Open(path).Dispose());
        }
    }

    private static string Entry(string dtype, string shape, string offsets) => $"{{\"a\":{{\"dtype\":\"{dtype}\",\"shape\":{shape},\"data_offsets\":{offsets}}}}}";
}
