using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.Tests.Cascades;
using RenderFarm.Diffusion.UnClip;
using RenderFarm.Diffusion.Weights;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Peers;

/// <summary>unCLIP folders that diffusers saved: both draw the same pictures from them.</summary>
public sealed class UnClipPeerTests(UnClipRenderings peer) : IClassFixture<UnClipRenderings>
{
    /// <summary>Grey levels; both round float32 results of differently ordered sums.</summary>
    private const int LevelTolerance = 2;

    private const double EmbeddingTolerance = 1e-4;

    public static TheoryData<string> Cases => [.. UnClipRenderings.Names];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Render_FolderSavedByDiffusers_EqualsDiffusers(string name)
    {
        var folder = peer.FolderOf(name);
        Assert.True(Cascade.Inspect(folder).IsComplete, string.Join('\n', Cascade.Inspect(folder).AllErrors));
        using var cascade = Cascade.Load(folder, new CascadeOptions { Dtype = ScalarType.Float32 });
        var results = cascade.Draw(UnClipRenderings.Requests);
        for (var request = 0; request < results.Count; request++)
        {
            var expected = PeerRenderings.Expected(folder, request, "stage1");
            // A picture that is all of one grey would agree with anything.
            Assert.True(expected.Rgb.ToArray().Distinct().Count() > 30, $"{name} draws nothing worth comparing");
            PictureAssert.Close(expected, results[request].Picture, LevelTolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void DrawEmbeddings_FolderSavedByDiffusers_EqualsDiffusers(string name)
    {
        var folder = peer.FolderOf(name);
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        using var expected = SafetensorsFile.Open(Path.Combine(folder, "expected", "embeddings.safetensors"));
        var index = ModelIndex.Load(Path.Combine(folder, "karlo"));
        var configs = UnClipConfigs.Read(index);
        using var text = UnClipTextModel.Load(index, Placement.Cpu);
        using var states = new PromptEncoder(text, 0);
        using var stage = new UnClipStage(configs, UnClipNetworks.Load(index, configs, Placement.Cpu), new UnClipTexts(states, configs.Tokenizer, configs.Prior.NumEmbeddings));
        var plan = stage.Plan(CascadeFile.Load(folder).Defaults["stage1"].ToSettings());
        List<PictureNoise> noises = [.. UnClipRenderings.Requests.Select(request => new PictureNoise(request.Seed))];

        var embeddings = stage.DrawEmbeddings([.. UnClipRenderings.Requests.Select((request, row) => new StageRow(request.Prompt, request.NegativePrompt, noises[row], plan))], () => { });

        for (var row = 0; row < noises.Count; row++) TensorAssert.Close(expected.Read($"{row}"), embeddings.narrow(0, row, 1), EmbeddingTolerance);
        noises.ForEach(noise => noise.Dispose());
    }
}
