using RenderFarm.Diffusion.Text;
using RenderFarm.Testing;

namespace RenderFarm.Training.Tests;

/// <summary>The vocabulary that ships with the bundled cascade.</summary>
internal static class BundledVocabulary
{
    public static T5Tokenizer Load() => T5Tokenizer.Load(Path.Combine(Repository.Root, "Worker", "Models", "shapes", "base", "tokenizer", "spiece.model"));
}
