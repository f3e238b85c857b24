using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using RenderFarm.Contracts.Batches;
using RenderFarm.Api.Pictures;
using RenderFarm.Contracts.Models;
using RenderFarm.Contracts.Pictures;
using RenderFarm.Persistence.Batches;

namespace RenderFarm.Api.Batches;

/// <summary>Reads the jobs of one batch: checks each, fills in defaults, and says everything that is wrong with it.</summary>
internal sealed class JobReader(IReadOnlyList<ModelDescription> models, string? defaultModel, JobPictures pictures, int maxJobs)
{
    public const int MaxPromptLength = 2000;
    private const int MaxCustomIdLength = 128;
    private static readonly Dictionary<string, StageSettings> Open = [];
    private readonly HashSet<string> _customIds = new(StringComparer.Ordinal);
    private readonly List<NewJob> _jobs = [];
    private readonly List<int> _unnamed = [];
    private readonly List<OpenJob> _open = [];
    private readonly StageReader _stages = new();

    /// <summary>The jobs read so far; complete after <see cref="Finish"/>.</summary>
    public IReadOnlyList<NewJob> Jobs => _jobs;

    /// <summary>Model of jobs that name none.</summary>
    public string? Model { get; set; }

    /// <summary>Priority of jobs that name none.</summary>
    public int Priority { get; set; }

    /// <summary>Whether <see cref="Model"/> may still change.</summary>
    public bool IsModelOpen { get; set; }

    /// <summary>Whether <see cref="Priority"/> may still change.</summary>
    public bool IsPriorityOpen { get; set; }

    public void Read(JsonElement element, InputPlace place)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            place.Refuse(null, $"A job is an object such as {{\"prompt\": \"…\"}}, not {JsonFields.Kind(element)}.");
            return;
        }

        var before = place.Errors.Items.Count;
        JsonFields.RefuseOthers(element, place, ["custom_id", "prompt", "negative_prompt", "seed", "stages", "model", "priority", .. InputRole.All]);
        var customId = CustomId(element, place);
        var names = pictures.Read(element, place);
        var prompt = Prompt(element, "prompt", place);
        if (string.IsNullOrWhiteSpace(prompt) && !names.ContainsKey(InputRole.Reference) && place.Errors.Items.Count == before)
            place.Refuse("prompt", "'prompt' is empty; say in 1 to 2,000 characters what the picture shows.");
        var negative = Prompt(element, "negative_prompt", place);
        var seed = JsonFields.Whole(element, "seed", 0, long.MaxValue, place);
        var priority = (int?)JsonFields.Whole(element, "priority", -10, 10, place);
        var name = JsonFields.Text(element, "model", place);
        JsonElement? stages = JsonFields.TryGet(element, "stages", out var given) ? given : null;
        var isOpen = name is null && IsModelOpen;
        var model = isOpen ? null : FindModel(name ?? Model, place);
        var settings = isOpen ? Open : model is null ? null : Settings(stages, model, names.Keys, place);
        if (place.Errors.Items.Count > before || place.Errors.IsFull)
            return;

        pictures.Note(_jobs.Count, names, place);
        if (customId is null)
            _unnamed.Add(_jobs.Count);
        if (isOpen || (priority is null && IsPriorityOpen))
            _open.Add(new(_jobs.Count, isOpen, isOpen ? stages?.Clone() : null, names.Keys, priority is null, place));
        _jobs.Add(new()
        {
            CustomId = customId ?? string.Empty,
            Model = model?.Name ?? string.Empty,
            Priority = priority ?? Priority,
            Prompt = string.IsNullOrWhiteSpace(prompt) ? string.Empty : prompt,
            NegativePrompt = string.IsNullOrEmpty(negative) ? null : negative,
            Seed = seed ?? RandomNumberGenerator.GetInt32(int.MaxValue),
            Settings = settings!,
        });
    }

    /// <summary>Whether reading goes on; what stops it is among the errors.</summary>
    public bool WantsMore(InputErrors errors)
    {
        if (_jobs.Count > maxJobs)
            errors.Add(null, null, $"The batch has more than {maxJobs} jobs; send several batches.");
        return _jobs.Count <= maxJobs && !errors.IsFull;
    }

    /// <summary>Completes the jobs, now that everything is read.</summary>
    public void Finish(InputErrors errors)
    {
        if (_jobs.Count == 0 && errors.Items.Count == 0)
            errors.Add(null, "jobs", "The batch has no jobs; give at least one.");
        foreach (var open in _open.TakeWhile(_ => !errors.IsFull))
            Complete(open);
        foreach (var index in _unnamed)
            _jobs[index] = _jobs[index] with { CustomId = FreeId(index + 1) };
    }

    private void Complete(OpenJob open)
    {
        var job = _jobs[open.Index];
        if (open.NeedsPriority)
            job = job with { Priority = Priority };
        if (open.NeedsModel && FindModel(Model, open.Place) is { } model)
            job = job with { Model = model.Name, Settings = Settings(open.Stages, model, open.Roles, open.Place) };
        _jobs[open.Index] = job;
    }

    private IReadOnlyDictionary<string, StageSettings> Settings(JsonElement? stages, ModelDescription model, IEnumerable<string> roles, InputPlace place)
    {
        foreach (var role in roles.Except(model.Inputs))
            place.Refuse(role, $"Model '{model.Name}' cannot use a picture as '{role}'; {(model.Inputs.Count == 0 ? "leave it out" : $"it can use {string.Join(", ", model.Inputs)}")}, or choose another model.");
        return _stages.Read(stages, model, roles, place);
    }

    /// <summary>The id that the sender gave; null if none.</summary>
    private string? CustomId(JsonElement element, InputPlace place)
    {
        if (JsonFields.Text(element, "custom_id", place) is not { } id)
            return null;
        if (id.Length is 0 or > MaxCustomIdLength || id.Any(char.IsControl))
            place.Refuse("custom_id", $"'custom_id' has {id.Length} characters; give 1 to {MaxCustomIdLength}, none of them a control character.");
        else if (!_customIds.Add(id))
            place.Refuse("custom_id", $"'{id}' is the custom_id of an earlier job of this batch; give each job its own.");
        return id;
    }

    /// <summary>An id for a job without: by its place, and where the sender gave that to another, with a number behind it.</summary>
    private string FreeId(int place)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"job-{place}");
        var id = name;
        for (var number = 2; !_customIds.Add(id); number++)
            id = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
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

    private ModelDescription? FindModel(string? wanted, InputPlace place)
    {
        var name = wanted ?? defaultModel;
        var model = models.FirstOrDefault(model => model.Name == name);
        if (model is null)
            place.Refuse("model", models.Count == 0
                ? "No worker has offered a model yet; start a worker, then submit again."
                : $"Unknown model '{name}'; known are {string.Join(", ", models.Select(known => known.Name))}.");
        return model;
    }
}
