namespace RenderFarm.Persistence.Broker;

/// <summary>The broker has a queue or exchange of a name that the farm uses, with other settings: only a person can tell which is right.</summary>
public sealed class QueueSettingsException(string message, Exception cause) : Exception(message, cause);
