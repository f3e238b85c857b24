using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.StartPictures;
using RenderFarm.Diffusion.Tests.Cascades;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Peers;

/// <summary>Pictures drawn over a picture, whole or behind a mask, are those of diffusers' pipelines.</summary>
public sealed class StartPeerTests(StartRenderings peer) : IClassFixture<StartRenderings>
{
    private const int LevelTolerance = 2;

    public static TheoryData<string, string, bool> Cases
    {
        get
        {
            var data = new TheoryData<string, string, bool>();
            foreach (var model in StartRenderings.Cases)
                foreach (var shape in StartRenderings.Shapes.Keys)
                    foreach (var masked in (bool[])[false, true]) data.Add(model.Name, shape, masked);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Render_OverAPicture_EqualsDiffusers(string name, string shape, bool masked)
    {
        var folder = peer.FolderOf(name);
        var (prompt, negative, seed) = StartRenderings.Cases.Single(model => model.Name == name).Requests[0];
        using var cascade = Cascade.Load(folder, new CascadeOptions { Dtype = ScalarType.Float32 });

        var result = cascade.Draw([new RenderRequest { Prompt = prompt, NegativePrompt = negative, Seed = seed, Start = StartPicture.Read(peer.Start(shape), masked ? peer.Mask(shape) : []) }])[0];

        foreach (var stage in result.Stages)
            PictureAssert.Close(PeerRenderings.Expected(folder, $"{shape}-{(masked ? 1 : 0)}", stage.Key), stage.Picture, LevelTolerance);
    }
}
