namespace RenderFarm.Contracts.Pictures;

/// <summary>What a job uses a picture for; the names of the fields that name one. A model says which of them it can use.</summary>
public static class InputRole
{
    /// <summary>Drawn over, instead of beginning with noise alone.</summary>
    public const string Start = "start";

    /// <summary>Of the size of <see cref="Start"/>: light where that is drawn anew, dark where it stays.</summary>
    public const string Mask = "mask";

    /// <summary>Looked at, and drawn again as the prompt says; without a prompt, what it shows.</summary>
    public const string Reference = "reference";

    /// <summary>Every role.</summary>
    public static IReadOnlyList<string> All { get; } = [Start, Mask, Reference];
}
