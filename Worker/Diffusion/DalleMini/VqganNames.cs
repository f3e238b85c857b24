using System.Text.RegularExpressions;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>Checkpoints number levels and their blocks by "up_3.block_0", lists of modules by "up.3.block.0"; and the autoencoder calls a block's 1x1 convolution otherwise.</summary>
internal static partial class VqganNames
{
    public static string Key(string name) => Level().Replace(Block().Replace(name, "$1.$2."), "$1.$2.").Replace(".nin_shortcut.", ".conv_shortcut.", StringComparison.Ordinal);

    [GeneratedRegex(@"(?<=\.(?:up|down)_[0-9]+\.)(block|attn)_([0-9]+)\.", RegexOptions.CultureInvariant)]
    private static partial Regex Block();

    [GeneratedRegex(@"(?<=\.)(up|down)_([0-9]+)\.", RegexOptions.CultureInvariant)]
    private static partial Regex Level();
}
