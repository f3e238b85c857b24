namespace RenderFarm.Worker.Rendering;

/// <summary>The device is of no more use to this process, which gives its work back and ends.</summary>
public sealed class DeviceFailedException(string message, Exception? inner = null) : Exception(message, inner);
