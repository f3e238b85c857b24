using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Pictures;

namespace RenderFarm.Persistence.Batches;

/// <summary>
/// Names what jobs must have in common to share a forward pass: model, each stage's steps or timesteps, sampler, eta, noise level, strength, mask_noise, prior_steps and
/// super_resolution_steps, and the roles of the pictures that they start from. Guidance, prior_guidance, top_k, temperature, seed, prompt, reference and the pictures themselves may differ;
/// of start pictures of different shapes the renderer makes passes of their own.
/// </summary>
public static class CompatibilityKey
{
    /// <summary>Sixteen hexadecimal digits, equal for compatible jobs.</summary>
    /// <param name="model">By name.</param>
    /// <param name="settings">By stage.</param>
    /// <param name="roles">What pictures are used for.</param>
    public static string Of(string model, IReadOnlyDictionary<string, StageSettings> settings, IEnumerable<string> roles)
    {
        var text = new StringBuilder(model);
        foreach (var (stage, set) in settings.OrderBy(stage => stage.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"|{stage}:{set.Steps}:{set.Sampler}:{set.NoiseLevel}");
            if (set.Timesteps is not null || set.Eta is not null)
                text.Append(CultureInfo.InvariantCulture, $":{set.Timesteps}:{set.Eta}");
            if (set.Strength is not null || set.MaskNoise is not null)
                text.Append(CultureInfo.InvariantCulture, $":start {set.Strength} {set.MaskNoise}");
            if (set.PriorSteps is not null || set.SuperResolutionSteps is not null)
                text.Append(CultureInfo.InvariantCulture, $":unclip {set.PriorSteps} {set.SuperResolutionSteps}");
        }

        // A reference only changes what is drawn, as a prompt does.
        foreach (var role in roles.Where(role => role != InputRole.Reference).Order(StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"|{role}");

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 8));
    }
}
