using System.Text.Json;
using System.Text.Json.Nodes;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks;
using RenderFarm.Diffusion.Networks.Configuration;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Weights;
using RenderFarm.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Peers;

/// <summary>
/// Writes a cascade folder with random weights in diffusers' layout. Weights have variance 1/fan-in, normalisations are near the identity and biases
/// small, so that activations stay near unit variance through any depth and rounding is not amplified.
/// </summary>
internal sealed class RandomModel(string folder, ulong seed) : IDisposable
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly Generator _generator = new(seed);

    public void Write(PeerCase model)
    {
        var defaults = new JsonObject();
        for (var stage = 0; stage < model.Stages.Count; stage++)
        {
            WriteStage(Path.Combine(folder, $"stage{stage + 1}"), model.Stages[stage], stage == 0 ? model.Text : null);
            defaults[$"stage{stage + 1}"] = model.Stages[stage].Defaults.DeepClone();
        }
        var stages = new JsonArray([.. Enumerable.Range(1, model.Stages.Count).Select(stage => (JsonNode)$"stage{stage}")]);
        WriteJson("cascade.json", new JsonObject { ["name"] = model.Name, ["stages"] = stages, ["defaults"] = defaults });
        File.WriteAllLines(Path.Combine(folder, "requests.jsonl"), model.Requests.Select((request, index) => new JsonObject
        {
            ["custom_id"] = $"{index}", ["prompt"] = request.Prompt, ["negative_prompt"] = request.Negative, ["seed"] = request.Seed,
        }.ToJsonString()));
    }

    public void Dispose() => _generator.Dispose();

    private void WriteStage(string path, PeerStage stage, JsonObject? text)
    {
        WriteJson(Path.Combine(path, "unet", "config.json"), stage.UNet);
        WriteJson(Path.Combine(path, "scheduler", "scheduler_config.json"), stage.Scheduler);
        using (var unet = new UNet2DCondition(UNetConfig.Load(Path.Combine(path, "unet", "config.json")), Placement.Cpu))
        {
            WriteWeights(unet, Path.Combine(path, "unet", "diffusion_pytorch_model.safetensors"));
        }
        if (text is not null) WriteText(path, text);
        else WriteJson(Path.Combine(path, "image_noising_scheduler", "scheduler_config.json"), new JsonObject { ["_class_name"] = "DDPMScheduler", ["beta_schedule"] = "squaredcos_cap_v2" });
        WriteJson(Path.Combine(path, "model_index.json"), Index(stage.Scheduler["_class_name"]!.GetValue<string>(), text is not null));
    }

    private void WriteText(string path, JsonObject text)
    {
        WriteJson(Path.Combine(path, "text_encoder", "config.json"), text);
        using var encoder = new T5Encoder(T5Config.Load(Path.Combine(path, "text_encoder", "config.json")), Placement.Cpu);
        WriteWeights(encoder, Path.Combine(path, "text_encoder", "model.safetensors"));
        Directory.CreateDirectory(Path.Combine(path, "tokenizer"));
        foreach (var name in (string[])["spiece.model", "tokenizer_config.json"])
        {
            File.WriteAllBytes(Path.Combine(path, "tokenizer", name), File.ReadAllBytes(Reference.PathOf("cascade", "stage1", "tokenizer", name)));
        }
    }

    private void WriteWeights(nn.Module network, string path)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        foreach (var (name, parameter) in network.named_parameters()) parameter.copy_(Draw(name, parameter.shape));
        SafetensorsWriter.Write(path, network.state_dict());
    }

    private Tensor Draw(string name, long[] shape)
    {
        var noise = randn(shape, generator: _generator);
        if (name.EndsWith("bias", StringComparison.Ordinal)) return noise * 0.05;
        // One dimension: the scale of a normalisation.
        if (shape.Length == 1) return noise * 0.1 + 1;
        if (name == "shared.weight") return noise;
        var fanIn = shape.Skip(1).Aggregate(1L, (product, length) => product * length);
        // T5 does not divide by the root of the head's width; its queries carry that factor.
        var deviation = name.EndsWith("SelfAttention.q.weight", StringComparison.Ordinal) ? 1 / Math.Sqrt(fanIn * 16.0) : 1 / Math.Sqrt(fanIn);
        return noise * deviation;
    }

    private static JsonObject Index(string scheduler, bool first)
    {
        JsonArray Part(string? library, string? name) => [library, name];
        var index = new JsonObject
        {
            ["_class_name"] = first ? "IFPipeline" : "IFSuperResolutionPipeline",
            ["_diffusers_version"] = "0.40.0",
            ["requires_safety_checker"] = false,
            ["tokenizer"] = first ? Part("transformers", "T5Tokenizer") : Part(null, null),
            ["text_encoder"] = first ? Part("transformers", "T5EncoderModel") : Part(null, null),
            ["unet"] = Part("diffusers", "UNet2DConditionModel"),
            ["scheduler"] = Part("diffusers", scheduler),
        };
        if (!first) index["image_noising_scheduler"] = Part("diffusers", "DDPMScheduler");
        foreach (var absent in (string[])["safety_checker", "feature_extractor", "watermarker"]) index[absent] = Part(null, null);
        return index;
    }

    private void WriteJson(string name, JsonObject content)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content.ToJsonString(Indented));
    }
}
