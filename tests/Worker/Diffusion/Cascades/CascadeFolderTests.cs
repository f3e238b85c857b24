using System.Security.Cryptography;
using System.Text;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Weights;
using RenderFarm.Testing;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Cascades;

/// <summary>What is said about folders, good and bad.</summary>
public sealed class CascadeFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Inspect_RecordedCascade_CountsWhatIsThere()
    {
        var report = Cascade.Inspect(ReferenceCascade.Folder);

        Assert.Equal("reference-public", report.Name);
        Assert.Equal(["IFPipeline", "IFSuperResolutionPipeline", "StableDiffusionUpscalePipeline"], report.Stages.Select(stage => stage.Pipeline));
        Assert.Equal([16, 64, 256], report.Stages.Select(stage => stage.Size));
        Assert.Empty(report.AllErrors);
        Assert.Equal(["text_encoder", "unet", "vae"], report.Stages[2].Components.Select(component => component.Name));
        var unet = report.Stages[1].Components.Single();
        Assert.Equal(unet.Parameters * 2, unet.BytesIn(ScalarType.BFloat16));
        Assert.InRange(unet.FileBytes, unet.Parameters * 2, unet.Parameters * 2 + 200_000);
        Assert.Equal(250, report.Stages[1].Defaults.NoiseLevel);
    }

    [Fact]
    public void Load_StageWithoutCode_NamesItAndWhatThereIs()
    {
        Copy();
        File.WriteAllText(_folder["stage1/model_index.json"], "{ \"_class_name\": \"KandinskyPipeline\" }");
        CheckError("is a KandinskyPipeline; supported are IFPipeline, IFSuperResolutionPipeline, StableDiffusionPipeline");
    }

    [Theory]
    [InlineData("""{ "name": "x", "stages": [] }""", "stages is empty")]
    [InlineData("""{ "name": "", "stages": ["a"] }""", "name is empty")]
    [InlineData("""{ "stages": ["a"] }""", "name")]
    [InlineData("""{ "name": "x" }""", "stages")]
    [InlineData("""{ "name": "x", "stages": null }""", "stages")]
    [InlineData("""{ "name": "x", "stages": ["a"], "defaults": { "stage2": {} } }""", "'stage2'")]
    [InlineData("""{ "name": "x", "stages": ["a"], "defaults": { "stage1": { "guidence": 2 } } }""", "guidence")]
    [InlineData("""{ "name": "x", "stages": ["a"], "defaults": { "stage1": { "steps": "many" } } }""", "steps")]
    [InlineData("""{ "name": "x", "stages": ["../a"] }""", "outside")]
    [InlineData("""{ "name": "x", "stages": ["a"], "max_batch": 0 }""", "max_batch is 0")]
    [InlineData("""{ "name": """, "cascade.json")]
    [InlineData("""{ "name": "x", "stages": ["a"] }""", "model_index.json")]
    public void Load_BadCascadeFile_SaysWhatIsWrong(string json, string expected)
    {
        File.WriteAllText(_folder["cascade.json"], json);

        Assert.Contains(expected, Assert.Throws<CascadeException>(() => Cascade.Load(_folder.Root)).Message, StringComparison.Ordinal);
        Assert.Contains(expected, string.Join('\n', Cascade.Inspect(_folder.Root).AllErrors), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FolderThatIsNoModel_SaysWhatWasLookedFor()
    {
        Assert.Contains("cascade.json", Assert.Throws<CascadeException>(() => Cascade.Load(_folder.Root)).Message, StringComparison.Ordinal);
        Assert.Contains("does not exist", Assert.Throws<CascadeException>(() => Cascade.Load(_folder["none"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unet/config.json", "config.json")]
    [InlineData("unet/diffusion_pytorch_model.safetensors", "holds no weights")]
    [InlineData("scheduler/scheduler_config.json", "scheduler_config.json")]
    [InlineData("tokenizer/spiece.model", "spiece.model")]
    [InlineData("text_encoder/config.json", "config.json")]
    [InlineData("model_index.json", "model_index.json")]
    public void Load_MissingFile_NamesIt(string file, string expected)
    {
        Copy();
        File.Delete(_folder[Path.Combine("stage1", file)]);
        CheckError(expected);
    }

    [Fact]
    public void Load_WeightsOfAnotherNetwork_NamesTheFirstDifferences()
    {
        Copy();
        File.Copy(Reference.PathOf("cascade", "stage2", "unet", "diffusion_pytorch_model.safetensors"), _folder["stage1/unet/diffusion_pytorch_model.safetensors"], overwrite: true);
        CheckError("class_embedding");
    }

    [Fact]
    public void Load_WeightsCutShort_IsRefused()
    {
        Copy();
        var path = _folder["stage1/unet/diffusion_pytorch_model.safetensors"];
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^10]);
        CheckError("diffusion_pytorch_model.safetensors");
    }

    [Fact]
    public void Load_SuperResolutionFirst_IsRefused()
    {
        CopyFolder(Path.Combine(ReferenceCascade.Folder, "stage2"), _folder["stage1"]);
        WriteFile();
        CheckError("cannot be the first stage");
    }

    [Fact]
    public void Load_SinglePipelineWithoutCascadeFile_IsAModelOfOneStage()
    {
        Copy();
        using var cascade = Cascade.Load(_folder["stage1"], new CascadeOptions { Dtype = ScalarType.Float32 });
        Assert.Equal(("stage1", 1), (cascade.Name, cascade.StageCount));
    }

    [Fact]
    public void WeightsSha256_OfCopiedFolder_IsTheSameUntilAWeightChanges()
    {
        Copy();
        string before, after;
        using (var cascade = Cascade.Load(_folder.Root)) before = cascade.WeightsSha256;
        using (var reference = Cascade.Load(ReferenceCascade.Folder, new CascadeOptions { StageCount = 1 })) Assert.Equal(before, reference.WeightsSha256);
        var path = _folder["stage1/unet/diffusion_pytorch_model.safetensors"];
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        using (var changed = Cascade.Load(_folder.Root)) after = changed.WeightsSha256;
        Assert.NotEqual(before, after);
        Assert.Equal(64, before.Length);
    }

    [Fact]
    public void WeightsSha256_FilesReplacedAfterLoading_IsThatOfWhatWasLoaded()
    {
        Copy();
        using var cascade = Cascade.Load(_folder.Root);
        File.Delete(_folder["stage1/unet/diffusion_pytorch_model.safetensors"]);

        using var reference = Cascade.Load(ReferenceCascade.Folder, new CascadeOptions { StageCount = 1 });

        Assert.Equal(reference.WeightsSha256, cascade.Describe(ReferenceCascade.Request()).WeightsSha256);
        var unet = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Reference.PathOf("cascade", "stage1", "unet", "diffusion_pytorch_model.safetensors"))));
        var text = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Reference.PathOf("cascade", "stage1", "text_encoder", "model.safetensors"))));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{text}  stage1/text_encoder\n{unet}  stage1/unet\n"))), cascade.WeightsSha256);
    }

    [Fact]
    public void UnknownWords_ModelThatSaysWhatItKnows_NamesTheOthersOnce()
    {
        Copy();
        File.WriteAllText(_folder["known_words.txt"], "a\nred\ncircle\nwell-lit\n");
        using var cascade = Cascade.Load(_folder.Root);
        Assert.Equal(["unicorn", "don't", "雪"], cascade.UnknownWords("A red Unicorn, a well-lit circle; don't 'unicorn' 雪!"));
    }

    [Fact]
    public void UnknownWords_ModelThatDoesNotSay_NamesNone()
    {
        Copy();
        using var cascade = Cascade.Load(_folder.Root);
        Assert.Empty(cascade.UnknownWords("anything"));
    }

    public void Dispose() => _folder.Dispose();

    private void CheckError(string expected)
    {
        Assert.Contains(expected, Assert.Throws<CascadeException>(() => Cascade.Load(_folder.Root)).Message, StringComparison.Ordinal);
        var report = Cascade.Inspect(_folder.Root);
        Assert.False(report.IsComplete);
        Assert.Contains(expected, string.Join('\n', report.AllErrors), StringComparison.Ordinal);
    }

    /// <summary>The recorded first stage as a model of its own, which a test may damage.</summary>
    private void Copy()
    {
        CopyFolder(Path.Combine(ReferenceCascade.Folder, "stage1"), _folder["stage1"]);
        WriteFile();
    }

    private void WriteFile() => File.WriteAllText(_folder["cascade.json"], """{ "name": "copy", "stages": ["stage1"], "defaults": { "stage1": { "steps": 2 } } }""");

    private static void CopyFolder(string source, string target)
    {
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.WriteAllBytes(copy, File.ReadAllBytes(file));
        }
    }
}
