using System.Text;
using RenderFarm.Diffusion.Weights;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Weights;

public sealed class SafetensorsWriterTests
{
    [Fact]
    public void Write_SameTensorsInAnyOrder_GivesTheSameAlignedBytes()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var (half, single) = (torch.ones(3, dtype: ScalarType.Float16), torch.arange(6, dtype: ScalarType.Float32).reshape(2, 3));
        var metadata = new Dictionary<string, string> { ["steps"] = "10", ["name"] = "\"ä\"" };

        SafetensorsWriter.Write(folder["1"], new Dictionary<string, Tensor> { ["a.half"] = half, ["b"] = single.t(), ["c"] = single }, metadata);
        SafetensorsWriter.Write(folder["2"], new Dictionary<string, Tensor> { ["c"] = single, ["b"] = single.t().contiguous(), ["a.half"] = half }, metadata.Reverse().ToDictionary());

        Assert.Equal(File.ReadAllBytes(folder["1"]), File.ReadAllBytes(folder["2"]));
        using var file = SafetensorsFile.Open(folder["1"]);
        Assert.Equal(["b", "c", "a.half"], file.Entries.Select(entry => entry.Name));
        Assert.All(file.Entries, entry => Assert.Equal(0, entry.Offset % 2));
        Assert.Equal(0, file.Entries[0].Offset % 8);
        TensorAssert.Equal(single.t(), file.Read("b"));
        Assert.Equal(("pt", "10", "\"ä\""), (file.Metadata["format"], file.Metadata["steps"], file.Metadata["name"]));
    }

    [Fact]
    public void Write_WithDtype_ConvertsFloatingTensorsOnly()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();

        SafetensorsWriter.Write(folder["x"], new Dictionary<string, Tensor> { ["w"] = torch.ones(2), ["ids"] = torch.ones(2, dtype: ScalarType.Int64) }, dtype: ScalarType.BFloat16);

        using var file = SafetensorsFile.Open(folder["x"]);
        Assert.Equal(ScalarType.BFloat16, file.Entry("w").Dtype);
        Assert.Equal(ScalarType.Int64, file.Entry("ids").Dtype);
    }

    [Fact]
    public void Write_ThatFails_KeepsTheOldFileAndNoTemporary()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder["x"], new Dictionary<string, Tensor> { ["w"] = torch.ones(2) });
        var before = File.ReadAllBytes(folder["x"]);
        var gone = torch.empty(4, device: torch.META);

        Assert.ThrowsAny<Exception>(() => SafetensorsWriter.Write(folder["x"], new Dictionary<string, Tensor> { ["a"] = torch.ones(2), ["w"] = gone }));

        Assert.Equal(before, File.ReadAllBytes(folder["x"]));
        Assert.Equal([folder["x"]], Directory.GetFiles(folder.Root));
    }

    [Fact]
    public void Write_ComplexTensor_IsRefusedNamingTheDtype()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();

        var error = Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(folder["x"], new Dictionary<string, Tensor> { ["w"] = torch.ones(2, dtype: ScalarType.ComplexFloat32) }));

        Assert.Contains("ComplexFloat32", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_HeaderStart_IsMetadataAsTransformersExpects()
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder["x"], []);

        Assert.StartsWith("{\"__metadata__\":{\"format\":\"pt\"}}", Encoding.UTF8.GetString(File.ReadAllBytes(folder["x"])[8..]), StringComparison.Ordinal);
    }
}
