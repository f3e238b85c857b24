using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using RenderFarm.Diffusion.Weights;

namespace RenderFarm.Diffusion.Sampling;

/// <summary>
/// Turns the text of a <c>scheduler_config.json</c> into a <see cref="SchedulerConfig"/>. Keys of other schedulers are ignored, as
/// diffusers ignores them (files are shared between classes); a value that would change the pictures and has no code here is refused.
/// </summary>
internal sealed partial class SchedulerConfigReader
{
    private static readonly Dictionary<string, SamplerKind> Kinds = new(StringComparer.Ordinal)
    {
        ["DDPMScheduler"] = SamplerKind.Ddpm,
        ["DDIMScheduler"] = SamplerKind.Ddim,
        ["PNDMScheduler"] = SamplerKind.Pndm,
        ["DPMSolverMultistepScheduler"] = SamplerKind.DpmSolver,
        ["EulerDiscreteScheduler"] = SamplerKind.Euler,
    };

    private static readonly Dictionary<string, BetaSchedule> BetaSchedules = new(StringComparer.Ordinal)
    {
        ["linear"] = BetaSchedule.Linear,
        ["scaled_linear"] = BetaSchedule.ScaledLinear,
        ["squaredcos_cap_v2"] = BetaSchedule.SquaredCosine,
    };

    private static readonly Dictionary<string, PredictionType> Predictions = new(StringComparer.Ordinal)
    {
        ["epsilon"] = PredictionType.Epsilon,
        ["sample"] = PredictionType.Sample,
        ["v_prediction"] = PredictionType.Velocity,
    };

    private static readonly Dictionary<string, VarianceType> Variances = new(StringComparer.Ordinal)
    {
        ["fixed_small"] = VarianceType.FixedSmall,
        ["fixed_small_log"] = VarianceType.FixedSmallLog,
        ["fixed_large"] = VarianceType.FixedLarge,
        ["learned"] = VarianceType.Learned,
        ["learned_range"] = VarianceType.LearnedRange,
    };

    private static readonly Dictionary<string, TimestepSpacing> Spacings = new(StringComparer.Ordinal)
    {
        ["leading"] = TimestepSpacing.Leading,
        ["trailing"] = TimestepSpacing.Trailing,
        ["linspace"] = TimestepSpacing.Linspace,
    };

    private static readonly Dictionary<string, SolverType> Solvers = new(StringComparer.Ordinal)
    {
        ["midpoint"] = SolverType.Midpoint,
        ["heun"] = SolverType.Heun,
    };

    private static readonly Dictionary<string, bool> Algorithms = new(StringComparer.Ordinal) { ["dpmsolver++"] = false, ["sde-dpmsolver++"] = true };

    private static readonly Dictionary<string, bool> FinalSigmas = new(StringComparer.Ordinal) { ["zero"] = true, ["sigma_min"] = false };

    private static readonly string[] MustBeFalse =
    [
        "rescale_betas_zero_snr", "use_exponential_sigmas", "use_beta_sigmas", "use_lu_lambdas", "use_flow_sigmas", "use_dynamic_shifting",
    ];

    private const int MostTimesteps = 100_000;

    private const double MostBeta = 0.999;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly string _path;
    private readonly JsonElement _keys;

