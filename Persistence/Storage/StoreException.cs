namespace RenderFarm.Persistence.Storage;

/// <summary>The store could not do it now (network, disk full, damaged upload); trying again later may help.</summary>
public sealed class StoreException(string message, Exception? inner = null) : Exception(message, inner);
