namespace RenderFarm.Api.Start;

/// <summary>The farm cannot start as it is set up; the message says why and what to do.</summary>
public sealed class FarmStartException(string message, Exception? inner = null) : Exception(message, inner);
