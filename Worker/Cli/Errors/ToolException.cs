namespace RenderFarm.Cli.Errors;

/// <summary>Something the user can mend. The text names the value, what was expected and the remedy; it is shown as it is.</summary>
internal sealed class ToolException : Exception
{
    public ToolException(string message) : base(message) { }

    public ToolException(string message, Exception innerException) : base(message, innerException) { }
}
