using System.Text.Json;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks;
using RenderFarm.Diffusion.Networks.Configuration;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.UnClip;
using RenderFarm.Diffusion.Vision;
using RenderFarm.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.UnClip;

/// <summary>The networks of Karlo's sizes; Goldens/full-size.md says where these are from.</summary>
public sealed class FullSizeTests : IDisposable
{
    private static readonly Dictionary<string, Func<string, nn.Module>> Networks = new()
    {
        ["text_encoder"] = path => new ClipTextWithProjection(ClipTextConfig.Load(path), Placement.Meta),
        ["prior"] = path => new PriorTransformer(PriorConfig.Load(path), Placement.Meta),
        ["text_proj"] = path => new TextProjection(TextProjectionConfig.Load(path), Placement.Meta),
        ["decoder"] = path => new UNet2DCondition(UNetConfig.Load(path), Placement.Meta),
        ["super_res_first"] = path => new UNet2D(UNet2DConfig.Load(path), Placement.Meta),
        ["super_res_last"] = path => new UNet2D(UNet2DConfig.Load(path), Placement.Meta),
        ["image_encoder"] = path => new ClipVisionEncoder(ClipVisionConfig.Load(path), Placement.Meta),
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Parts => [.. Networks.Keys];

    [Theory]
    [MemberData(nameof(Parts))]
    public void Constructor_FullSize_HasTheCheckpointsKeysAndShapes(string part)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "tests", "Worker", "Diffusion", "UnClip", "Goldens", "full-size", $"{part}.json")));
        var expected = document.RootElement.GetProperty("tensors").EnumerateObject()
            .Select(entry => $"{entry.Name} [{string.Join(", ", entry.Value.EnumerateArray().Select(size => size.GetInt64()))}]");
        File.WriteAllText(_folder["config.json"], document.RootElement.GetProperty("config").GetRawText());

        using var network = Networks[part](_folder["config.json"]);

        var actual = network.state_dict().Select(entry => $"{FileKey(part, entry.Key)} [{string.Join(", ", entry.Value.shape)}]");
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    private static string FileKey(string part, string key) => part == "image_encoder" ? ClipVisionEncoder.FileKey(key) : key;
}
