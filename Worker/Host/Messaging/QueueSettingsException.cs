namespace RenderFarm.Worker.Messaging;

/// <summary>The broker has a queue or exchange of a name that the worker uses, with other settings: only a person can tell which is right.</summary>
internal sealed class QueueSettingsException(string message, Exception cause) : Exception(message, cause);
