using System.Text.Json.Nodes;

namespace RenderFarm.Diffusion.Tests.Peers;

/// <summary>One stage of a <see cref="PeerCase"/>.</summary>
/// <param name="UNet">unet/config.json.</param>
/// <param name="Scheduler">scheduler/scheduler_config.json.</param>
/// <param name="Defaults">The stage's entry in cascade.json.</param>
internal sealed record PeerStage(JsonObject UNet, JsonObject Scheduler, JsonObject Defaults);
