using System.Text.RegularExpressions;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>Checkpoints number levels and their blocks by "up_3.block_0"; lists of modules by "up.3.block.0".</summary>
internal static partial class VqganNames
{
    public static string Key(string name) => Level().Replace(Block().Replace(name, "$1.$2."), "$1.$2.");

    [GeneratedRegex(@"(?<=\.(?:up|down)_[0-9]+\.)(block|attn)_([0-9]+)\.", RegexOptions.CultureInvariant)]
    private static partial Regex Block();

    [GeneratedRegex(@"(?<=\.)(up|down)_([0-9]+)\.", RegexOptions.CultureInvariant)]
    private static partial Regex Level();
}
