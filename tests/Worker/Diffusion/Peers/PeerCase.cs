using System.Text.Json.Nodes;

namespace RenderFarm.Diffusion.Tests.Peers;

/// <summary>A model of an unusual kind and what to draw with it.</summary>
/// <param name="Name">Its folder's name.</param>
/// <param name="Text">Text encoder's config.json.</param>
/// <param name="Stages">One or two.</param>
/// <param name="Requests">Prompt, negative prompt and seed.</param>
internal sealed record PeerCase(string Name, JsonObject Text, IReadOnlyList<PeerStage> Stages, IReadOnlyList<(string Prompt, string Negative, long Seed)> Requests)
{
    public override string ToString() => Name;
}
