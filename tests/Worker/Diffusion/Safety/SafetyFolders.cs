using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Safety;
using RenderFarm.Diffusion.Vision;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Safety;

/// <summary>Writes small safety checkers and marks in diffusers' layout.</summary>
internal static class SafetyFolders
{
    public const int MarkSide = 62;

    private const string Config = """
        { "model_type": "clip", "vision_config": { "model_type": "clip_vision_model", "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1,
          "num_attention_heads": 2, "image_size": 16, "patch_size": 8, "projection_dim": 8, "hidden_act": "quick_gelu" } }
        """;

    private const string Processor = """
        { "crop_size": { "height": 16, "width": 16 }, "size": { "shortest_edge": 16 }, "resample": 3,
          "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711] }
        """;

    /// <summary>A checker whose answers are these numbers, whatever it sees.</summary>
    public static void WriteChecker(string model, float unsafeScore, float watermarkScore)
    {
        Directory.CreateDirectory(Path.Combine(model, "feature_extractor"));
        var folder = Directory.CreateDirectory(Path.Combine(model, "safety_checker")).FullName;
        File.WriteAllText(Path.Combine(model, "feature_extractor", "preprocessor_config.json"), Processor);
        File.WriteAllText(Path.Combine(folder, "config.json"), Config);
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var network = new SafetyNetwork(ClipVisionConfig.LoadPart(Path.Combine(folder, "config.json"), "vision_config"), Placement.Cpu);
        foreach (var (_, parameter) in network.named_parameters()) parameter.zero_();
        network.get_parameter("p_head.bias")!.fill_(unsafeScore);
        network.get_parameter("w_head.bias")!.fill_(watermarkScore);
        var published = network.state_dict().ToDictionary(
            pair => pair.Key.StartsWith("vision_model.", StringComparison.Ordinal) ? "vision_model." + ClipVisionEncoder.FileKey(pair.Key["vision_model.".Length..]) : pair.Key, pair => pair.Value);
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), published);
    }

    /// <summary>A mark of one colour, opaque in its left half and clear in its right.</summary>
    public static void WriteMark(string model, byte red, byte green, byte blue)
    {
        var folder = Directory.CreateDirectory(Path.Combine(model, "watermarker")).FullName;
        using var scope = NewDisposeScope();
        var pixels = new float[MarkSide * MarkSide * 4];
        for (var pixel = 0; pixel < MarkSide * MarkSide; pixel++)
            (pixels[pixel * 4], pixels[(pixel * 4) + 1], pixels[(pixel * 4) + 2], pixels[(pixel * 4) + 3]) = (red, green, blue, pixel % MarkSide < MarkSide / 2 ? 255 : 0);
        SafetensorsWriter.Write(Path.Combine(folder, "diffusion_pytorch_model.safetensors"), new Dictionary<string, Tensor> { ["watermark_image"] = tensor(pixels, [MarkSide, MarkSide, 4]) });
    }
}
