using System.Text.Json;

namespace RenderFarm.Api.Batches;

/// <summary>A job that was read before the batch's own fields, on which it relies, were known.</summary>
/// <param name="Index">Among the jobs read.</param>
/// <param name="NeedsModel">Whether it names no model.</param>
/// <param name="Stages">Its settings, to be checked against the model then.</param>
/// <param name="Roles">What it names pictures for.</param>
/// <param name="NeedsPriority">Whether it names no priority.</param>
/// <param name="Place">Where it stands.</param>
internal readonly record struct OpenJob(int Index, bool NeedsModel, JsonElement? Stages, IEnumerable<string> Roles, bool NeedsPriority, InputPlace Place);
