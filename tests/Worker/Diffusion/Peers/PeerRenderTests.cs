using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Tests.Cascades;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Peers;

/// <summary>Folders that we write are loaded by diffusers, and both draw the same pictures from them.</summary>
public sealed class PeerRenderTests(PeerRenderings peer) : IClassFixture<PeerRenderings>
{
    /// <summary>Grey levels; both round float32 results of differently ordered sums.</summary>
    private const int LevelTolerance = 2;

    public static TheoryData<string> Cases => [.. PeerCases.All.Select(model => model.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Render_UnusualModel_EqualsDiffusers(string name)
    {
        var folder = peer.FolderOf(name);
        var model = PeerCases.All.Single(model => model.Name == name);
        using var cascade = Cascade.Load(folder, new CascadeOptions { Dtype = ScalarType.Float32 });

        var results = cascade.Draw([.. model.Requests.Select(request => new RenderRequest { Prompt = request.Prompt, NegativePrompt = request.Negative, Seed = request.Seed })]);

        for (var request = 0; request < results.Count; request++)
        {
            Assert.Equal(model.Stages.Count, results[request].Stages.Count);
            foreach (var stage in results[request].Stages)
            {
                var expected = PeerRenderings.Expected(folder, request, stage.Key);
                // A picture that is all black or white would agree with anything.
                Assert.True(expected.Rgb.ToArray().Distinct().Count() > 30, $"{name} draws nothing worth comparing");
                PictureAssert.Close(expected, stage.Picture, LevelTolerance);
            }
        }
    }
}
