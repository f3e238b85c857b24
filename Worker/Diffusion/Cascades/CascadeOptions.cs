using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Cascades;

/// <summary>How a cascade is loaded.</summary>
public sealed record CascadeOptions
{
    /// <summary>Pictures drawn together where neither these options nor cascade.json say.</summary>
    internal const int UsualBatch = 4;

    /// <summary>Where the networks compute; the CPU by default.</summary>
    public Device Device { get; init; } = torch.CPU;

    /// <summary>Their number format; null chooses by device (<see cref="DtypeChoice"/>).</summary>
    public ScalarType? Dtype { get; init; }

    /// <summary>Another place for the text encoder.</summary>
    public ComponentPlacement? TextEncoder { get; init; }

    /// <summary>Other places for single stages, by key: stage1, stage2 …</summary>
    public IReadOnlyDictionary<string, ComponentPlacement> Stages { get; init; } = new Dictionary<string, ComponentPlacement>();

    /// <summary>Load only so many of the stages; null for all.</summary>
    public int? StageCount { get; init; }

    /// <summary>Most pictures drawn together; null for what cascade.json says, or 4.</summary>
    public int? MaxBatch { get; init; }

    /// <summary>Memory for encoded prompts kept between calls; 256 MiB by default.</summary>
    public long TextCacheBytes { get; init; } = 256L << 20;

    /// <summary>
    /// True cleans prompts for T5 as DeepFloyd IF does (links, markup, odd characters removed); false only trims and lowers the case. CLIP's
    /// are taken as they are.
    /// </summary>
    public bool CleanPrompts { get; init; }

    internal Placement PlacementOf(ComponentPlacement? part)
    {
        var device = part?.Device ?? Device;
        return new Placement(device, Supported(part?.Dtype ?? Dtype ?? DtypeChoice.For(device)));
    }

    private static ScalarType Supported(ScalarType dtype) => dtype is ScalarType.Float32 or ScalarType.BFloat16 or ScalarType.Float16
        ? dtype
        : throw new SettingsException($"The dtype is {dtype}; expected float32, bfloat16 or float16.");
}
