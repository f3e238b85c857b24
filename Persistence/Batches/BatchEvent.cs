namespace RenderFarm.Persistence.Batches;

/// <summary>What can happen to a batch.</summary>
public enum BatchEvent
{
    /// <summary>Its tenant wants nothing more of it begun for now.</summary>
    Pause,

    /// <summary>Its tenant wants it to go on.</summary>
    Resume,

    /// <summary>Its last job reached a terminal state.</summary>
    Finish,
}
