namespace RenderFarm.Diffusion.Networks.Blocks;

/// <summary>What a residual block does to height and width.</summary>
internal enum Resampling
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Halves them, by the mean of two by two.</summary>
    Down,

    /// <summary>Doubles them, by repeating.</summary>
    Up,
}
