using RenderFarm.Testing;

namespace RenderFarm.Diffusion.Tests.Text;

/// <summary>Recorded outputs of transformers and SentencePiece.</summary>
internal static class TextGoldens
{
    private static readonly string Root = Path.Combine(Repository.Root, "tests", "Worker", "Diffusion", "Text", "Goldens");

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);
}
