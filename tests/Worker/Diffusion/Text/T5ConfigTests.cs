using System.Text.Json.Nodes;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Weights;
using Xunit;

namespace RenderFarm.Diffusion.Tests.Text;

public sealed class T5ConfigTests
{
    [Fact]
    public void Load_RecordedConfig_HasItsValues()
    {
        var config = T5Config.Load(TextGoldens.PathOf("t5", "text_encoder", "config.json"));

        Assert.Equal(new T5Config { VocabSize = 4096, DModel = 64, DKv = 16, DFf = 128, NumHeads = 4, NumLayers = 2 }, config);
    }

    [Fact]
    public void ToJson_Loaded_IsTheSame()
    {
        using var folder = new TemporaryFolder();
        var config = new T5Config { VocabSize = 300, DModel = 48, DKv = 16, DFf = 100, NumHeads = 5, NumLayers = 3, RelativeAttentionMaxDistance = 64, RelativeAttentionNumBuckets = 16, LayerNormEpsilon = 1e-5 };
        File.WriteAllText(folder["config.json"], config.ToJson());

        Assert.Equal(config, T5Config.Load(folder["config.json"]));
    }

    [Theory]
    [InlineData("feed_forward_proj", "\"relu\"")]
    [InlineData("feed_forward_proj", "\"gated-silu\"")]
    [InlineData("feed_forward_proj", "7")]
    [InlineData("is_gated_act", "false")]
    [InlineData("dense_act_fn", "\"relu\"")]
    [InlineData("model_type", "\"mt5\"")]
    [InlineData("is_decoder", "true")]
    [InlineData("vocab_size", "0")]
    [InlineData("d_model", "-64")]
    [InlineData("num_layers", "99999999")]
    [InlineData("relative_attention_num_buckets", "6")]
    [InlineData("relative_attention_max_distance", "8")]
    [InlineData("layer_norm_epsilon", "0")]
    public void Load_UnsupportedValue_IsRefusedNamingKeyAndValue(string key, string value)
    {
        var message = Refusal(json => json[key] = JsonNode.Parse(value));

        Assert.Contains(key, message, StringComparison.Ordinal);
        Assert.Contains(value, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("d_kv")]
    [InlineData("feed_forward_proj")]
    public void Load_MissingKey_IsRefusedNamingIt(string key) =>
        Assert.Contains(key, Refusal(json => json.Remove(key)), StringComparison.Ordinal);

    [Fact]
    public void Load_TextForANumber_IsRefused() => Assert.Contains("d_ff", Refusal(json => json["d_ff"] = "128"), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"d_model\":")]
    public void Load_NoJsonObject_IsRefusedNamingTheFile(string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["config.json"], text);

        Assert.Contains(folder["config.json"], Assert.Throws<WeightsException>(() => T5Config.Load(folder["config.json"])).Message, StringComparison.Ordinal);
    }

    private static string Refusal(Action<JsonObject> change)
    {
        using var folder = new TemporaryFolder();
        var json = JsonNode.Parse(File.ReadAllText(TextGoldens.PathOf("t5", "text_encoder", "config.json")))!.AsObject();
        change(json);
        File.WriteAllText(folder["config.json"], json.ToJsonString());
        return Assert.Throws<WeightsException>(() => T5Config.Load(folder["config.json"])).Message;
    }
}
