namespace RenderFarm.Api.Submissions;

/// <summary>The answer to a message can be told to nobody; trying again does not help.</summary>
internal sealed class UnansweredException(string message) : Exception(message);
