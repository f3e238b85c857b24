using System.Text.Json.Serialization;

namespace RenderFarm.Diffusion.Networks.Configuration;

/// <summary>What is added to the time embedding.</summary>
public enum AdditionEmbedType
{
    /// <summary>The text states, pooled by attention.</summary>
    [JsonStringEnumMemberName("text")]
    Text,
}
