using System.Text.Json;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Models;
using RenderFarm.Contracts.Pictures;

namespace RenderFarm.Api.Batches;

/// <summary>Reads a job's settings per stage and fills in the model's defaults.</summary>
internal sealed class StageReader
{
    // One object for all jobs that set nothing: what is derived from it later is derived once.
    private readonly Dictionary<string, IReadOnlyDictionary<string, StageSettings>> _defaults = [];

    public IReadOnlyDictionary<string, StageSettings> Read(JsonElement? given, ModelDescription model, IEnumerable<string> roles, InputPlace place)
    {
        if (!_defaults.TryGetValue(model.Name, out var defaults))
            _defaults[model.Name] = defaults = model.Stages.ToDictionary(stage => stage.Name, Default);
        if (given is not { } stages)
            return Possible(defaults, model, roles, place);
        if (stages.ValueKind != JsonValueKind.Object)
        {
            place.Refuse("stages", $"'stages' is {JsonFields.Kind(stages)}; give an object such as {{\"{model.Stages[0].Name}\": {{\"steps\": 20}}}}.");
            return defaults;
        }

        var settings = new Dictionary<string, StageSettings>(defaults);
        foreach (var property in stages.EnumerateObject())
        {
            var stage = model.Stages.FirstOrDefault(stage => stage.Name == property.Name);
            if (stage is null)
                place.In("stages").Refuse(property.Name, $"Model '{model.Name}' has no stage '{property.Name}'; its stages are {string.Join(", ", model.Stages.Select(s => s.Name))}.");
            else
                settings[stage.Name] = Read(property.Value, stage, defaults[stage.Name], roles, place.In("stages").In(stage.Name));
        }

        return Possible(settings, model, roles, place);
    }

    /// <summary>Settings of which each could be met and all together cannot are refused.</summary>
    private static IReadOnlyDictionary<string, StageSettings> Possible(
        IReadOnlyDictionary<string, StageSettings> settings, ModelDescription model, IEnumerable<string> roles, InputPlace place)
    {
        var starts = roles.Contains(InputRole.Start);
        foreach (var stage in model.Stages)
        {
            var (chosen, where) = (settings[stage.Name], place.In("stages").In(stage.Name));
            if (chosen is { Sampler: NeedsFirstSteps, Timesteps: not null })
                where.Refuse("sampler", $"'sampler' is '{chosen.Sampler}', which takes no timesteps ({chosen.Timesteps}); give 'steps', or another sampler: {string.Join(", ", stage.Samplers.Where(name => name != NeedsFirstSteps))}.");
            if (!starts || !stage.TakesStart)
                continue;
            if (chosen.Sampler == NeedsFirstSteps)
                where.Refuse("sampler", $"'sampler' is '{chosen.Sampler}', which cannot begin at a picture; give another: {string.Join(", ", stage.Samplers.Where(name => name != NeedsFirstSteps))}.");
            if (chosen is { Strength: > 0 and <= 1 and var strength, Steps: { } steps } && (int)(steps * strength) == 0) // rounded as the worker does
                where.Refuse("strength", FormattableString.Invariant($"'strength' is {strength}, which leaves none of {steps} steps; give at least {Math.Ceiling(1e4 / steps) / 1e4}, or more steps."));
        }
        return settings;
    }

    private static StageSettings Default(StageDescription stage) => new()
    {
        Steps = TakesSteps(stage) ? stage.Steps : null, Guidance = stage.Guidance, NoiseLevel = stage.NoiseLevel, Sampler = stage.Sampler,
        Timesteps = stage.Timesteps, Eta = stage.Eta, TopK = stage.TopK, Temperature = stage.Temperature,
        PriorSteps = stage.PriorSteps, PriorGuidance = stage.PriorGuidance, SuperResolutionSteps = stage.SuperResolutionSteps,
    };

    private const int MostSteps = 1000;

    /// <summary>A multistep sampler whose later steps build on its first ones, which a start picture saves.</summary>
    private const string NeedsFirstSteps = "pndm";

    /// <summary>Its steps are spread from the first noise level to the last, both among them.</summary>
    private const int LeastOfUnClip = 2;

    private static readonly (string Setting, string Role)[] NeedsPicture = [("strength", InputRole.Start), ("mask_noise", InputRole.Mask)];

    private static bool HasSampler(StageDescription stage) => stage.Sampler is not null;

