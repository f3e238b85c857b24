namespace RenderFarm.Persistence;

/// <summary>The database's schema is older than this build; the message says what it lacks and the remedy.</summary>
public sealed class SchemaBehindException(string message) : Exception(message);
