using System.Text.Json.Serialization;

namespace RenderFarm.Diffusion.Networks.Configuration;

/// <summary>What a network is told beside time and text.</summary>
public enum ClassEmbedType
{
    /// <summary>A second timestep: the noise level of the low-resolution picture.</summary>
    [JsonStringEnumMemberName("timestep")]
    Timestep,

    /// <summary>A vector that is added to the time embedding as it is: what unCLIP's decoder is told of the picture to draw.</summary>
    [JsonStringEnumMemberName("identity")]
    Identity,
}
