using System.Text.Json;
using System.Text.Json.Serialization;

namespace RenderFarm.Training.Evaluation;

/// <summary>The measured quality of a cascade.</summary>
/// <param name="Plan">What was asked.</param>
/// <param name="Splits">Seen pairs, then unseen ones.</param>
public sealed record EvaluationReport(EvaluationPlan Plan, IReadOnlyList<SplitReport> Splits)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    /// <summary>RenderFarm's version.</summary>
    [JsonPropertyOrder(-2)]
    public string Version { get; init; } = typeof(EvaluationReport).Assembly.GetName().Version!.ToString(3);

    /// <summary>What drew the pictures; null where nothing is known of it, as of pictures drawn from the scenes themselves.</summary>
    [JsonPropertyOrder(-1)]
    public EvaluatedModel? Model { get; init; }

    /// <summary>The report as indented JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>The report as a table of plain text.</summary>
    public override string ToString() => EvaluationTable.Render(this);
}
