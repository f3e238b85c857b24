namespace RenderFarm.Diffusion.Weights;

/// <summary>
/// A weight file or folder that cannot be used as it is: damaged, hostile, of another format or of another network. Trying again does not
/// help.
/// </summary>
public sealed class WeightsException : Exception
{
    /// <summary>Says what is wrong with which file or key, and the remedy.</summary>
    public WeightsException(string message) : base(message)
    {
    }

    /// <summary>As the other constructor, keeping the error that revealed it.</summary>
    public WeightsException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
