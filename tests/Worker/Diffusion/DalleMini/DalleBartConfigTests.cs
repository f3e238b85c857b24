using System.Text.Json.Nodes;
using RenderFarm.Diffusion.DalleMini;
using RenderFarm.Diffusion.Weights;
using Xunit;

namespace RenderFarm.Diffusion.Tests.DalleMini;

public sealed class DalleBartConfigTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ln_positions", "\"swinv2\"", "ln_positions = \"swinv2\"")]
    [InlineData("ln_type", "\"rmsnorm\"", "ln_type = \"rmsnorm\"")]
    [InlineData("use_glu", "false", "use_glu = false")]
    [InlineData("use_bias", "true", "use_bias = true")]
    [InlineData("scale_embedding", "true", "scale_embedding = true")]
    [InlineData("sinkhorn_iters", "3", "sinkhorn_iters = 3")]
    [InlineData("activation_function", "\"gelu_new\"", "activation_function = \"gelu_new\"")]
    [InlineData("model_type", "\"bart\"", "model_type = \"bart\"")]
    [InlineData("d_model", "-8", "d_model = -8")]
    [InlineData("d_model", "null", "d_model")]
    [InlineData("d_model", "66", "does not divide d_model = 66")]
    [InlineData("encoder_layers", "1000000000", "encoder_layers = 1000000000")]
    [InlineData("image_length", "0", "image_length = 0")]
    [InlineData("max_text_length", "1", "max_text_length = 1")]
    [InlineData("decoder_start_token_id", "16385", "decoder_start_token_id = 16385")]
    [InlineData("decoder_start_token_id", "-1", "decoder_start_token_id = -1")]
    [InlineData("encoder_vocab_size", "9223372036854775808", "encoder_vocab_size")]
    [InlineData("model_type", "\"\\ud800\"", "config.json")]
    public void Load_OneWrongValue_NamesKeyAndValue(string key, string value, string expected)
    {
        var json = JsonNode.Parse(Config)!.AsObject();
        json.Remove(key);
        File.WriteAllText(_folder["config.json"], json.ToJsonString().TrimEnd('}') + $",\"{key}\":{value}}}");

        Assert.Contains(expected, Assert.Throws<WeightsException>(() => DalleBartConfig.Load(_folder["config.json"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ShortConfiguration_HasThePublishedDefaults()
    {
        File.WriteAllText(_folder["config.json"], Config);

        var config = DalleBartConfig.Load(_folder["config.json"]);

        Assert.Equal((256, 64, 16384, false), (config.ImageLength, config.MaxTextLength, config.StartToken, config.ForceLnScale));
    }

    [Theory]
    [InlineData("""{"ch": 48}""", "ch = 48")]
    [InlineData("""{"ch_mult": []}""", "ch_mult")]
    [InlineData("""{"ch_mult": [1, -1]}""", "ch_mult = [1, -1]")]
    [InlineData("""{"ch_mult": [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]}""", "ch_mult's length = 16")]
    [InlineData("""{"resolution": 100}""", "resolution = 100")]
    [InlineData("""{"n_embed": 0}""", "n_embed = 0")]
    [InlineData("""{"double_z": true}""", "double_z = true")]
    [InlineData("""{"resamp_with_conv": false}""", "resamp_with_conv = false")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{", "not the configuration of a VQGAN")]
    public void LoadVqgan_WrongValue_NamesKeyAndValue(string json, string expected)
    {
        File.WriteAllText(_folder["config.json"], json);

        Assert.Contains(expected, Assert.Throws<WeightsException>(() => VqganConfig.Load(_folder["config.json"])).Message, StringComparison.Ordinal);
    }

    private const string Config = """
        {"model_type":"dallebart","d_model":64,"encoder_vocab_size":412,"image_vocab_size":16384,"encoder_layers":3,"decoder_layers":3,
        "encoder_attention_heads":4,"decoder_attention_heads":4,"encoder_ffn_dim":96,"decoder_ffn_dim":96}
        """;
}
