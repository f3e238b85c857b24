using System.ComponentModel.DataAnnotations;
using RenderFarm.Diffusion.Cascades;

namespace RenderFarm.Worker.Rendering;

/// <summary>What a worker process renders, and on what.</summary>
public sealed class RenderingOptions : IValidatableObject
{
    public const string Section = "Rendering";

    /// <summary>The name of the text encoder in <see cref="Parts"/>.</summary>
    internal const string TextEncoder = "text";

    /// <summary>The model's folder, with its cascade.json.</summary>
    public string? Model { get; set; }

    /// <summary>Device by name, such as "cpu" or "cuda:0"; one worker process per device. Default: cpu.</summary>
    public string Device { get; set; } = "cpu";

    /// <summary>Number format of the networks: float32, bfloat16 or float16. Default: the fastest that the device computes in hardware.</summary>
    public string? Dtype { get; set; }

    /// <summary>Cleans prompts as DeepFloyd IF does: links, markup and odd characters are removed before the model reads them. Default: false.</summary>
    public bool CleanPrompts { get; set; }

    /// <summary>Memory for the model on each device in GiB; where all its parts do not fit, they take turns. Default: what is free when it is loaded.</summary>
    [Range(0.001, 1 << 20)]
    public double? Memory { get; set; }

    /// <summary>Other places for single parts, by name: text, stage1, stage2 and so on.</summary>
    public Dictionary<string, PartOptions> Parts { get; } = new(StringComparer.OrdinalIgnoreCase);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var hasModel = !string.IsNullOrWhiteSpace(Model) && Directory.Exists(Model);
        if (!hasModel) yield return new($"{Section}:Model is '{Model}'; name a folder with a cascade.json.", [nameof(Model)]);
        if (RenderPlace.Fault($"{Section}:", Device, Dtype) is { } fault) yield return new(fault, [nameof(Device)]);
        foreach (var (part, place) in Parts)
            if (RenderPlace.Fault($"{Section}:Parts:{part}:", place.Device, place.Dtype) is { } wrong) yield return new(wrong, [nameof(Parts)]);
        if (!hasModel || Parts.Count == 0) yield break;
        var known = Cascade.Inspect(Model!).Stages.Select(stage => stage.Key).Prepend(TextEncoder).ToList();
        foreach (var part in Parts.Keys.Except(known, StringComparer.OrdinalIgnoreCase))
            yield return new($"{Section}:Parts:{part} names a part that the model '{Model}' has not; its parts are {string.Join(", ", known)}.", [nameof(Parts)]);
    }

    /// <summary>How the cascade is to be loaded. The settings are valid.</summary>
    internal CascadeOptions ToCascade()
    {
        var places = Parts.ToDictionary(
            part => part.Key.ToLowerInvariant(),
            part => new ComponentPlacement(part.Value.Device is { } device ? RenderPlace.Device(device) : null, RenderPlace.Dtype(part.Value.Dtype)));
        return new CascadeOptions
        {
            Device = RenderPlace.Device(Device),
            Dtype = RenderPlace.Dtype(Dtype),
            TextEncoder = places.GetValueOrDefault(TextEncoder),
            Stages = places.Where(place => place.Key != TextEncoder).ToDictionary(),
            CleanPrompts = CleanPrompts,
            Memory = (long?)(Memory * (1L << 30)),
        };
    }
}
