using System.Text.Json.Nodes;

namespace RenderFarm.Diffusion.Tests.Peers;

/// <summary>Models unlike the recorded ones: each changes depth, widths, heads, scheduler and prompts together.</summary>
internal static class PeerCases
{
    private static readonly string LongPrompt = string.Join(' ', Enumerable.Range(0, 50).Select(i => $"and then {i} more birds of paradise"));

    public static IReadOnlyList<PeerCase> All { get; } =
    [
        new("ddpm-deep-two-stages", Text(2, 32, 4), [
            new(UNet(16, [32, 64, 96], [1, 2, 1], 16), Scheduler("DDPMScheduler", Cosine, LearnedRange), Defaults(6, 7)),
            new(Enlarging(32, [32, 64], [2, 1], 32), Scheduler("DDPMScheduler", Cosine, LearnedRange, ("sample_max_value", 1.0)), Defaults(4, 4, 100)),
        ], [("a red panda", "", 3), (LongPrompt, "low quality", 4)]),
        new("ddim-fixed-variance", Text(1, 64, 2), [
            new(UNet(24, [64, 64], [2, 1], 8, ("out_channels", 6), ("norm_num_groups", 16), ("act_fn", "silu")),
                Scheduler("DDIMScheduler", ("beta_schedule", "scaled_linear"), ("beta_end", 0.012), ("variance_type", "fixed_small"), ("clip_sample", true), ("steps_offset", 1), ("set_alpha_to_one", false)),
                Defaults(7, 5)),
        ], [("Ein Bär fährt Fahrrad über die Brücke", "traurig", 5), ("雪の日に傘をさす猫 ☂", "", 6)]),
        new("dpm-solver-many-steps", Text(3, 32, 2), [
            new(UNet(16, [32, 32, 64], [1], 32, ("only_cross_attention", true)),
                Scheduler("DPMSolverMultistepScheduler", Cosine, LearnedRange, ("lambda_min_clipped", -5.1), ("solver_type", "heun"), ("final_sigmas_type", "sigma_min")), Defaults(17, 3)),
        ], [("Ёлка в снегу, очень красивая", "", 7)]),
        new("dpm-solver-sde-two-stages", Text(1, 32, 2), [
            new(UNet(16, [32, 64], [1, 1], 16), Scheduler("DPMSolverMultistepScheduler", Cosine, LearnedRange, ("algorithm_type", "sde-dpmsolver++"), ("timestep_spacing", "leading")), Defaults(5, 2)),
            new(Enlarging(32, [32, 32], [1, 1], 16), Scheduler("DDPMScheduler", Cosine, LearnedRange), Defaults(3, 2, 0)),
        ], [("the generator goes on where the first stage left it", "", 8)]),
        new("euler-two-stages", Text(1, 32, 2), [
            new(UNet(16, [32, 64], [1, 2], 16), Scheduler("EulerDiscreteScheduler", ("beta_schedule", "scaled_linear"), ("prediction_type", "v_prediction"), ("variance_type", "fixed_small"), ("timestep_spacing", "trailing")), Defaults(6, 3)),
            new(Enlarging(32, [32, 64], [1, 1], 16), Scheduler("EulerDiscreteScheduler", ("beta_schedule", "scaled_linear"), ("prediction_type", "v_prediction"), ("variance_type", "fixed_small"), ("use_karras_sigmas", true)), Defaults(5, 3, 400)),
        ], [("euler", "", 9)]),
        new("velocity-without-guidance", Text(2, 32, 4), [
            new(UNet(16, [96, 64], [1, 1], 32, ("resnet_skip_time_act", true), ("time_embedding_act_fn", "gelu")),
                Scheduler("DDPMScheduler", ("beta_schedule", "linear"), ("prediction_type", "v_prediction"), ("variance_type", "fixed_large"), ("timestep_spacing", "trailing"), ("clip_sample", true)), Defaults(6, 1)),
        ], [("no guidance at all", "never seen", 10)]),
        new("ddpm-linspace-four-levels", Text(1, 32, 2), [
            new(UNet(16, [32, 32, 32, 64], [1, 1, 2, 1], 16, ("only_cross_attention", new JsonArray(false, true, false, true)), ("mid_block_only_cross_attention", true), ("resnet_out_scale_factor", 1.41422712)),
                Scheduler("DDPMScheduler", Cosine, ("variance_type", "fixed_small_log"), ("timestep_spacing", "linspace"), ("clip_sample", true), ("clip_sample_range", 1.2)), Defaults(5, 9)),
        ], [("  Trailing   SPACES and Capitals  ", "", 11)]),
        new("dpm-solver-karras", Text(1, 32, 2), [
            new(UNet(16, [32, 64], [2, 2], 64), Scheduler("DPMSolverMultistepScheduler", ("beta_schedule", "scaled_linear"), ("variance_type", "fixed_small"), ("use_karras_sigmas", true), ("prediction_type", "v_prediction")), Defaults(8, 1)),
        ], [("karras", "", 12)]),
    ];

