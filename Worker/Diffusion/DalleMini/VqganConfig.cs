using RenderFarm.Diffusion.Weights;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>The structure of a VQGAN (Esser et al. 2021), as its config.json states it (vqgan-jax, configuration_vqgan.py).</summary>
internal sealed record VqganConfig
{
    /// <summary>Channels at the picture's resolution.</summary>
    public int Ch { get; init; } = 128;

    /// <summary>Channels of each level as a multiple of <see cref="Ch"/>, the picture's resolution first; each level halves height and width.</summary>
    public IReadOnlyList<int> ChMult { get; init; } = [1, 1, 2, 2, 4];

    /// <summary>Residual blocks per level; on the way up one more.</summary>
    public int NumResBlocks { get; init; } = 2;

    /// <summary>Levels of which height and width have attention.</summary>
    public IReadOnlyList<int> AttnResolutions { get; init; } = [16];

    /// <summary>Height and width of the pictures.</summary>
    public int Resolution { get; init; } = 256;

    /// <summary>Channels of the smallest map.</summary>
    public int ZChannels { get; init; } = 256;

    /// <summary>Numbers per code.</summary>
    public int EmbedDim { get; init; } = 256;

    /// <summary>Codes in the book.</summary>
    public int NEmbed { get; init; } = 1024;

    private const string Kind = "a VQGAN";

    private const int Widest = 1 << 14, MostLevels = 12, MostBlocks = 100, LargestPicture = 8192, LargestBook = 1 << 24;

    private static readonly (string Key, string Expected)[] Fixed =
        [("in_channels", "3"), ("out_ch", "3"), ("double_z", "false"), ("resamp_with_conv", "true"), ("give_pre_end", "false")];

    /// <summary>Number of resolutions.</summary>
    public int Levels => ChMult.Count;

    /// <summary>Height and width of the map of codes.</summary>
    public int Side => Resolution >> (Levels - 1);

    /// <exception cref="WeightsException">The file is missing, no such configuration, or of a network that there is no code for; names key and value.</exception>
    public static VqganConfig Load(string path)
    {
        var config = ConfigText.Read<VqganConfig>(path, Kind, Fixed);
        ConfigText.CheckSizes(path,
            ("ch_mult's length", config.Levels, MostLevels), ("ch", config.Ch, Widest), ("num_res_blocks", config.NumResBlocks, MostBlocks), ("resolution", config.Resolution, LargestPicture),
            ("z_channels", config.ZChannels, Widest), ("embed_dim", config.EmbedDim, Widest), ("n_embed", config.NEmbed, LargestBook));
        for (var level = 0; level < config.Levels; level++)
        {
            var channels = (long)config.Ch * config.ChMult[level];
            if (channels < 1 || channels > Widest || channels % VqganNorm.Groups != 0)
                throw new WeightsException($"'{path}' has ch = {config.Ch} and ch_mult = [{string.Join(", ", config.ChMult)}]; expected are products from {VqganNorm.Groups} to {Widest} that {VqganNorm.Groups} divides.");
        }
        if (config.Side << (config.Levels - 1) != config.Resolution)
            throw new WeightsException($"'{path}' has resolution = {config.Resolution}; expected is a multiple of {1 << (config.Levels - 1)}, as ch_mult has {config.Levels} levels.");
        return config;
    }

    /// <summary>Channels of a level.</summary>
    public long Channels(int level) => (long)Ch * ChMult[level];

    /// <summary>Whether a level has attention.</summary>
    public bool HasAttention(int level) => AttnResolutions.Contains(Resolution >> level);
}
