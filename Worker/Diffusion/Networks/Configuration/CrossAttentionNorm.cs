using System.Text.Json.Serialization;

namespace RenderFarm.Diffusion.Networks.Configuration;

/// <summary>What normalises the text states before attention.</summary>
public enum CrossAttentionNorm
{
    /// <summary>Group normalisation over the tokens and a group of channels.</summary>
    [JsonStringEnumMemberName("group_norm")]
    GroupNorm,
}
