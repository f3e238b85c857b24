namespace RenderFarm.Diffusion.Sampling;

/// <summary>
/// A request asks for something no picture can be drawn with: too many steps, an unknown sampler, an empty prompt. Asking again changes
/// nothing; the text names the setting, its value and the remedy.
/// </summary>
public sealed class SettingsException : Exception
{
    /// <inheritdoc />
    public SettingsException(string message) : base(message) { }

    /// <inheritdoc />
    public SettingsException(string message, Exception innerException) : base(message, innerException) { }

    /// <inheritdoc />
    public SettingsException() { }
}
