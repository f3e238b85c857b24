namespace RenderFarm.Worker.Rendering;

/// <summary>How far a call is.</summary>
/// <param name="Stage">Name of the stage that runs.</param>
/// <param name="Step">Steps of it that are done.</param>
/// <param name="Steps">Steps of it in all.</param>
public sealed record RenderStep(string Stage, int Step, int Steps)
{
    /// <summary>Of the works that are drawn in this step, those that can be seen.</summary>
    public IReadOnlyList<WorkLook> Looks { get; init; } = [];

    /// <summary>What a look takes, as a share of what a look at the stage's finished picture takes.</summary>
    public double LookPart { get; init; } = 1;
}
