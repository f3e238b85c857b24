using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Cascades;

/// <summary>Where one part of a cascade computes, and in which number format.</summary>
/// <param name="Device">Null for the cascade's device.</param>
/// <param name="Dtype">Float32, BFloat16 or Float16; null for the cascade's, or if that is null, too, for what suits the device.</param>
public sealed record ComponentPlacement(Device? Device = null, ScalarType? Dtype = null);
