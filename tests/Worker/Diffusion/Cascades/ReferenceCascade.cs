using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Testing;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Cascades;

/// <summary>The first two stages of the recorded cascade, whose vocabulary lies outside the repository.</summary>
internal static class ReferenceCascade
{
    public static string Folder => Path.GetDirectoryName(Reference.PathOf("cascade", "cascade.json"))!;

    public static Cascade Load(CascadeOptions? options = null) => Cascade.Load(Folder, (options ?? new CascadeOptions { Dtype = ScalarType.Float32 }) with { StageCount = 2 });

    private static readonly string[] Prompts = ["a photo of a corgi", "two blue squares above a green circle", "雪の日", "a cup of coffee"];

    public static RenderRequest Request(int index = 0) => new()
    {
        Prompt = Prompts[index % Prompts.Length],
        NegativePrompt = index % 2 == 0 ? "" : "blurry",
        Seed = 40 + index,
    };

    /// <summary>Renders until the running test is stopped.</summary>
    public static IReadOnlyList<RenderResult> Draw(this Cascade cascade, IReadOnlyList<RenderRequest> requests, Action<RenderProgress>? progress = null) =>
        cascade.Render(requests, progress, TestContext.Current.CancellationToken);
}
