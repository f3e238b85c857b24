using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;

namespace RenderFarm.Training.Evaluation;

/// <summary>What drew an evaluation's pictures.</summary>
/// <param name="Name">The model's name in cascade.json.</param>
/// <param name="WeightsSha256">What identifies its weights; see <see cref="Cascade.WeightsSha256"/>.</param>
/// <param name="Stages">The settings that each stage drew with.</param>
public sealed record EvaluatedModel(string Name, string WeightsSha256, IReadOnlyList<StageProvenance> Stages)
{
    /// <summary>What the cascade says of its pictures.</summary>
    public static EvaluatedModel Of(Provenance provenance)
    {
        ArgumentNullException.ThrowIfNull(provenance);
        return new(provenance.Model, provenance.WeightsSha256, provenance.Stages);
    }
}
