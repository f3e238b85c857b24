using System.Text.Json.Nodes;
using RenderFarm.Diffusion.Text;
using RenderFarm.Training.DiffusionTraining;
using RenderFarm.Training.FusionTraining;
using RenderFarm.Training.ImagePretraining;
using RenderFarm.Training.Scenes.Captions;
using RenderFarm.Training.TextPretraining;

namespace RenderFarm.Training.ModelFolders;

/// <summary>
/// The configuration files of a stage in diffusers' layout, with every key that diffusers 0.40's IF pipelines read. A model that this project
/// trains is then loaded by the same code as DeepFloyd's, here and there.
/// </summary>
internal static class ModelConfigs
{
    // Decimal literals keep their point: transformers refuses an integer where it expects a float.
    private const string DiffusersVersion = "0.40.0";
    private const int LargestBatch = 16; // pictures drawn together where a stage sets no other number

    public static JsonObject UNet(DiffusionRecipe recipe, TextRecipe text)
    {
        var levels = recipe.Channels.Length;
        var attends = Enumerable.Range(0, levels).Select(i => i >= levels - recipe.AttentionLevels).ToArray();
        return new JsonObject
        {
            ["_class_name"] = "UNet2DConditionModel", ["_diffusers_version"] = DiffusersVersion,
            ["act_fn"] = "silu", ["addition_embed_type"] = "text", ["addition_embed_type_num_heads"] = text.Heads,
            ["attention_head_dim"] = recipe.HeadSize,
            ["block_out_channels"] = Array(recipe.Channels.Select(c => (JsonNode)c)),
            ["class_embed_type"] = recipe.LowSide is null ? null : "timestep",
            ["cross_attention_dim"] = text.Width, ["cross_attention_norm"] = "group_norm",
            ["down_block_types"] = Array(attends.Select(a => (JsonNode)(a ? "SimpleCrossAttnDownBlock2D" : "ResnetDownsampleBlock2D"))),
            ["up_block_types"] = Array(attends.Reverse().Select(a => (JsonNode)(a ? "SimpleCrossAttnUpBlock2D" : "ResnetUpsampleBlock2D"))),
            ["mid_block_type"] = "UNetMidBlock2DSimpleCrossAttn", ["mid_block_scale_factor"] = 1,
            ["encoder_hid_dim"] = text.Width, ["encoder_hid_dim_type"] = "text_proj",
            ["flip_sin_to_cos"] = true, ["freq_shift"] = 0,
            ["in_channels"] = recipe.LowSide is null ? 3 : 6, ["out_channels"] = 6,
            ["layers_per_block"] = 1, ["norm_eps"] = 1e-5, ["norm_num_groups"] = recipe.Groups,
            ["only_cross_attention"] = recipe.LowSide is not null,
            ["resnet_out_scale_factor"] = 1.0m, ["resnet_skip_time_act"] = false, ["resnet_time_scale_shift"] = "scale_shift",
            ["sample_size"] = recipe.Side, ["time_embedding_type"] = "positional", ["upcast_attention"] = false, ["use_linear_projection"] = false,
        };
    }

    /// <summary>DPM-Solver++ 2M with trailing spacing; the clean picture is clamped to -1..1, which is what thresholding with a largest value of 1 does.</summary>
    public static JsonObject Scheduler() => new()
    {
        ["_class_name"] = "DPMSolverMultistepScheduler", ["_diffusers_version"] = DiffusersVersion,
        ["algorithm_type"] = "dpmsolver++", ["solver_order"] = 2, ["solver_type"] = "midpoint", ["lower_order_final"] = true,
        ["beta_schedule"] = "squaredcos_cap_v2", ["beta_start"] = 0.0001, ["beta_end"] = 0.02, ["num_train_timesteps"] = 1000,
        ["prediction_type"] = "v_prediction", ["variance_type"] = null,
        ["thresholding"] = true, ["dynamic_thresholding_ratio"] = 0.995, ["sample_max_value"] = 1.0m,
        ["timestep_spacing"] = "trailing", ["steps_offset"] = 0, ["final_sigmas_type"] = "zero",
    };

    public static JsonObject NoisingScheduler() => new()
    {
        ["_class_name"] = "DDPMScheduler", ["_diffusers_version"] = DiffusersVersion,
        ["beta_schedule"] = "squaredcos_cap_v2", ["beta_start"] = 0.0001, ["beta_end"] = 0.02, ["num_train_timesteps"] = 1000,
        ["clip_sample"] = true, ["prediction_type"] = "epsilon", ["variance_type"] = "fixed_small", ["timestep_spacing"] = "leading", ["steps_offset"] = 0,
    };

