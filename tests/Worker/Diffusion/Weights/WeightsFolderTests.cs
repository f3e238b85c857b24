using System.Security.Cryptography;
using System.Text;
using RenderFarm.Diffusion.Weights;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Weights;

public sealed class WeightsFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("model")]
    [InlineData("diffusion_pytorch_model")]
    public void Open_FullAndHalf_TakesThePreferredAndElseTheOther(string stem)
    {
        Write($"{stem}.fp16.safetensors", "w", ScalarType.Float16);
        Assert.Equal(ScalarType.Float16, DtypeOf(preferHalf: false));

        Write($"{stem}.safetensors", "w", ScalarType.Float32);
        Assert.Equal(ScalarType.Float32, DtypeOf(preferHalf: false));
        Assert.Equal(ScalarType.Float16, DtypeOf(preferHalf: true));
    }

    [Theory]
    [InlineData("model.safetensors.index.json", false)]
    [InlineData("diffusion_pytorch_model.safetensors.index.json", false)]
    [InlineData("model.safetensors.index.fp16.json", true)]
    [InlineData("model.fp16.safetensors.index.json", true)]
    public void Open_Index_ReadsEachTensorFromItsFile(string index, bool preferHalf)
    {
        Write("shard-1.safetensors", "a", ScalarType.Float32);
        Write("shard-2.safetensors", "b", ScalarType.Float16);
        WriteIndex(index, ("a", "shard-1.safetensors"), ("b", "shard-2.safetensors"));

        using var weights = WeightsFolder.Open(_folder.Root, preferHalf);

        Assert.Equal(["a", "b"], weights.Names);
        Assert.Equal((ScalarType.Float32, ScalarType.Float16), (weights.Entry("a").Dtype, weights.Entry("b").Dtype));
        Assert.Equal([2], weights.ShapeOf("b"));
        Assert.Equal([_folder["shard-1.safetensors"], _folder["shard-2.safetensors"]], weights.Files);
    }

    [Theory]
    [InlineData("{\"weight_map\":{\"a\":\"../a.safetensors\"}}", "../a.safetensors")]
    [InlineData("{\"weight_map\":{\"a\":\"C:\\\\a.safetensors\"}}", "C:\\a.safetensors")]
    [InlineData("{\"weight_map\":{\"a\":\"a.bin\"}}", "a.bin")]
    [InlineData("{\"weight_map\":{\"a\":7}}", "'a'")]
    [InlineData("{\"weight_map\":[]}", "no object 'weight_map'")]
    [InlineData("{\"weight_map\":{\"a\":\"shard-1.safetensors\",\"a\":\"shard-1.safetensors\"}}", "not valid JSON")]
    [InlineData("{", "not valid JSON")]
    [InlineData("{\"weight_map\":{\"a\":\"shard-9.safetensors\"}}", "shard-9.safetensors' is missing")]
    [InlineData("{\"weight_map\":{\"b\":\"shard-1.safetensors\"}}", "places 'b'")]
    [InlineData("{\"weight_map\":{\"a\":\"shard-1.safetensors\",\"c\":\"shard-2.safetensors\"}}", "places in 'shard-1.safetensors'")]
    [InlineData("{\"weight_map\":{\"a\":\"shard-1.safetensors\",\"d\":\"shard-3.safetensors\"}}", "does not list")]
    public void Open_WrongIndex_IsRefusedNamingTheFault(string index, string fault)
    {
        Write("shard-1.safetensors", "a", ScalarType.Float32);
        SafetensorsWriter.Write(_folder["shard-2.safetensors"], Tensors("a", "c"));
        SafetensorsWriter.Write(_folder["shard-3.safetensors"], Tensors("d", "e"));
        File.WriteAllText(_folder["model.safetensors.index.json"], index);

        var error = Assert.Throws<WeightsException>(() => WeightsFolder.Open(_folder.Root).Dispose());

        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("diffusion_pytorch_model.bin")]
    [InlineData("model.ckpt")]
    [InlineData("weights.PT")]
    public void Open_OnlyPickles_SaysWhyAndTheRemedy(string name)
    {
        File.WriteAllBytes(_folder[name], [1]);

        var error = Assert.Throws<WeightsException>(() => WeightsFolder.Open(_folder.Root).Dispose());

        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains("run any code", error.Message, StringComparison.Ordinal);
        Assert.Contains("Convert it to safetensors", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_EmptyOrMissingFolder_NamesWhatItLookedFor()
    {
        Assert.Contains("diffusion_pytorch_model.safetensors", Assert.Throws<WeightsException>(() => WeightsFolder.Open(_folder.Root)).Message, StringComparison.Ordinal);
        Assert.Contains("does not exist", Assert.Throws<WeightsException>(() => WeightsFolder.Open(_folder["nowhere"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sha256_OfOneFile_IsTheFilesOwn()
    {
        Write("model.safetensors", "a", ScalarType.Float32);

        using var weights = WeightsFolder.Open(_folder.Root);

        Assert.Equal(HashOf("model.safetensors"), weights.Sha256());
    }

    [Fact]
    public void Sha256_OfShards_IsThatOfTheirListing()
    {
        Write("s1.safetensors", "a", ScalarType.Float32);
        Write("s2.safetensors", "b", ScalarType.Float32);
        WriteIndex("model.safetensors.index.json", ("b", "s2.safetensors"), ("a", "s1.safetensors"));

        using var weights = WeightsFolder.Open(_folder.Root);

        var listing = $"{HashOf("s1.safetensors")}  s1.safetensors\n{HashOf("s2.safetensors")}  s2.safetensors\n";
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(listing))), weights.Sha256());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sha256_AfterReadingInAnyOrder_IsTheFilesOwnAsItWasRead(bool backwards)
    {
        SafetensorsWriter.Write(_folder["model.safetensors"], Tensors("a", "b", "c"));
        var expected = HashOf("model.safetensors");
        using var weights = WeightsFolder.Open(_folder.Root);
        foreach (var name in backwards ? weights.Names.Reverse() : weights.Names) weights.Read(name).Dispose();
        if (!backwards) OverwriteLastByte("model.safetensors");

        Assert.Equal(expected, weights.Sha256());
        Assert.Equal(expected, weights.Sha256());
    }

    private void OverwriteLastByte(string name)
    {
        // The file is open for reading; on systems that lock it, there is nothing to overwrite.
        if (OperatingSystem.IsWindows()) return;
        File.Move(_folder[name], _folder["moved"]);
        using var file = new FileStream(_folder["moved"], FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.Seek(-1, SeekOrigin.End);
        file.WriteByte(0xFF);
    }

    private string HashOf(string name) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_folder[name])));

    private ScalarType DtypeOf(bool preferHalf)
    {
        using var weights = WeightsFolder.Open(_folder.Root, preferHalf);
        return weights.Entry("w").Dtype;
    }

    private void Write(string file, string key, ScalarType dtype)
    {
        using var tensor = torch.ones(2, dtype: dtype);
        SafetensorsWriter.Write(_folder[file], new Dictionary<string, Tensor> { [key] = tensor });
    }

    private static Dictionary<string, Tensor> Tensors(params string[] keys) => keys.ToDictionary(key => key, _ => torch.ones(2));

    private void WriteIndex(string name, params (string Key, string File)[] places) =>
        File.WriteAllText(_folder[name], $"{{\"metadata\":{{\"total_size\":16}},\"weight_map\":{{{string.Join(",", places.Select(place => $"\"{place.Key}\":\"{place.File}\""))}}}}}");
}
