namespace RenderFarm.Training;

/// <summary>A run that cannot begin or go on as asked; the message says why and what to do.</summary>
public sealed class TrainingException : Exception
{
    public TrainingException(string message) : base(message)
    {
    }
}
