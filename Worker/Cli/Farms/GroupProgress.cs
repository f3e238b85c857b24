namespace RenderFarm.Cli.Farms;

/// <summary>Where a group of pictures is in the cascade.</summary>
/// <param name="Stage">Name of the stage.</param>
/// <param name="Number">The stage's number, from 1.</param>
/// <param name="Stages">How many stages there are.</param>
/// <param name="Step">Steps done in the stage.</param>
/// <param name="Steps">Steps of the stage.</param>
internal sealed record GroupProgress(string Stage, int Number, int Stages, int Step, int Steps)
{
    public override string ToString() => $"stage {Number} of {Stages} ({Stage}), step {Step} of {Steps}";
}
