using System.Text.Json.Serialization;

namespace RenderFarm.Diffusion.Networks.Configuration;

/// <summary>A non-linearity between layers.</summary>
public enum ActivationFunction
{
    /// <summary>x Φ(x), by the error function and not its tanh approximation (Hendrycks and Gimpel 2016).</summary>
    [JsonStringEnumMemberName("gelu")]
    Gelu,

    /// <summary>x σ(x), also called swish.</summary>
    [JsonStringEnumMemberName("silu")]
    Silu,
}
