using System.Text.Json;

namespace RenderFarm.Training.Evaluation;

/// <summary>The measured quality of a cascade.</summary>
/// <param name="Plan">What was asked.</param>
/// <param name="Splits">Seen pairs, then unseen ones.</param>
public sealed record EvaluationReport(EvaluationPlan Plan, IReadOnlyList<SplitReport> Splits)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The report as indented JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>The report as a table of plain text.</summary>
    public override string ToString() => EvaluationTable.Render(this);
}
