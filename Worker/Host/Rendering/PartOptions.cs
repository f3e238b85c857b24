namespace RenderFarm.Worker.Rendering;

/// <summary>Where one part of the cascade computes, and in which number format.</summary>
public sealed class PartOptions
{
    /// <summary>As <see cref="RenderingOptions.Device"/>. Default: the cascade's.</summary>
    public string? Device { get; set; }

    /// <summary>As <see cref="RenderingOptions.Dtype"/>. Default: the cascade's, or where that is not set, what suits the device.</summary>
    public string? Dtype { get; set; }
}
