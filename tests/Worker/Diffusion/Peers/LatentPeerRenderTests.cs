using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Tests.Cascades;
using RenderFarm.Testing;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Peers;

/// <summary>Stable Diffusion folders that diffusers saved: both draw the same pictures from them.</summary>
public sealed class LatentPeerRenderTests(LatentPeerRenderings peer) : IClassFixture<LatentPeerRenderings>
{
    /// <summary>Grey levels; both round float32 results of differently ordered sums.</summary>
    private const int LevelTolerance = 2;

    public static TheoryData<string> Cases => [.. LatentPeerRenderings.Names];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Render_FolderSavedByDiffusers_EqualsDiffusers(string name) => Check(peer.FolderOf(name), name, new StageSettings());

    /// <summary>The peer's folder differs from the other only in that its scheduler was made from the other's, as diffusers' users do it.</summary>
    [Theory]
    [InlineData("sd1-pndm", "euler", "sd1-euler")]
    [InlineData("sd1-pndm", "ddim", "sd1-ddim")]
    [InlineData("sd2-v-ddim", "pndm", "sd2-v-runge-kutta")]
    public void Render_OtherSampler_EqualsDiffusersOtherScheduler(string folder, string sampler, string drawnBy) =>
        Check(peer.FolderOf(folder), drawnBy, new StageSettings { Sampler = sampler });

    private void Check(string folder, string expectedName, StageSettings settings)
    {
        Assert.True(Cascade.Inspect(folder).IsComplete, string.Join('\n', Cascade.Inspect(folder).AllErrors));
        using var cascade = Cascade.Load(folder, new CascadeOptions { Dtype = ScalarType.Float32 });

        var results = cascade.Draw([.. LatentPeerRenderings.Requests.Select(request => request with { Settings = new Dictionary<string, StageSettings> { ["stage1"] = settings } })]);

        for (var request = 0; request < results.Count; request++)
        {
            foreach (var stage in results[request].Stages)
            {
                var expected = PeerRenderings.Expected(peer.FolderOf(expectedName), request, stage.Key);
                // A picture that is all of one grey would agree with anything.
                Assert.True(expected.Rgb.ToArray().Distinct().Count() > 30, $"{expectedName} draws nothing worth comparing");
                PictureAssert.Close(expected, stage.Picture, LevelTolerance);
            }
        }
    }
}
