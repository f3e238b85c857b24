namespace RenderFarm.ServerTesting.Links;

/// <summary>What a link does to those who talk over it.</summary>
public enum LinkState
{
    /// <summary>Carries everything.</summary>
    Open,

    /// <summary>Closes its connections and every new one.</summary>
    Cut,

    /// <summary>Keeps connections and takes new ones, and carries nothing until it is open again.</summary>
    Stalled,

    /// <summary>Carries little at a time, late.</summary>
    Slow,
}
