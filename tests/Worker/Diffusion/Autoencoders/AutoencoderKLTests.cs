using System.Text.Json;
using System.Text.Json.Nodes;
using RenderFarm.Diffusion.Autoencoders;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Configuration;
using RenderFarm.Diffusion.Weights;
using RenderFarm.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Autoencoders;

/// <summary>A small autoencoder with random weights, and what diffusers computes with it.</summary>
public sealed class AutoencoderKLTests : IDisposable
{
    private const double Tolerance = 1e-4;

    private static readonly string Goldens = Path.Combine(Repository.Root, "tests", "Worker", "Diffusion", "Autoencoders", "Goldens");

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Decode_Golden_EqualsDiffusers()
    {
        using var network = Load();
        using var golden = Golden("golden");
        using var inference = inference_mode();
        TensorAssert.Close(golden.Read("decoded"), network.Decode(golden.Read("latent")), Tolerance);
    }

    [Fact]
    public void Encode_Golden_EqualsDiffusers()
    {
        using var network = Load();
        using var golden = Golden("golden");
        using var inference = inference_mode();

        var (mean, logVariance) = network.Encode(golden.Read("image"));

        TensorAssert.Close(golden.Read("encoded_mean"), mean, Tolerance);
        TensorAssert.Close(golden.Read("encoded_logvar"), logVariance, Tolerance);
    }

    /// <summary>diffusers 0.42 with enable_tiling: tiles of 16, the last row of 4 and the last column of 8.</summary>
    [Fact]
    public void DecodeInTiles_MoreThanATile_EqualsDiffusers()
    {
        using var network = Load();
        using var golden = Golden("tiled");
        using var inference = inference_mode();
        TensorAssert.Close(golden.Read("decoded"), network.DecodeInTiles(golden.Read("latent")), Tolerance);
    }

    [Fact]
    public void DecodeInTiles_OneTileSuffices_EqualsTheWhole()
    {
        using var network = Load();
        using var golden = Golden("golden");
        using var inference = inference_mode();
        var latent = golden.Read("latent");
        TensorAssert.Equal(network.DecodeWhole(latent), network.DecodeInTiles(latent));
    }

    [Fact]
    public void Decode_LatentsBeyondTheLimit_IsTiled()
    {
        using var network = Load();
        using var inference = inference_mode();
        var latent = randn(1, 4, 100, 97);
        TensorAssert.Equal(network.DecodeInTiles(latent), network.Decode(latent));
    }

    [Fact]
    public void Calls_Repeated_LeaveNoTensorBehind()
    {
        using var network = Load();
        using var golden = Golden("golden");
        using var inference = inference_mode();
        var (latent, image, large) = (golden.Read("latent"), golden.Read("image"), randn(1, 4, 20, 18));

        Assert.Equal(0, Leaks.Of(() =>
        {
            network.Decode(latent).Dispose();
            network.DecodeInTiles(large).Dispose();
            var (mean, logVariance) = network.Encode(image);
            mean.Dispose();
            logVariance.Dispose();
        }));
    }

    [Fact]
    public void Constructor_FullSize_HasTheCheckpointsKeysAndShapes()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Goldens, "vae-x4-upscaler.json")));
        var expected = document.RootElement.GetProperty("tensors").EnumerateObject()
            .Select(entry => $"{entry.Name} [{string.Join(", ", entry.Value.EnumerateArray().Select(size => size.GetInt64()))}]");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["config.json"], document.RootElement.GetProperty("config").GetRawText());

        using var network = new AutoencoderKL(AutoencoderConfig.Load(folder["config.json"]), Placement.Meta);

        var actual = network.state_dict().Select(entry => $"{entry.Key} [{string.Join(", ", entry.Value.shape)}]");
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("decoder.mid_block.attentions.0.query.weight", "decoder.mid_block.attentions.0.to_q.weight")]
    [InlineData("encoder.mid_block.attentions.0.proj_attn.bias", "encoder.mid_block.attentions.0.to_out.0.bias")]
    [InlineData("decoder.mid_block.attentions.0.to_k.bias", "decoder.mid_block.attentions.0.to_k.bias")]
    [InlineData("decoder.conv_in.weight", "decoder.conv_in.weight")]
    public void Key_OfPublishedNames_IsTheNetworks(string name, string expected) => Assert.Equal(expected, AutoencoderKL.Key(name));

    [Theory]
    [InlineData("act_fn", "\"mish\"", "act_fn is \"mish\", which is not supported; expected \"silu\"")]
    [InlineData("shift_factor", "0.1", "shift_factor is 0.1")]
    [InlineData("block_out_channels", "[32, 33, 64]", "block_out_channels is 33, which norm_num_groups 32 does not divide")]
    [InlineData("block_out_channels", "[32, 64]", "once for each entry of block_out_channels")]
    [InlineData("down_block_types", "[\"AttnDownEncoderBlock2D\"]", "expected \"DownEncoderBlock2D\" 3 times")]
    [InlineData("scaling_factor", "0", "scaling_factor is 0")]
    [InlineData("new_key", "true", "knows no such key")]
    [InlineData("latent_channels", "\"four\"", "latent_channels")]
    public void Load_ValueThatIsNotSupported_NamesIt(string key, string value, string expected)
    {
        using var folder = new TemporaryFolder();
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(Goldens, "vae", "config.json")))!.AsObject();
        json[key] = JsonNode.Parse(value);
        File.WriteAllText(folder["config.json"], json.ToJsonString());

        var message = Assert.Throws<NetworkConfigException>(() => AutoencoderConfig.Load(folder["config.json"])).Message;

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains(folder["config.json"], message, StringComparison.Ordinal);
    }

    private static SafetensorsFile Golden(string name) => SafetensorsFile.Open(Path.Combine(Goldens, "vae", $"{name}.safetensors"));

    private static AutoencoderKL Load()
    {
        var config = AutoencoderConfig.Load(Path.Combine(Goldens, "vae", "config.json"));
        using var weights = WeightsFolder.Open(Path.Combine(Goldens, "vae"));
        return WeightsLoader.Build(weights, place => new AutoencoderKL(config, place), Placement.Cpu, AutoencoderKL.Key);
    }
}
