using System.Text.Json.Nodes;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Tests.Cascades;
using Xunit;

namespace RenderFarm.Diffusion.Tests.StableDiffusion;

/// <summary>The recorded cascade with one thing wrong in its third stage, Stable Diffusion's upscaler: refused before a weight is read, naming it.</summary>
public sealed class LatentFolderTests : IDisposable
{
    private const string UNet = "stage3/unet/config.json", Autoencoder = "stage3/vae/config.json", Text = "stage3/text_encoder/config.json";
    private const string Scheduler = "stage3/scheduler/scheduler_config.json", Noising = "stage3/low_res_scheduler/scheduler_config.json", Index = "stage3/model_index.json";

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(UNet, "in_channels", "8", "in_channels = 8; a stage of this kind has 7")]
    [InlineData(UNet, "out_channels", "8", "out_channels = 8; expected are the latent_channels")]
    [InlineData(UNet, "cross_attention_dim", "64", "takes states of width 64")]
    [InlineData(UNet, "num_class_embeds", "null", "num_class_embeds = null")]
    [InlineData(UNet, "attention_head_dim", "7", "attention_head_dim 7 does not divide")]
    [InlineData(UNet, "resnet_skip_time_act", "true", "resnet_skip_time_act is true, which only")]
    [InlineData(UNet, "transformer_layers_per_block", "[1, 2]", "transformer_layers_per_block has 2 entries")]
    [InlineData(Autoencoder, "latent_channels", "5", "a stage of this kind has 8")]
    [InlineData(Autoencoder, "act_fn", "\"mish\"", "act_fn is \"mish\"")]
    [InlineData(Text, "hidden_size", "48", "hidden_size = 48, but")]
    [InlineData(Text, "hidden_act", "\"relu\"", "hidden_act = relu")]
    [InlineData(Index, "text_encoder", "[null, null]", "has no tokenizer and text_encoder of class CLIPTextModel")]
    [InlineData(Index, "max_noise_level", "10", "stage3 draw no picture: noise_level is 20; expected 0 to 10")]
    [InlineData(Index, "max_noise_level", "\"much\"", "max_noise_level is \"much\"")]
    [InlineData(Noising, "num_train_timesteps", "0", "num_train_timesteps is 0")]
    [InlineData(Scheduler, "_class_name", "\"UniPCMultistepScheduler\"", "UniPCMultistepScheduler")]
    public void Load_OneWrongValue_IsRefusedNamingIt(string file, string key, string value, string expected)
    {
        Copy();
        var json = JsonNode.Parse(File.ReadAllText(_folder[file]))!.AsObject();
        json[key] = JsonNode.Parse(value);
        File.Delete(_folder[file]);
        File.WriteAllText(_folder[file], json.ToJsonString());
        RemoveWeights();

        Assert.Contains(expected, Assert.Throws<CascadeException>(() => Cascade.Load(_folder.Root)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Autoencoder)]
    [InlineData(UNet)]
    [InlineData(Text)]
    [InlineData(Noising)]
    public void Load_MissingConfiguration_NamesIt(string file)
    {
        Copy();
        File.Delete(_folder[file]);
        RemoveWeights();
        Assert.Contains(_folder[file], Assert.Throws<CascadeException>(() => Cascade.Load(_folder.Root)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_MissingWeightsAndVocabulary_NamesBoth()
    {
        Copy();
        File.Delete(_folder["stage3/vae/diffusion_pytorch_model.safetensors"]);
        Assert.Contains("stage3/vae' holds no weights", string.Join('\n', Cascade.Inspect(_folder.Root).AllErrors), StringComparison.Ordinal);
        File.CreateSymbolicLink(_folder["stage3/vae/diffusion_pytorch_model.safetensors"], Path.Combine(ReferenceCascade.Folder, "stage3/unet/diffusion_pytorch_model.safetensors"));
        File.Delete(_folder["stage3/tokenizer/merges.txt"]);

        var errors = string.Join('\n', Cascade.Inspect(_folder.Root).AllErrors);

        Assert.Contains("not those of AutoencoderKL", errors, StringComparison.Ordinal);
        Assert.Contains("merges.txt' is missing", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_UpscalerFirst_IsRefused()
    {
        Copy();
        File.WriteAllText(_folder["cascade.json"], """{ "name": "copy", "stages": ["stage3"] }""");
        Assert.Contains("cannot be the first stage", Assert.Throws<CascadeException>(() => Cascade.Load(_folder.Root)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private void RemoveWeights()
    {
        foreach (var weights in Directory.EnumerateFiles(_folder.Root, "*.safetensors", SearchOption.AllDirectories).ToList()) File.Delete(weights);
    }

    /// <summary>By links.</summary>
    private void Copy()
    {
        foreach (var file in Directory.EnumerateFiles(ReferenceCascade.Folder, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(ReferenceCascade.Folder, file);
            if (name.StartsWith("expected", StringComparison.Ordinal) || !name.Contains(Path.DirectorySeparatorChar)) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[name])!);
            File.CreateSymbolicLink(_folder[name], file);
        }
        File.WriteAllText(_folder["cascade.json"], """{ "name": "copy", "stages": ["stage1", "stage2", "stage3"] }""");
    }
}
