using RenderFarm.Diffusion.Weights;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Weights;

public sealed class SafetensorsFileTests
{
    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Int32)]
    [InlineData(ScalarType.Byte)]
    [InlineData(ScalarType.Bool)]
    public void Read_WrittenTensor_IsTheSame(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var path = folder["x.safetensors"];
        var written = torch.tensor(new float[] { 0, 1, 2, 3, 0, 65 }).reshape(2, 3).to(dtype);
        SafetensorsWriter.Write(path, new Dictionary<string, Tensor> { ["a"] = written, ["scalar"] = written[1, 2], ["empty"] = torch.empty(0, 4, dtype: dtype) });

        using var file = SafetensorsFile.Open(path);

        var read = file.Read("a");
        Assert.Equal(dtype, read.dtype);
        TensorAssert.Equal(written, read);
        Assert.Equal([], file.Read("scalar").shape);
        TensorAssert.Equal(written[1, 2], file.Read("scalar"));
        Assert.Equal([0, 4], file.Read("empty").shape);
    }

    [Fact]
    public void Read_HeaderLengthThatLooksLikeAPickle_IsRead()
    {
        using var folder = new TemporaryFolder();
        var path = folder["x.safetensors"];
        var header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}".PadRight(0x0280);
        File.WriteAllBytes(path, SafetensorsBytes.Of(header, 1));

        using var file = SafetensorsFile.Open(path);

        Assert.Equal("a", Assert.Single(file.Entries).Name);
    }

    [Theory]
    [InlineData(ScalarType.Float32, ScalarType.Float32)]
    [InlineData(ScalarType.Float16, ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16, ScalarType.Float32)]
    [InlineData(ScalarType.Float32, ScalarType.BFloat16)]
    public void ReadInto_ParametersOfAnyLayout_GetTheValuesAndKeepLayout(ScalarType stored, ScalarType wanted)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var path = folder["x.safetensors"];
        var written = torch.arange(2 * 3 * 4 * 5, dtype: ScalarType.Float32).reshape(2, 3, 4, 5).to(stored);
        SafetensorsWriter.Write(path, new Dictionary<string, Tensor> { ["a"] = written });
        var plain = nn.Parameter(torch.empty([2, 3, 4, 5], wanted));
        var channelsLast = nn.Parameter(torch.empty([2, 4, 5, 3], wanted).permute(0, 3, 1, 2));

        using var file = SafetensorsFile.Open(path);
        file.ReadInto("a", plain);
        file.ReadInto("a", channelsLast);

        TensorAssert.Equal(written.to(wanted), plain);
        TensorAssert.Equal(written.to(wanted), channelsLast);
        Assert.Equal([60, 1, 15, 3], channelsLast.stride());
        Assert.True(plain.requires_grad && plain.is_leaf);
    }

    [Fact]
    public void ReadInto_OtherShapeOfSameSize_IsRefusedAndNothingWritten()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var path = folder["x.safetensors"];
        SafetensorsWriter.Write(path, new Dictionary<string, Tensor> { ["a"] = torch.ones(2, 3) });
        var destination = torch.zeros(3, 2);

        using var file = SafetensorsFile.Open(path);
        var error = Assert.Throws<WeightsException>(() => file.ReadInto("a", destination));

        Assert.Contains("[2, 3]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[3, 2]", error.Message, StringComparison.Ordinal);
        TensorAssert.Equal(torch.zeros(3, 2), destination);
    }

    [Fact]
    public void Read_UnknownName_IsRefusedNamingIt()
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder["x.safetensors"], []);
        using var file = SafetensorsFile.Open(folder["x.safetensors"]);

        Assert.Contains("'b'", Assert.Throws<WeightsException>(() => file.Read("b")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadInto_AnyLayout_LeavesNoTensorBehind()
    {
        using var folder = new TemporaryFolder();
        var path = folder["x.safetensors"];
        using var written = torch.ones(2, 3, 4, 5);
        using var direct = torch.empty(2, 3, 4, 5);
        using var converted = torch.empty(2, 3, 4, 5, dtype: ScalarType.BFloat16);

        var leaked = Leaks.Of(() =>
        {
            SafetensorsWriter.Write(path, new Dictionary<string, Tensor> { ["a"] = written }, dtype: ScalarType.Float16);
            using var file = SafetensorsFile.Open(path);
            file.ReadInto("a", direct);
            file.ReadInto("a", converted);
            file.Read("a").Dispose();
        });

        Assert.Equal(0, leaked);
    }
}
