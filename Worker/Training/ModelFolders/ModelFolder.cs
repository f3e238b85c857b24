using System.Text.Json;
using System.Text.Json.Nodes;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Weights;
using RenderFarm.Training.DiffusionTraining;
using RenderFarm.Training.TextPretraining;
using static TorchSharp.torch;

namespace RenderFarm.Training.ModelFolders;

/// <summary>The model folder that training fills: a stage after the other, in diffusers' layout, weights in float16.</summary>
internal sealed class ModelFolder(string path)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private string FirstStage => Path.Combine(path, DiffusionRecipe.Base.Name);

    public string TokenizerFolder => Path.Combine(FirstStage, "tokenizer");

    private string TokenizerFile => Path.Combine(TokenizerFolder, "spiece.model");

    public string KnownWordsFile => Path.Combine(path, "known_words.txt");

    public T5Tokenizer Tokenizer() =>
        File.Exists(TokenizerFile) ? T5Tokenizer.Load(TokenizerFile) : throw Missing(TokenizerFile, "vocabulary");

    /// <summary>A text encoder of the recipe's sizes whose parameters are not yet written.</summary>
    public T5Encoder NewTextEncoder(TextRecipe recipe, int vocabulary, Placement placement)
    {
        WriteJson(Path.Combine(FirstStage, "text_encoder", "config.json"), ModelConfigs.T5(recipe, vocabulary));
        return new T5Encoder(T5Config.Load(Path.Combine(FirstStage, "text_encoder", "config.json")), placement);
    }

    /// <summary>The trained text encoder.</summary>
    public T5Encoder TextEncoder(Placement placement)
    {
        var folder = Path.Combine(FirstStage, "text_encoder");
        if (!File.Exists(Path.Combine(folder, "model.safetensors"))) throw Missing(folder, "text");
        return T5Encoder.Load(folder, placement);
    }

    /// <summary>A stage's network; its parameters hold the folder's weights where there are some.</summary>
    /// <returns>The network, and whether weights were found.</returns>
    public (UNet2DCondition Network, bool Trained) UNet(DiffusionRecipe recipe, TextRecipe text, Placement placement)
    {
        var folder = Path.Combine(path, recipe.Name, "unet");
        WriteJson(Path.Combine(folder, "config.json"), ModelConfigs.UNet(recipe, text));
        var network = new UNet2DCondition(UNetConfig.Load(Path.Combine(folder, "config.json")), placement);
        if (!File.Exists(Path.Combine(folder, "diffusion_pytorch_model.safetensors"))) return (network, false);
        using var weights = WeightsFolder.Open(folder);
        WeightsLoader.Load(network, weights);
        return (network, true);
    }

    public void SaveTextEncoder(T5Encoder encoder) => Save(encoder, Path.Combine(FirstStage, "text_encoder", "model.safetensors"));

    /// <summary>Writes the stage's weights and every configuration file that a loader of the stage asks for, and the cascade of all stages so far.</summary>
    public void SaveStage(DiffusionRecipe recipe, UNet2DCondition network, string modelName)
    {
        var stage = Path.Combine(path, recipe.Name);
        Save(network, Path.Combine(stage, "unet", "diffusion_pytorch_model.safetensors"));
        WriteJson(Path.Combine(stage, "model_index.json"), ModelConfigs.ModelIndex(recipe.LowSide is null));
        WriteJson(Path.Combine(stage, "scheduler", "scheduler_config.json"), ModelConfigs.Scheduler());
        if (recipe.LowSide is not null) WriteJson(Path.Combine(stage, "image_noising_scheduler", "scheduler_config.json"), ModelConfigs.NoisingScheduler());
        var present = DiffusionRecipe.All.TakeWhile(r => File.Exists(Path.Combine(path, r.Name, "model_index.json"))).ToList();
        if (present.Count > 0) WriteJson(Path.Combine(path, "cascade.json"), ModelConfigs.Cascade(modelName, present));
    }

    private static void Save(nn.Module network, string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var tensors = network.named_parameters().Select(p => KeyValuePair.Create(p.name, (Tensor)p.parameter));
        SafetensorsWriter.Write(file, tensors, new Dictionary<string, string> { ["format"] = "pt" }, ScalarType.Float16);
    }

    private static void WriteJson(string file, JsonObject content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content.ToJsonString(Indented) + "\n");
    }

    private static TrainingException Missing(string file, string command) =>
        new($"{file} is not there yet; run `renderfarm train {command}` with the same --model first.");
}
