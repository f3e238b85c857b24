using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Testing;
using RenderFarm.Worker.Rendering;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Worker.Tests.Rendering;

public sealed class RenderingOptionsTests
{
    private static readonly string Shapes = Path.Combine(Repository.Root, "Worker", "Models", "shapes");

    [Fact]
    public void ToCascade_PartsInTheSettings_PlacesThem()
    {
        var options = Bound(("Dtype", "bfloat16"), ("CleanPrompts", "true"), ("Parts:Text:Dtype", "float32"), ("Parts:stage2:Device", "cpu"));

        var cascade = options.ToCascade();

        Assert.Equal(("cpu", ScalarType.BFloat16, true), (cascade.Device.ToString(), cascade.Dtype, cascade.CleanPrompts));
        Assert.Equal(new ComponentPlacement(null, ScalarType.Float32), cascade.TextEncoder);
        Assert.Equal(("stage2", "cpu"), (Assert.Single(cascade.Stages).Key, cascade.Stages["stage2"].Device?.ToString()));
    }

    [Fact]
    public void ToCascade_OneDeviceUnderTwoNames_IsOneDevice()
    {
        var options = new RenderingOptions { Device = "cuda" };
        options.Parts["stage2"] = new PartOptions { Device = "cuda:0" };

        var cascade = options.ToCascade();

        Assert.Equal("cuda:0", cascade.Device.ToString());
        Assert.Equal("cuda:0", cascade.Stages["stage2"].Device?.ToString());
    }

    [Theory]
    [InlineData("Device", "gpu", "Rendering:Device is 'gpu'")]
    [InlineData("Dtype", "float64", "Rendering:Dtype is 'float64'")]
    [InlineData("Parts:text:Dtype", "half", "Rendering:Parts:text:Dtype is 'half'")]
    [InlineData("Parts:stage1:Device", "cuda:x", "Rendering:Parts:stage1:Device is 'cuda:x'")]
    [InlineData("Parts:stage7:Dtype", "float32", "Rendering:Parts:stage7 names a part that the model")]
    [InlineData("Model", "nowhere", "Rendering:Model is 'nowhere'")]
    public void Validate_WhatCannotBe_NamesSettingAndValue(string setting, string value, string expected) =>
        Assert.Contains(expected, Assert.Throws<OptionsValidationException>(() => Bound((setting, value))).Message, StringComparison.Ordinal);

    [Fact]
    public void Validate_GpuThatIsNotThere_IsRefusedAtStart()
    {
        Assert.SkipWhen(cuda.is_available() && cuda.device_count() > 99, "There are a hundred GPUs.");
        Assert.Contains("Rendering:Device is 'cuda:99', but", Assert.Throws<OptionsValidationException>(() => Bound(("Device", "cuda:99"))).Message, StringComparison.Ordinal);
    }

    private static RenderingOptions Bound(params (string Setting, string Value)[] settings)
    {
        var values = settings.Select(setting => KeyValuePair.Create($"Rendering:{setting.Setting}", (string?)setting.Value));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Rendering:Model", Shapes)]).AddInMemoryCollection(values).Build();
        using var provider = new ServiceCollection().AddCascade(configuration).BuildServiceProvider();
        return provider.GetRequiredService<IOptions<RenderingOptions>>().Value;
    }
}
