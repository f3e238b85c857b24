using System.Text.Json.Nodes;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Tests.Cascades;
using RenderFarm.Testing;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Peers;

/// <summary>The cascade that ships is a folder that diffusers' users can load, and both draw the same pictures from it, however good they are.</summary>
public sealed class ShippedCascadeTests : IDisposable
{
    private const string Name = "shapes";

    /// <summary>Grey levels; both round float32 results of differently ordered sums.</summary>
    private const int LevelTolerance = 2;

    private static readonly string Shipped = Path.Combine(Repository.Root, "Worker", "Models", Name);

    private static readonly RenderRequest[] Requests =
    [
        new() { Prompt = "a big red star in the centre on a white background", Seed = 1 },
        new() { Prompt = "a small blue ring in the top-left corner and a big yellow heart in the bottom-right corner on a black background", NegativePrompt = "a green square", Seed = 2 },
        new() { Prompt = "Ein zeppelin, a circle ☂", Seed = 3 },
    ];

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Render_EveryStage_EqualsDiffusers()
    {
        var folder = _folder[Name];
        CopyModel(folder);
        File.WriteAllLines(Path.Combine(folder, "requests.jsonl"), Requests.Select((request, index) => new JsonObject
        {
            ["custom_id"] = $"{index}", ["prompt"] = request.Prompt, ["negative_prompt"] = request.NegativePrompt, ["seed"] = request.Seed,
        }.ToJsonString()));
        PeerRenderings.Draw(_folder.Root, [Name]);
        PeerRenderings.Demand(folder);
        using var cascade = Cascade.Load(Shipped, new CascadeOptions { Dtype = ScalarType.Float32 });

        var results = cascade.Draw(Requests);

        for (var request = 0; request < results.Count; request++)
        {
            Assert.Equal(cascade.StageCount, results[request].Stages.Count);
            foreach (var stage in results[request].Stages)
                PictureAssert.Close(PeerRenderings.Expected(folder, request, stage.Key), stage.Picture, LevelTolerance);
        }
    }

    public void Dispose() => _folder.Dispose();

    // The checkout stays as it is: requests and pictures lie in the copy.
    private static void CopyModel(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(Shipped, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(folder, Path.GetRelativePath(Shipped, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
