namespace RenderFarm.Training.Evaluation;

/// <summary>How many of those asked for came out right.</summary>
/// <param name="Name">What was asked for.</param>
/// <param name="Right">How many were right.</param>
/// <param name="Asked">How many were asked for.</param>
public sealed record Rate(string Name, int Right, int Asked)
{
    /// <summary>Right out of asked, 0 to 1; 1 when nothing was asked.</summary>
    public double Share => Asked == 0 ? 1 : Right / (double)Asked;
}
