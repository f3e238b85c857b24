namespace RenderFarm.Cli.Training;

/// <summary>Kinds of what is trained, which have options of their own.</summary>
internal enum TrainedPart
{
    /// <summary>One with no options of its own.</summary>
    Other,

    TextEncoder,

    /// <summary>A diffusion model.</summary>
    Stage,
}
