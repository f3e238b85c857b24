using System.Text.Json.Serialization;

namespace RenderFarm.Diffusion.Networks;

/// <summary>What a network is told beside time and text.</summary>
public enum ClassEmbedType
{
    /// <summary>A second timestep: the noise level of the low-resolution picture.</summary>
    [JsonStringEnumMemberName("timestep")]
    Timestep,
}