    public static JsonObject T5(TextRecipe text, int vocabulary) => new()
    {
        ["architectures"] = Array(["T5EncoderModel"]), ["model_type"] = "t5",
        ["d_model"] = text.Width, ["d_kv"] = text.HeadSize, ["d_ff"] = text.FeedForward, ["num_heads"] = text.Heads, ["num_layers"] = text.Layers,
        ["num_decoder_layers"] = text.Layers, ["vocab_size"] = vocabulary, ["feed_forward_proj"] = "gated-gelu", ["is_gated_act"] = true, ["dense_act_fn"] = "gelu_new",
        ["layer_norm_epsilon"] = 1e-6, ["relative_attention_num_buckets"] = 32, ["relative_attention_max_distance"] = 128,
        ["dropout_rate"] = 0.0m, ["initializer_factor"] = 1.0m, ["is_encoder_decoder"] = false, ["is_decoder"] = false, ["use_cache"] = false,
        ["pad_token_id"] = 0, ["eos_token_id"] = 1, ["decoder_start_token_id"] = 0, ["tie_word_embeddings"] = true, ["dtype"] = "float16",
    };

    public static JsonObject ClipVision(ImageRecipe image) => new()
    {
        ["architectures"] = Array(["CLIPVisionModel"]), ["model_type"] = "clip_vision_model",
        ["hidden_size"] = image.Width, ["intermediate_size"] = image.FeedForward, ["num_hidden_layers"] = image.Layers, ["num_attention_heads"] = image.Heads,
        ["image_size"] = image.Side, ["patch_size"] = image.Patch, ["num_channels"] = 3, ["hidden_act"] = "gelu", ["layer_norm_eps"] = 1e-5,
        ["projection_dim"] = image.Width, ["attention_dropout"] = 0.0m, ["initializer_factor"] = 1.0m, ["initializer_range"] = 0.02, ["dtype"] = "float16",
    };

    public static JsonObject Fusion(FusionRecipe fusion, T5Config text, long imageWidth) => new()
    {
        ["model_type"] = "renderfarm_fusion", ["hidden_size"] = text.DModel, ["image_width"] = imageWidth, ["intermediate_size"] = fusion.FeedForward,
        ["num_hidden_layers"] = fusion.Layers, ["num_attention_heads"] = fusion.Heads, ["slots"] = CanonicalCaption.Slots, ["words_per_slot"] = CanonicalCaption.LongestPart,
        ["vocab_size"] = text.VocabSize,
        ["dtype"] = "float16",
    };

    /// <summary>How transformers' CLIPImageProcessor makes a picture ready for the image encoder.</summary>
    public static JsonObject ImageProcessor(ImageRecipe image) => new()
    {
        ["image_processor_type"] = "CLIPImageProcessor",
        ["do_resize"] = true, ["size"] = new JsonObject { ["shortest_edge"] = image.Side }, ["resample"] = 3,
        ["do_center_crop"] = true, ["crop_size"] = new JsonObject { ["height"] = image.Side, ["width"] = image.Side },
        ["do_rescale"] = true, ["rescale_factor"] = 1 / 255.0, ["do_convert_rgb"] = true, ["do_normalize"] = true,
        ["image_mean"] = Array(Enumerable.Repeat((JsonNode)ScenePictures.Mean, 3).Select(n => n.DeepClone())),
        ["image_std"] = Array(Enumerable.Repeat((JsonNode)ScenePictures.Deviation, 3).Select(n => n.DeepClone())),
    };

    public static JsonObject ModelIndex(bool base_)
    {
        var index = new JsonObject
        {
            ["_class_name"] = base_ ? "IFPipeline" : "IFSuperResolutionPipeline", ["_diffusers_version"] = DiffusersVersion,
            ["text_encoder"] = base_ ? Array(["transformers", "T5EncoderModel"]) : Array([null, null]),
            ["tokenizer"] = base_ ? Array(["transformers", "T5Tokenizer"]) : Array([null, null]),
            ["unet"] = Array(["diffusers", "UNet2DConditionModel"]), ["scheduler"] = Array(["diffusers", "DPMSolverMultistepScheduler"]),
            ["safety_checker"] = Array([null, null]), ["feature_extractor"] = Array([null, null]), ["watermarker"] = Array([null, null]),
            ["requires_safety_checker"] = false,
        };
        if (!base_) index["image_noising_scheduler"] = Array(["diffusers", "DDPMScheduler"]);
        return index;
    }

    public static JsonObject Cascade(string name, IReadOnlyList<DiffusionRecipe> stages)
    {
        var defaults = new JsonObject();
        for (var i = 0; i < stages.Count; i++)
        {
            var settings = new JsonObject { ["steps"] = stages[i].Steps, ["guidance"] = stages[i].Guidance };
            if (stages[i].LowSide is not null)
            {
                settings["noise_level"] = stages[i].NoiseLevel;
                settings["strength"] = 1; // a start picture's shapes come from the stage before; over the picture itself the former ones shine through
            }
            settings["mask_noise"] = true;
            if (stages[i].LargestBatch is { } batch) settings["max_batch"] = batch;
            defaults[$"stage{i + 1}"] = settings;
        }
        return new JsonObject { ["name"] = name, ["max_batch"] = LargestBatch, ["stages"] = Array(stages.Select(s => (JsonNode)s.Name)), ["defaults"] = defaults };
    }

    private static JsonArray Array(IEnumerable<JsonNode?> items) => [.. items];
}