    private static (string, JsonNode?) Cosine => ("beta_schedule", "squaredcos_cap_v2");

    private static (string, JsonNode?) LearnedRange => ("variance_type", "learned_range");

    private static JsonObject Defaults(int steps, double guidance, int? noiseLevel = null)
    {
        var defaults = new JsonObject { ["steps"] = steps, ["guidance"] = guidance };
        if (noiseLevel is { } level) defaults["noise_level"] = level;
        return defaults;
    }

    private static JsonObject Scheduler(string kind, params (string Key, JsonNode? Value)[] keys)
    {
        var config = new JsonObject { ["_class_name"] = kind, ["num_train_timesteps"] = 1000 };
        if (keys.Any(key => key.Value?.ToString() == "learned_range")) (config["thresholding"], config["dynamic_thresholding_ratio"], config["sample_max_value"]) = (true, 0.95, 1.5);
        return With(config, keys);
    }

    private static JsonObject Text(int layers, int width, int heads) => new()
    {
        ["architectures"] = new JsonArray("T5EncoderModel"), ["model_type"] = "t5", ["d_model"] = width, ["d_kv"] = 16, ["d_ff"] = 3 * width, ["num_heads"] = heads,
        ["num_layers"] = layers, ["vocab_size"] = 32128, ["feed_forward_proj"] = "gated-gelu", ["relative_attention_num_buckets"] = 32,
        ["relative_attention_max_distance"] = 128, ["layer_norm_epsilon"] = 1e-6, ["is_encoder_decoder"] = false, ["pad_token_id"] = 0, ["eos_token_id"] = 1,
    };

    private static JsonObject UNet(int size, int[] channels, int[] layers, int headSize, params (string Key, JsonNode? Value)[] keys)
    {
        var levels = channels.Length;
        return With(new JsonObject
        {
            ["_class_name"] = "UNet2DConditionModel", ["sample_size"] = size, ["in_channels"] = 3, ["out_channels"] = 6, ["act_fn"] = "gelu",
            ["block_out_channels"] = Array(channels), ["layers_per_block"] = layers.Length == 1 ? layers[0] : Array(layers), ["attention_head_dim"] = headSize,
            ["down_block_types"] = new JsonArray([.. Enumerable.Range(0, levels).Select(level => (JsonNode)(level == 0 ? "ResnetDownsampleBlock2D" : "SimpleCrossAttnDownBlock2D"))]),
            ["mid_block_type"] = "UNetMidBlock2DSimpleCrossAttn",
            ["up_block_types"] = new JsonArray([.. Enumerable.Range(0, levels).Select(level => (JsonNode)(level == levels - 1 ? "ResnetUpsampleBlock2D" : "SimpleCrossAttnUpBlock2D"))]),
            ["cross_attention_dim"] = 64, ["cross_attention_norm"] = "group_norm", ["encoder_hid_dim"] = 0, ["encoder_hid_dim_type"] = "text_proj",
            ["addition_embed_type"] = "text", ["addition_embed_type_num_heads"] = 4, ["resnet_time_scale_shift"] = "scale_shift",
        }, keys);
    }

    private static JsonObject Enlarging(int size, int[] channels, int[] layers, int headSize) => UNet(size, channels, layers, headSize,
        ("in_channels", 6), ("class_embed_type", "timestep"), ("time_embedding_act_fn", "gelu"), ("resnet_skip_time_act", true), ("resnet_out_scale_factor", 1.41422712),
        ("mid_block_scale_factor", 1.41422712), ("only_cross_attention", true), ("time_embedding_dim", 64));

    private static JsonArray Array(int[] numbers) => new([.. numbers.Select(number => (JsonNode)number)]);

    private static JsonObject With(JsonObject config, (string Key, JsonNode? Value)[] keys)
    {
        foreach (var (key, value) in keys) config[key] = value;
        return config;
    }
}
