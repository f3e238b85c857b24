namespace RenderFarm.Worker.Rendering;

/// <summary>The work cannot be done, however often it is tried.</summary>
public sealed class PermanentRenderException(string message, Exception? inner = null) : Exception(message, inner);
