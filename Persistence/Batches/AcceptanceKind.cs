namespace RenderFarm.Persistence.Batches;

/// <summary>What became of a submitted batch (I9).</summary>
public enum AcceptanceKind
{
    /// <summary>Stored.</summary>
    Created,

    /// <summary>The key came before with the same request: this is the batch of then.</summary>
    Repeated,

    /// <summary>The key came before with another request: nothing was stored.</summary>
    KeyReused,
}
