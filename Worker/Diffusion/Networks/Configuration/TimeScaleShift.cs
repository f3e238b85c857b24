using System.Text.Json.Serialization;

namespace RenderFarm.Diffusion.Networks.Configuration;

/// <summary>How the time embedding enters a residual block.</summary>
public enum TimeScaleShift
{
    /// <summary>Added to the features after the first convolution.</summary>
    [JsonStringEnumMemberName("default")]
    Default,

    /// <summary>Scales and shifts the second normalisation (Dhariwal and Nichol 2021).</summary>
    [JsonStringEnumMemberName("scale_shift")]
    ScaleShift,
}
