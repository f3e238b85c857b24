using System.Text.Json.Nodes;
using RenderFarm.Diffusion.Cascades;
using Xunit;

namespace RenderFarm.Diffusion.Tests.Cascades;

/// <summary>
/// Model folders with one wrong value. Each ends in the library's own exception before a weight is read, and <see cref="Cascade.Inspect"/> tells the same.
/// </summary>
public sealed class HostileFolderTests : IDisposable
{
    private const string UNet = "stage1/unet/config.json", Upscaler = "stage2/unet/config.json", Text = "stage1/text_encoder/config.json";
    private const string Scheduler = "stage1/scheduler/scheduler_config.json", Noising = "stage2/image_noising_scheduler/scheduler_config.json";
    private const string Index = "stage1/model_index.json", Root = "cascade.json";

    private readonly TemporaryFolder _folder = new();

    /// <summary>File, key, the value as JSON, and what the error must say.</summary>
    public static TheoryData<string, string, string, string> Values => new()
    {
        { UNet, "block_out_channels", "null", "block_out_channels is null" },
        { UNet, "block_out_channels", "[]", "block_out_channels has 0 entries" },
        { UNet, "block_out_channels", "[null, 32, 32, 32]", "block_out_channels" },
        { UNet, "block_out_channels", "[32, 32, 32, -32]", "block_out_channels is -32" },
        { UNet, "block_out_channels", "[1073741824, 32, 32, 32]", "block_out_channels is 1073741824" },
        { UNet, "block_out_channels", "[65536, 65536, 65536, 65536]", "not those of UNet2DCondition" },
        { UNet, "block_out_channels", "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]", "has 33 entries; expected 1 to 12" },
        { UNet, "layers_per_block", "null", "layers_per_block is null" },
        { UNet, "layers_per_block", "1000000000", "layers_per_block is 1000000000" },
        { UNet, "layers_per_block", "[1, null, 1, 1]", "layers_per_block" },
        { UNet, "down_block_types", "[null, null, null, null]", "down_block_types" },
        { UNet, "down_block_types", "null", "down_block_types is null" },
        { UNet, "attention_head_dim", "0", "attention_head_dim is 0" },
        { UNet, "only_cross_attention", "[null]", "only_cross_attention" },
        { UNet, "in_channels", "2147483647", "in_channels is 2147483647; expected more than 0, at most 65536" },
        { UNet, "in_channels", "4", "in_channels is 4; a stage of this kind has 3" },
        { UNet, "out_channels", "1e99", "out_channels is 1e99" },
        { UNet, "cross_attention_dim", "4294967296", "cross_attention_dim is 4294967296" },
        { UNet, "time_embedding_dim", "-1", "time_embedding_dim is -1" },
        { UNet, "sample_size", "-16", "sample_size is -16" },
        { UNet, "sample_size", "2147483640", "sample_size is 2147483640" },
        { UNet, "sample_size", "null", "sample_size is missing" },
        { UNet, "norm_eps", "1e400", "norm_eps is Infinity" },
        { UNet, "norm_num_groups", "0", "norm_num_groups is 0" },
        { UNet, "_class_name", "\"\\ud800\"", "_class_name is \"\\ud800\"" },
        { UNet, "\\ud800", "1", "stage1/unet/config.json" },
        { UNet, "encoder_hid_dim", "48", "d_model = 32" },
        { Upscaler, "encoder_hid_dim", "96", "encoder_hid_dim = 96" },
        { Upscaler, "in_channels", "3", "in_channels is 3; a stage of this kind has 6" },
        { Upscaler, "sample_size", "8", "sample_size = 16, but" },
        { Text, "d_model", "64", "d_model = 64" },
        { Text, "d_model", "null", "d_model" },
        { Text, "d_model", "9223372036854775807", "d_model = 9223372036854775807" },
        { Text, "d_model", "9223372036854775808", "d_model" },
        { Text, "num_layers", "16000000", "num_layers = 16000000" },
        { Text, "num_heads", "-1", "num_heads = -1" },
        { Text, "vocab_size", "100", "pieces, but" },
        { Text, "vocab_size", "16777216", "not those of T5Encoder" },
        { Text, "relative_attention_num_buckets", "4611686018427387904", "relative_attention_num_buckets = 4611686018427387904" },
        { Text, "layer_norm_epsilon", "1e400", "layer_norm_epsilon" },
        { Text, "feed_forward_proj", "\"\\ud800\"", "text_encoder" },
        { Scheduler, "num_train_timesteps", "1e300", "num_train_timesteps is 1e300; supported: a whole number from 1 to 100000" },
        { Scheduler, "num_train_timesteps", "-5", "num_train_timesteps is -5" },
        { Scheduler, "num_train_timesteps", "1.5", "num_train_timesteps is 1.5" },
        { Scheduler, "num_train_timesteps", "2147483647", "num_train_timesteps is 2147483647" },
        { Scheduler, "steps_offset", "-1", "steps_offset is -1" },
        { Scheduler, "steps_offset", "1000", "stage1 draw no picture" },
        { Scheduler, "sample_max_value", "-1", "sample_max_value is -1" },
        { Scheduler, "beta_start", "\"NaN\"", "beta_start is NaN" },
        { Scheduler, "_class_name", "null", "_class_name" },
        { Scheduler, "_class_name", "[\"DDPMScheduler\"]", "_class_name is [" },
        { Scheduler, "prediction_type", "\"\\ud800\"", "not valid Unicode" },
        { Noising, "num_train_timesteps", "0", "num_train_timesteps is 0" },
        { Noising, "num_train_timesteps", "100", "noise_level is 250; expected 0 to 99" },
        { Index, "_class_name", "null", "no text _class_name" },
        { Index, "_class_name", "\"\\ud800\"", "model_index.json" },
        { Index, "tokenizer", "[null]", "has no tokenizer" },
        { Root, "stages", "[null, \"stage2\"]", "stages has the entry null" },
        { Root, "stages", "[\"stage1\\u0000\", \"stage2\"]", "stages has the entry 'stage1?'" },
        { Root, "stages", "[\"stage2\", \"stage2\"]", "cannot be the first stage" },
        { Root, "stages", "[\"stage1\", \"stage1\"]", "must be the first stage" },
        { Root, "stages", "[\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\",\"a\"]", "of 17 entries" },
        { Root, "name", "null", "name" },
        { Root, "defaults", "null", "defaults" },
        { Root, "defaults", "{\"stage1\": null}", "stage1: null" },
        { Root, "defaults", "{\"stage1\": {\"steps\": -1}}", "stage1 draw no picture: steps is -1" },
        { Root, "defaults", "{\"stage1\": {\"steps\": 1e99}}", "steps" },
        { Root, "defaults", "{\"stage2\": {\"guidance\": -1}}", "stage2 draw no picture: guidance is -1" },
        { Root, "defaults", "{\"stage1\": {\"sampler\": \"plms\"}}", "sampler is 'plms'" },
        { Root, "defaults", "{\"stage1\": {\"sampler\": \"ddim\", \"eta\": 7}}", "eta is 7" },
        { Root, "max_batch", "-1", "max_batch is -1" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Load_OneHostileValue_IsRefusedNamingIt(string file, string key, string value, string expected)
    {
        Copy();
        var json = JsonNode.Parse(File.ReadAllText(_folder[file]))!.AsObject();
        json.Remove(key);
        // As text: the value need not be one that a writer would write.
        Replace(file, $"{{\"{key}\":{value},{json.ToJsonString()[1..]}");

        CheckRefused(expected);
    }

    [Theory]
    [InlineData(UNet, "null", "config.json")]
    [InlineData(UNet, "[{\"in_channels\": 3}]", "config.json")]
    [InlineData(Text, "{\"d_model\": 1, \"d_model\": 2}", "config.json")]
    [InlineData(Scheduler, "null", "no JSON object")]
    [InlineData(Scheduler, "{\"_class_name\": \"DDPMScheduler\", \"_class_name\": \"DDIMScheduler\"}", "not JSON")]
    [InlineData(Index, "7", "no text _class_name")]
    [InlineData(Root, "[]", "cascade.json")]
    [InlineData(Root, "null", "cascade.json")]
    [InlineData(Root, "{\"name\": \"a\", \"stages\": [\"stage1\"], \"safety_cheker\": \"safety\"}", "safety_cheker")]
    public void Load_FileThatIsNoConfiguration_IsRefusedNamingIt(string file, string text, string expected)
    {
        Copy();
        Replace(file, text);
        CheckRefused(expected);
    }

    [Theory]
    [InlineData(UNet)]
    [InlineData(Text)]
    [InlineData(Scheduler)]
    [InlineData(Index)]
    [InlineData(Root)]
    public void Load_FileTooLongForAConfiguration_IsRefusedUnread(string file)
    {
        Copy();
        Replace(file, new string(' ', 1 << 20) + "{}");
        CheckRefused("expected is a configuration of at most 1048576");
    }

    [Fact]
    public void Load_PartsOfTwoModels_NamesBothFilesAndTheRemedy()
    {
        Copy();
        var json = JsonNode.Parse(File.ReadAllText(_folder[Upscaler]))!.AsObject();
        json["encoder_hid_dim"] = 64;
        Replace(Upscaler, json.ToJsonString());
        // Not a single weight may be read to find this out.
        foreach (var weights in Directory.EnumerateFiles(_folder.Root, "*.safetensors", SearchOption.AllDirectories).ToList()) File.Delete(weights);

        var message = Assert.Throws<CascadeException>(() => Cascade.Load(_folder.Root)).Message;

        Assert.Contains(_folder[Upscaler], message, StringComparison.Ordinal);
        Assert.Contains(_folder[Text], message, StringComparison.Ordinal);
        Assert.Contains("d_model = 32", message, StringComparison.Ordinal);
        Assert.Contains("encoder_hid_dim = 64", message, StringComparison.Ordinal);
        Assert.Contains("Use the text encoder that the network was trained with", message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private void CheckRefused(string expected)
    {
        Assert.Contains(expected, Assert.Throws<CascadeException>(() => Cascade.Load(_folder.Root)).Message, StringComparison.Ordinal);
        Assert.Contains(expected, string.Join('\n', Cascade.Inspect(_folder.Root).AllErrors), StringComparison.Ordinal);
    }

    private void Replace(string file, string text)
    {
        File.Delete(_folder[file]);
        File.WriteAllText(_folder[file], text);
    }

    /// <summary>The first two stages of the recorded cascade, by links.</summary>
    private void Copy()
    {
        foreach (var file in Directory.EnumerateFiles(ReferenceCascade.Folder, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(ReferenceCascade.Folder, file);
            if (!name.StartsWith("stage1", StringComparison.Ordinal) && !name.StartsWith("stage2", StringComparison.Ordinal)) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
            File.CreateSymbolicLink(_folder[name], file);
        }
        File.WriteAllText(_folder[Root], """{ "name": "copy", "stages": ["stage1", "stage2"], "defaults": { "stage2": { "noise_level": 250 } } }""");
    }
}
