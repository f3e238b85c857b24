using System.Text.Json.Nodes;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Tests.Weights;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.DalleMini;

/// <summary>What is said about folders of DALL-E Mini, good and bad: loading and inspecting tell the same.</summary>
public sealed class DalleMiniFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Inspect_RecordedModel_CountsWhatIsLoaded()
    {
        Copy();

        var report = Cascade.Inspect(_folder.Root);

        Assert.Empty(report.AllErrors);
        var stage = Assert.Single(report.Stages);
        Assert.Equal(("copy", "dallebart", 128), (report.Name, stage.Pipeline, stage.Size));
        Assert.Equal([("transformer", 304_896L)], stage.Components.Where(part => part.Name == "transformer").Select(part => (part.Name, part.Parameters)));
        Assert.Equal((5, 0.5), (stage.Defaults.TopK, stage.Defaults.Temperature));
        Assert.Equal(2 * stage.Parameters, stage.BytesIn(ScalarType.BFloat16));
    }

    [Theory]
    [InlineData("config.json", "model_index.json' is missing")]
    [InlineData("vocab.json", "vocab.json' is missing; expected are vocab.json and merges.txt")]
    [InlineData("merges.txt", "merges.txt' is missing")]
    [InlineData("flax_model.msgpack", "flax_model.msgpack' is missing; expected is a checkpoint as flax saves it")]
    [InlineData("vqgan/config.json", "config.json' is missing; expected is the configuration of a VQGAN")]
    [InlineData("vqgan/flax_model.msgpack", "flax_model.msgpack' is missing")]
    public void Load_MissingFile_NamesIt(string file, string expected)
    {
        Copy();
        File.Delete(_folder[Path.Combine("mini", file)]);
        CheckError(expected);
    }

    [Fact]
    public void Load_NoVqgan_SaysWhereItIsExpected()
    {
        Copy();
        Directory.Delete(_folder["mini/vqgan"], recursive: true);
        CheckError(Path.Combine("vqgan", "config.json"));
    }

    [Theory]
    [InlineData("config.json", "d_model", "128", "embed_tokens.weight is [412, 64], expected [412, 128]")]
    [InlineData("config.json", "encoder_layers", "4", "12 missing (encoder.layers.3.")]
    [InlineData("config.json", "image_length", "256", "image_length = 256, but")]
    [InlineData("config.json", "image_vocab_size", "63", "decoder_start_token_id = 64; expected is 0 to image_vocab_size = 63")]
    [InlineData("vqgan/config.json", "n_embed", "72", "n_embed = 72, but")]
    [InlineData("config.json", "encoder_vocab_size", "400", "has 409 pieces, but")]
    [InlineData("config.json", "use_glu", "false", "use_glu = false, which is not supported; expected is true")]
    [InlineData("vqgan/config.json", "ch", "64", "expected [128, 32, 3, 3]")]
    [InlineData("vqgan/config.json", "n_embed", "32", "quantize.embedding.weight is [64, 32], expected [32, 32]")]
    public void Load_ConfigurationOfAnotherModel_NamesTheFirstDifferences(string file, string key, string value, string expected)
    {
        Copy();
        Change(file, key, value);
        CheckError(expected);
    }

    /// <summary>What the file says counts, not what the configuration says: the published mini's inner width.</summary>
    [Fact]
    public void Load_OtherInnerWidthInTheConfiguration_TakesTheFiles()
    {
        Copy();
        Change("config.json", "encoder_ffn_dim", "128");
        Change("config.json", "decoder_ffn_dim", "128");

        Cascade.Load(_folder.Root, SharedDalleMini.Exact).Dispose();
        Assert.Empty(Cascade.Inspect(_folder.Root).AllErrors);
    }

    [Fact]
    public void Load_WeightsCutShortOrOfAnotherKind_AreRefused()
    {
        Copy();
        var path = _folder["mini/flax_model.msgpack"];
        var good = File.ReadAllBytes(path);
        File.WriteAllBytes(path, good[..^10]);
        CheckError("flax_model.msgpack");
        File.WriteAllBytes(path, FlaxBytes.Entry("lm_head", FlaxBytes.Entry("kernel", FlaxBytes.Array("float8", [1], [1]))));
        CheckError("'lm_head/kernel' has dtype 'float8'; known are float32, float16, bfloat16");
        File.WriteAllBytes(path, File.ReadAllBytes(_folder["mini/vqgan/flax_model.msgpack"]));
        CheckError("not expected");
    }

    [Theory]
    [InlineData("""{"steps": 20}""", "steps is 20, but a stage that writes tokens has no such setting")]
    [InlineData("""{"temperature": -1}""", "temperature is -1")]
    [InlineData("""{"top_k": 0}""", "top_k is 0")]
    public void Load_DefaultsThatDrawNoPicture_AreRefused(string defaults, string expected)
    {
        Copy(defaults);
        CheckError(expected);
    }

    [Fact]
    public void Load_AsSecondStage_IsRefused()
    {
        Copy();
        File.WriteAllText(_folder["cascade.json"], """{"name": "twice", "stages": ["mini", "mini"]}""");
        CheckError("draws from text alone; it must be the first stage");
    }

    private void CheckError(string expected)
    {
        Assert.Contains(expected, Assert.Throws<CascadeException>(() => Cascade.Load(_folder.Root, SharedDalleMini.Exact).Dispose()).Message, StringComparison.Ordinal);
        var report = Cascade.Inspect(_folder.Root);
        Assert.False(report.IsComplete);
        Assert.Contains(expected, string.Join('\n', report.AllErrors), StringComparison.Ordinal);
    }

    private void Change(string file, string key, string value)
    {
        var path = _folder[Path.Combine("mini", file)];
        var config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        config[key] = JsonNode.Parse(value);
        File.WriteAllText(path, config.ToJsonString());
    }

    private void Copy(string defaults = """{"top_k": 5, "temperature": 0.5}""")
    {
        Directory.CreateDirectory(_folder["mini/vqgan"]);
        foreach (var file in Directory.EnumerateFiles(DalleReference.Folder, "*", SearchOption.AllDirectories))
            File.WriteAllBytes(_folder[Path.Combine("mini", Path.GetRelativePath(DalleReference.Folder, file))], File.ReadAllBytes(file));
        File.WriteAllText(_folder["cascade.json"], """{"name": "copy", "stages": ["mini"], "defaults": {"stage1": """ + defaults + "}}");
    }
}
