namespace RenderFarm.Cli.Farms;

/// <summary>Nothing answers at the farm's address: it is not running, or restarting.</summary>
internal sealed class FarmUnreachableException(string message, Exception innerException) : Exception(message, innerException);
