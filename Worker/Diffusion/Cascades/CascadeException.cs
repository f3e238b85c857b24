namespace RenderFarm.Diffusion.Cascades;

/// <summary>
/// A model folder that cannot be used as it is: files missing, damaged, or of a kind there is no code for. Trying again changes nothing;
/// the text names the file, what is wrong with it and the remedy.
/// </summary>
public sealed class CascadeException : Exception
{
    /// <inheritdoc />
    public CascadeException(string message) : base(message) { }

    /// <inheritdoc />
    public CascadeException(string message, Exception innerException) : base(message, innerException) { }

    /// <inheritdoc />
    public CascadeException() { }
}
