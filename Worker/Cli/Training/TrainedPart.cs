namespace RenderFarm.Cli.Training;

/// <summary>What is trained, by the options that it takes besides those of all.</summary>
internal enum TrainedPart
{
    /// <summary>None.</summary>
    Other,

    /// <summary>Whose states are kept.</summary>
    TextEncoder,

    /// <summary>A diffusion model's.</summary>
    Stage,
}
