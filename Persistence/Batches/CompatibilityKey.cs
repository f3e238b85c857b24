using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RenderFarm.Contracts.Batches;

namespace RenderFarm.Persistence.Batches;

/// <summary>
/// Names what jobs must have in common to share a forward pass: model, and each stage's steps or timesteps, sampler, eta and noise level.
/// Guidance, top_k, temperature, seed and prompt may differ.
/// </summary>
public static class CompatibilityKey
{
    /// <summary>Sixteen hexadecimal digits, equal for compatible jobs.</summary>
    public static string Of(string model, IReadOnlyDictionary<string, StageSettings> settings)
    {
        var text = new StringBuilder(model);
        foreach (var (stage, set) in settings.OrderBy(stage => stage.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"|{stage}:{set.Steps}:{set.Sampler}:{set.NoiseLevel}");
            if (set.Timesteps is not null || set.Eta is not null)
                text.Append(CultureInfo.InvariantCulture, $":{set.Timesteps}:{set.Eta}");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 8));
    }
}
