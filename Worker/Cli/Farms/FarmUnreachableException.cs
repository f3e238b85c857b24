namespace RenderFarm.Cli.Farms;

/// <summary>Nothing answers at the farm's address, or not to the end: it is not running, or restarting.</summary>
internal sealed class FarmUnreachableException(string message, Exception innerException) : Exception(message, innerException)
{
    /// <summary>Whether something had answered, so that a request may have been carried out.</summary>
    public bool WasThere { get; init; }
}