    public SchedulerConfigReader(string json, string path)
    {
        _path = path;
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
        // Python writes infinities as bare words, which JSON does not have.
        var text = BareNumber().Replace(json, match => match.Value[0] == '"' ? match.Value : $"\"{match.Value}\"");
        try
        {
            using var document = JsonDocument.Parse(text, Strict);
            _keys = document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path} is not JSON: {JsonFault.Explain(exception)}", exception);
        }
        if (_keys.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"{path} holds no JSON object.");
    }

    /// <summary>Of the text, in lower-case hexadecimal; for a file in UTF-8 without a byte order mark, what sha256sum prints.</summary>
    public string Sha256 { get; }

    /// <param name="path">A <c>scheduler_config.json</c>.</param>
    /// <exception cref="InvalidDataException">The file holds no JSON object.</exception>
    public static SchedulerConfigReader Open(string path) => new(ConfigFile.Read(path), path);

    /// <param name="asKind">Another scheduler to use with the same noise schedule, or null for the one the file names.</param>
    /// <exception cref="InvalidDataException">The file asks for something there is no code for; the text names key and value.</exception>
    public SchedulerConfig Read(SamplerKind? asKind)
    {
        try
        {
            return ReadKeys(asKind);
        }
        // Half of a surrogate pair, as an escape, surfaces when the string is taken out.
        catch (InvalidOperationException error)
        {
            throw new InvalidDataException($"{_path}: a text is not valid Unicode ({error.Message})", error);
        }
    }

    private SchedulerConfig ReadKeys(SamplerKind? asKind)
    {
        var kind = asKind ?? Choice("_class_name", Kinds)
            ?? throw new InvalidDataException($"{_path} has no _class_name; expected one of {string.Join(", ", Kinds.Keys)}.");
        RefuseUnsupported();
        var config = new SchedulerConfig
        {
            Kind = kind,
            TrainTimesteps = Whole("num_train_timesteps", 1000, 1, MostTimesteps),
            BetaSchedule = Choice("beta_schedule", BetaSchedules) ?? BetaSchedule.Linear,
            BetaStart = Number("beta_start", 0.0001),
            BetaEnd = Number("beta_end", 0.02),
            Prediction = Choice("prediction_type", Predictions) ?? PredictionType.Epsilon,
            Variance = kind == SamplerKind.Ddpm ? Choice("variance_type", Variances) ?? VarianceType.FixedSmall : null,
            ClipSample = Flag("clip_sample", kind is SamplerKind.Ddpm or SamplerKind.Ddim),
            ClipRange = Number("clip_sample_range", 1),
            DynamicThreshold = Flag("thresholding", false),
            ThresholdRatio = Number("dynamic_thresholding_ratio", 0.995),
            ThresholdMaximum = Number("sample_max_value", 1),
            Spacing = Choice("timestep_spacing", Spacings) ?? (kind is SamplerKind.DpmSolver or SamplerKind.Euler ? TimestepSpacing.Linspace : TimestepSpacing.Leading),
            StepsOffset = Whole("steps_offset", 0, 0, MostTimesteps),
        };
        return Check(kind switch
        {
            SamplerKind.Ddim => config with { SetAlphaToOne = Flag("set_alpha_to_one", true) },
            SamplerKind.Pndm => ReadPndm(config),
            SamplerKind.DpmSolver or SamplerKind.Euler => ReadSigmas(config),
            _ => config,
        });
    }

    private SchedulerConfig ReadPndm(SchedulerConfig config)
    {
        if (config.Prediction == PredictionType.Sample) throw Unsupported("prediction_type", "sample", "epsilon, v_prediction for the sampler pndm");
        return config with { SetAlphaToOne = Flag("set_alpha_to_one", false), RungeKuttaSteps = !Flag("skip_prk_steps", false) };
    }

    private SchedulerConfig ReadSigmas(SchedulerConfig config) => config with
    {
        SolverOrder = Whole("solver_order", 2, 1, 2),
        SolverType = Choice("solver_type", Solvers) ?? SolverType.Midpoint,
        Stochastic = config.Kind == SamplerKind.DpmSolver && (Choice("algorithm_type", Algorithms) ?? false),
        LowerOrderFinal = Flag("lower_order_final", true),
        EulerAtFinal = Flag("euler_at_final", false),
        KarrasSigmas = Flag("use_karras_sigmas", false),
        LambdaMinClipped = Number("lambda_min_clipped", double.NegativeInfinity),
        FinalSigmaIsZero = Choice("final_sigmas_type", FinalSigmas) ?? true,
        SigmaMin = OptionalNumber("sigma_min"),
        SigmaMax = OptionalNumber("sigma_max"),
    };

    private SchedulerConfig Check(SchedulerConfig config)
    {
        void Within(string key, double? value, double most, string expected)
        {
            if (value is not null && !(value > 0 && value <= most)) throw Unsupported(key, value.Value.ToString(CultureInfo.InvariantCulture), expected);
        }

        Within("dynamic_thresholding_ratio", config.ThresholdRatio, 1, "more than 0, at most 1");
        Within("beta_start", config.BetaStart, MostBeta, $"more than 0, at most {MostBeta}");
        Within("beta_end", config.BetaEnd, MostBeta, $"more than 0, at most {MostBeta}");
        Within("clip_sample_range", config.ClipRange, float.MaxValue, "a positive number");
        Within("sample_max_value", config.ThresholdMaximum, float.MaxValue, "a positive number");
        Within("sigma_max", config.SigmaMax, float.MaxValue, "a positive number, or null");
        Within("sigma_min", config.SigmaMin, Math.BitDecrement(config.SigmaMax ?? float.MaxValue), "a positive number that is less than sigma_max, or null");
        if (double.IsNaN(config.LambdaMinClipped) || config.LambdaMinClipped == double.PositiveInfinity)
            throw Unsupported("lambda_min_clipped", config.LambdaMinClipped.ToString(CultureInfo.InvariantCulture), "a number or -Infinity");
        var least = new NoiseSchedule(config).AlphaBar(config.TrainTimesteps - 1);
        if (!(least > 0))
            throw Unsupported("beta_end", $"{config.BetaEnd} over {config.TrainTimesteps} num_train_timesteps", "betas that leave some of the picture (the last alphas_cumprod is 0)");
        return config;
    }

    /// <summary>Keys that have one value here: any other is a different computation.</summary>
    private void RefuseUnsupported()
    {
        foreach (var key in MustBeFalse)
        {
            if (Flag(key, false)) throw Unsupported(key, "true", "false");
        }
        if (Find("trained_betas") is { } betas) throw Unsupported("trained_betas", betas.GetRawText(), "null");
        Choice("interpolation_type", new Dictionary<string, bool> { ["linear"] = true });
        Choice("timestep_type", new Dictionary<string, bool> { ["discrete"] = true });
    }

    private JsonElement? Find(string key) =>
        _keys.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private double Number(string key, double missing) => OptionalNumber(key) ?? missing;

    private double? OptionalNumber(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value => value.GetDouble(),
        { ValueKind: JsonValueKind.String } value when double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        { } other => throw Unsupported(key, other.GetRawText(), "a number"),
    };

    private int Whole(string key, int missing, int least, int most)
    {
        if (OptionalNumber(key) is not { } number) return missing;
        if (number == Math.Floor(number) && number >= least && number <= most) return (int)number;
        throw Unsupported(key, Find(key)!.Value.GetRawText(), $"a whole number from {least} to {most}");
    }

    private bool Flag(string key, bool missing) => Find(key) switch
    {
        null => missing,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => throw Unsupported(key, other.GetRawText(), "true or false"),
    };

    private T? Choice<T>(string key, Dictionary<string, T> choices) where T : struct
    {
        if (Find(key) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.String && choices.TryGetValue(value.GetString()!, out var chosen)) return chosen;
        throw Unsupported(key, value.GetRawText(), string.Join(", ", choices.Keys));
    }

    private InvalidDataException Unsupported(string key, string value, string expected) =>
        new($"{_path}: {key} is {value}; supported: {expected}.");

    [GeneratedRegex("""
        "(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b
        """)]
    private static partial Regex BareNumber();
}
