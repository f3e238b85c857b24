using RenderFarm.Training.Evaluation.Judging;

namespace RenderFarm.Training.Evaluation;

/// <summary>What came out of one split's captions.</summary>
public sealed record SplitReport
{
    /// <summary>"seen" (colour-shape pairs of training) or "unseen" (held out).</summary>
    public required string Name { get; init; }

    /// <summary>Objects by attribute: present, place, size, colour, shape, fill; an absent object is wrong in all.</summary>
    public required IReadOnlyList<Rate> Attributes { get; init; }

    /// <summary>Objects right in everything that their caption says.</summary>
    public required Rate ObjectsRight { get; init; }

    /// <summary>Pictures with the right background.</summary>
    public required Rate Backgrounds { get; init; }

    /// <summary>Pictures with all objects and the background right, and nothing else in them.</summary>
    public required Rate PicturesRight { get; init; }

    /// <summary>Pictures whose relation or number of objects is right; empty in the first world.</summary>
    public required IReadOnlyList<Rate> ByArrangement { get; init; }

    /// <summary>Edits whose asked change is right, in all and by kind; empty for other tasks.</summary>
    public IReadOnlyList<Rate> Changed { get; init; } = [];

    /// <summary>Edits in which everything else was kept, in all and by kind; empty for other tasks.</summary>
    public IReadOnlyList<Rate> Kept { get; init; } = [];

    /// <summary>Things found that no caption asks for.</summary>
    public required int Extras { get; init; }

    /// <summary>Objects fully right, by the shape asked for.</summary>
    public required IReadOnlyList<Rate> ByShape { get; init; }

    /// <summary>Objects fully right, by the colour asked for.</summary>
    public required IReadOnlyList<Rate> ByColour { get; init; }

    /// <summary>Shapes and colours drawn for others, most frequent first.</summary>
    public required IReadOnlyList<Confusion> Confusions { get; init; }

    /// <summary>Edges and flat areas.</summary>
    public required SharpnessReport Sharpness { get; init; }

    /// <summary>Every picture that is not right.</summary>
    public required IReadOnlyList<Failure> Failures { get; init; }
}
