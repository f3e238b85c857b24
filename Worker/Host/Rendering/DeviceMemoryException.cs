namespace RenderFarm.Worker.Rendering;

/// <summary>The device has too little memory for so many works at once.</summary>
public sealed class DeviceMemoryException(string message, Exception? inner = null) : Exception(message, inner);
