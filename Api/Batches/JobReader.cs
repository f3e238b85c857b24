using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Models;
using RenderFarm.Persistence.Batches;

namespace RenderFarm.Api.Batches;

/// <summary>Reads the jobs of one batch: checks each, fills in defaults, and says everything that is wrong with it.</summary>
internal sealed class JobReader(IReadOnlyList<ModelDescription> models, string? defaultModel)
{
    public const int MaxPromptLength = 2000;
    private const int MaxCustomIdLength = 128;
    private readonly HashSet<string> _customIds = new(StringComparer.Ordinal);
    private readonly List<NewJob> _jobs = [];
    private readonly StageReader _stages = new();

    /// <summary>The jobs read so far.</summary>
    public IReadOnlyList<NewJob> Jobs => _jobs;

    /// <summary>Model of jobs that name none.</summary>
    public string? Model { get; set; }

    /// <summary>Priority of jobs that name none.</summary>
    public int Priority { get; set; }

    public void Read(JsonElement element, InputPlace place)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            place.Refuse(null, $"A job is an object such as {{\"prompt\": \"…\"}}, not {JsonFields.Kind(element)}.");
            return;
        }

        var before = place.Errors.Items.Count;
        JsonFields.RefuseOthers(element, place, "custom_id", "prompt", "negative_prompt", "seed", "stages", "model", "priority");
        var customId = CustomId(element, place);
        var prompt = Prompt(element, "prompt", place);
        if (string.IsNullOrWhiteSpace(prompt) && place.Errors.Items.Count == before)
            place.Refuse("prompt", "'prompt' is empty; say in 1 to 2,000 characters what the picture shows.");
        var negative = Prompt(element, "negative_prompt", place);
        var seed = JsonFields.Whole(element, "seed", 0, long.MaxValue, place);
        var priority = (int?)JsonFields.Whole(element, "priority", -10, 10, place) ?? Priority;
        var model = FindModel(element, place);
        var settings = model is null ? null : _stages.Read(element, model, place);
        if (place.Errors.Items.Count == before && !place.Errors.IsFull)
            _jobs.Add(new()
            {
                CustomId = customId,
                Model = model!.Name,
                Priority = priority,
                Prompt = prompt!,
                NegativePrompt = string.IsNullOrEmpty(negative) ? null : negative,
                Seed = seed ?? RandomNumberGenerator.GetInt32(int.MaxValue),
                Settings = settings!,
            });
    }

    private string CustomId(JsonElement element, InputPlace place)
    {
        var given = JsonFields.Text(element, "custom_id", place);
        var id = given ?? string.Create(CultureInfo.InvariantCulture, $"job-{_customIds.Count + 1}");
        if (id.Length is 0 or > MaxCustomIdLength || id.Any(char.IsControl))
            place.Refuse("custom_id", $"'custom_id' has {id.Length} characters; give 1 to {MaxCustomIdLength}, none of them a control character.");
        else if (!_customIds.Add(id))
            place.Refuse("custom_id", $"'{id}' is the custom_id of an earlier job of this batch; give each job its own.");
        return id;
    }

    private static string? Prompt(JsonElement element, string field, InputPlace place)
    {
        if (JsonFields.Text(element, field, place) is not { } text)
            return null;
        var length = text.EnumerateRunes().Count();
        if (length > MaxPromptLength)
            place.Refuse(field, $"'{field}' has {length} characters; give at most {MaxPromptLength}.");
        else if (text.Contains('\0', StringComparison.Ordinal))
            place.Refuse(field, $"'{field}' holds the character U+0000; leave it out.");
        return text;
    }

    private ModelDescription? FindModel(JsonElement element, InputPlace place)
    {
        var name = JsonFields.Text(element, "model", place) ?? Model ?? defaultModel;
        var model = models.FirstOrDefault(model => model.Name == name);
        if (model is null)
            place.Refuse("model", models.Count == 0
                ? "No worker has offered a model yet; start a worker, then submit again."
                : $"Unknown model '{name}'; known are {string.Join(", ", models.Select(known => known.Name))}.");
        return model;
    }
}