    private static bool TakesSteps(StageDescription stage) => HasSampler(stage) || IsUnClip(stage);

    private static bool IsUnClip(StageDescription stage) => stage.PriorSteps is not null;

    /// <summary>Settings that only stages of another kind have.</summary>
    private static string[] NotOf(StageDescription stage) =>
    [
        .. TakesSteps(stage) ? [] : new[] { "steps" },
        .. HasSampler(stage) ? [] : new[] { "sampler", "timesteps", "eta" },
        .. stage.NoiseLevel is null ? ["noise_level"] : Array.Empty<string>(),
        .. stage.TakesStart ? [] : new[] { "strength", "mask_noise" },
        .. stage.TopK is null ? ["top_k", "temperature"] : Array.Empty<string>(),
        .. IsUnClip(stage) ? [] : new[] { "prior_steps", "prior_guidance", "super_resolution_steps" },
    ];

    private static StageSettings Read(JsonElement element, StageDescription stage, StageSettings defaults, IEnumerable<string> roles, InputPlace place)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            place.Refuse(null, $"Settings of a stage are an object, not {JsonFields.Kind(element)}.");
            return defaults;
        }

        JsonFields.RefuseOthers(element, place, "steps", "guidance", "noise_level", "sampler", "timesteps", "eta", "strength", "mask_noise", "top_k", "temperature",
            "prior_steps", "prior_guidance", "super_resolution_steps");
        foreach (var setting in NotOf(stage).Where(setting => JsonFields.TryGet(element, setting, out _)))
            place.Refuse(setting, $"Stage '{stage.Name}' takes no {setting}; leave it out.");
        var sampler = JsonFields.Text(element, "sampler", place);
        if (sampler is not null && HasSampler(stage) && !stage.Samplers.Contains(sampler))
            place.Refuse("sampler", $"Unknown sampler '{sampler}'; stage '{stage.Name}' has {string.Join(", ", stage.Samplers)}.");
        var steps = (int?)JsonFields.Whole(element, "steps", IsUnClip(stage) ? LeastOfUnClip : 1, MostSteps, place);
        var timesteps = JsonFields.Text(element, "timesteps", place);
        if (steps is not null && timesteps is not null)
            place.Refuse("timesteps", "Both 'steps' and 'timesteps' are given; choose one.");
        if (!TakesSteps(stage))
            steps = null;
        if (!HasSampler(stage))
            timesteps = null;
        foreach (var (setting, role) in NeedsPicture.Where(need => !roles.Contains(need.Role) && JsonFields.TryGet(element, need.Setting, out _)))
            place.Refuse(setting, $"'{setting}' is given, but the job has no '{role}'; give that picture, or leave {setting} out.");
        var strength = JsonFields.Real(element, "strength", 0, 1, place);
        if (strength == 0)
            place.Refuse("strength", "'strength' is 0, which leaves nothing to be drawn; give a number above 0, at most 1.");
        return new()
        {
            Steps = steps ?? (timesteps is null ? defaults.Steps : TimestepReader.Count(timesteps, stage, place)),
            Timesteps = timesteps ?? (steps is null ? defaults.Timesteps : null),
            Eta = JsonFields.Real(element, "eta", 0, 1, place) ?? defaults.Eta,
            Guidance = JsonFields.Real(element, "guidance", 0, 100, place) ?? defaults.Guidance,
            NoiseLevel = (int?)JsonFields.Whole(element, "noise_level", 0, 999, place) ?? defaults.NoiseLevel,
            Sampler = sampler ?? defaults.Sampler,
            Strength = strength,
            MaskNoise = JsonFields.Flag(element, "mask_noise", place),
            TopK = (int?)JsonFields.Whole(element, "top_k", 1, 1_000_000, place) ?? defaults.TopK,
            Temperature = JsonFields.Real(element, "temperature", 0, 100, place) ?? defaults.Temperature,
            PriorSteps = (int?)JsonFields.Whole(element, "prior_steps", LeastOfUnClip, MostSteps, place) ?? defaults.PriorSteps,
            PriorGuidance = JsonFields.Real(element, "prior_guidance", 0, 100, place) ?? defaults.PriorGuidance,
            SuperResolutionSteps = (int?)JsonFields.Whole(element, "super_resolution_steps", LeastOfUnClip, MostSteps, place) ?? defaults.SuperResolutionSteps,
        };
    }
}
