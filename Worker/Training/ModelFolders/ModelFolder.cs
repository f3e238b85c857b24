using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Fusion;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks;
using RenderFarm.Diffusion.Networks.Configuration;
using RenderFarm.Diffusion.References;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Vision;
using RenderFarm.Diffusion.Weights;
using RenderFarm.Training.DiffusionTraining;
using RenderFarm.Training.FusionTraining;
using RenderFarm.Training.ImagePretraining;
using RenderFarm.Training.Scenes.Captions;
using RenderFarm.Training.TextPretraining;
using static TorchSharp.torch;

namespace RenderFarm.Training.ModelFolders;

/// <summary>The model folder that training fills: a stage after the other, in diffusers' layout, weights in float16.</summary>
internal sealed class ModelFolder(string path)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Whether a path leads to this folder.</summary>
    public bool Is(string other) => RealPath(other) == RealPath(path);

    private string FirstStage => Path.Combine(path, DiffusionRecipe.Base.Name);

    public string TokenizerFolder => Path.Combine(FirstStage, "tokenizer");

    private string TokenizerFile => Path.Combine(TokenizerFolder, "spiece.model");

    public string KnownWordsFile => Path.Combine(path, "known_words.txt");

    /// <summary>Whether there is a vocabulary.</summary>
    public bool HasTokenizer => File.Exists(TokenizerFile);

    public T5Tokenizer Tokenizer() =>
        HasTokenizer ? T5Tokenizer.Load(TokenizerFile) : throw Missing(TokenizerFile, "vocabulary");

    /// <summary>What identifies the vocabulary.</summary>
    public string TokenizerSha256() => HasTokenizer ? Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(TokenizerFile))) : throw Missing(TokenizerFile, "vocabulary");

    /// <summary>Whether there is a trained text encoder.</summary>
    public bool HasTextEncoder => File.Exists(Path.Combine(TextFolder, "model.safetensors"));

    private string TextFolder => Path.Combine(FirstStage, "text_encoder");

    /// <summary>A text encoder of the recipe's sizes whose parameters are not yet written. The folder is not touched.</summary>
    public static T5Encoder NewTextEncoder(TextRecipe recipe, int vocabulary, Placement placement) => new(
        new T5Config
        {
            VocabSize = vocabulary, DModel = recipe.Width, DKv = recipe.HeadSize, DFf = recipe.FeedForward, NumHeads = recipe.Heads, NumLayers = recipe.Layers,
        },
        placement);

    /// <summary>The trained text encoder.</summary>
    public T5Encoder TextEncoder(Placement placement) => HasTextEncoder ? T5Encoder.Load(TextFolder, placement) : throw Missing(TextFolder, "text");

    /// <summary>Whether there is a trained image encoder.</summary>
    public bool HasImageEncoder => File.Exists(Path.Combine(ImageFolder, "model.safetensors"));

    private string ImageFolder => Path.Combine(FirstStage, ReferenceParts.ImageEncoder);

    /// <summary>An image encoder of the recipe's sizes whose parameters are not yet written. The folder is not touched.</summary>
    public static ClipVisionEncoder NewImageEncoder(ImageRecipe recipe, Placement placement) => new(
        new ClipVisionConfig
        {
            HiddenSize = recipe.Width, IntermediateSize = recipe.FeedForward, NumHiddenLayers = recipe.Layers, NumAttentionHeads = recipe.Heads,
            ImageSize = recipe.Side, PatchSize = recipe.Patch, HiddenAct = ClipTextConfig.Gelu,
        },
        placement);

    /// <summary>The trained image encoder.</summary>
    public ClipVisionEncoder ImageEncoder(Placement placement)
    {
        if (!HasImageEncoder) throw Missing(ImageFolder, "image");
        using var weights = WeightsFolder.Open(ImageFolder);
        var config = ClipVisionConfig.Load(Path.Combine(ImageFolder, "config.json"));
        return WeightsLoader.Build(weights, place => new ClipVisionEncoder(config, place), placement, ClipVisionEncoder.Key);
    }

    /// <summary>Writes the image encoder's weights.</summary>
    /// <param name="encoder">What was trained.</param>
    /// <param name="recipe">Its sizes, to be written, too; null where the folder's configuration is right.</param>
    public void SaveImageEncoder(ClipVisionEncoder encoder, ImageRecipe? recipe)
    {
        if (recipe is not null)
        {
            WriteJson(Path.Combine(ImageFolder, "config.json"), ModelConfigs.ClipVision(recipe));
            WriteJson(Path.Combine(ImageFolder, ImageProcessor.FileName), ModelConfigs.ImageProcessor(recipe));
        }
        Save(encoder, Path.Combine(ImageFolder, "model.safetensors"), ClipVisionEncoder.FileKey);
    }

    /// <summary>Whether there is a trained fusion of words and pictures.</summary>
    public bool HasFusion => File.Exists(Path.Combine(FusionFolder, "model.safetensors"));

    private string FusionFolder => Path.Combine(FirstStage, ReferenceParts.Fusion);

    /// <summary>A fusion of the recipe's sizes for this model's encoders, whose parameters are not yet written. The folder is not touched.</summary>
    public FusionNetwork NewFusion(FusionRecipe recipe, Placement placement) => new(
        new FusionConfig
        {
            HiddenSize = TextConfig.DModel, VocabSize = TextConfig.VocabSize, ImageWidth = ImageConfig.HiddenSize,
            IntermediateSize = recipe.FeedForward, NumHiddenLayers = recipe.Layers, NumAttentionHeads = recipe.Heads,
            Slots = CanonicalCaption.Slots, WordsPerSlot = CanonicalCaption.LongestPart,
        },
        placement);

    /// <summary>Where the weights of the fusion or of a stage are.</summary>
    public string WeightsOf(string part) => part == FusionTrainer.RunName ? FusionFolder : UNetFolder(part);

    private string UNetFolder(string stage) => Path.Combine(path, stage, "unet");

    /// <summary>The trained fusion.</summary>
    public FusionNetwork Fusion(Placement placement)
    {
        if (!HasFusion) throw Missing(FusionFolder, "fusion");
        using var weights = WeightsFolder.Open(FusionFolder);
        var config = FusionConfig.Load(Path.Combine(FusionFolder, "config.json"));
        return WeightsLoader.Build(weights, place => new FusionNetwork(config, place), placement);
    }

    /// <summary>Writes the fusion's weights.</summary>
    /// <param name="fusion">What was trained.</param>
    /// <param name="recipe">Its sizes, to be written, too; null where the folder's configuration is right.</param>
    /// <param name="words">The words of instructions that it learned.</param>
    public void SaveFusion(FusionNetwork fusion, FusionRecipe? recipe, IEnumerable<string> words)
    {
        if (recipe is not null) WriteJson(Path.Combine(FusionFolder, "config.json"), ModelConfigs.Fusion(recipe, TextConfig, ImageConfig.HiddenSize));
        TextFile.Write(Path.Combine(FusionFolder, KnownWords.FileName), string.Concat(words.Select(word => word + "\n")));
        Save(fusion, Path.Combine(FusionFolder, "model.safetensors"));
    }

    /// <summary>The trained text encoder's structure.</summary>
    public T5Config TextConfig => T5Config.Load(Path.Combine(TextFolder, "config.json"));

    /// <summary>The trained image encoder's structure.</summary>
    public ClipVisionConfig ImageConfig => HasImageEncoder ? ClipVisionConfig.Load(Path.Combine(ImageFolder, "config.json")) : throw Missing(ImageFolder, "image");

    /// <summary>What identifies the trained text encoder's weights.</summary>
    public string TextEncoderSha256() => Sha256Of(TextFolder);

    /// <summary>What identifies the trained image encoder's weights.</summary>
    public string ImageEncoderSha256() => Sha256Of(ImageFolder);

    private static string Sha256Of(string folder)
    {
        using var weights = WeightsFolder.Open(folder);
        return weights.Sha256();
    }

    /// <summary>A stage's network; its parameters hold the folder's weights where there are some. The folder is not touched.</summary>
    /// <returns>The network, and whether weights were found.</returns>
    public (UNet2DCondition Network, bool Trained) UNet(DiffusionRecipe recipe, TextRecipe text, Placement placement)
    {
        var folder = UNetFolder(recipe.Name);
        var config = UNetConfig.Parse(ModelConfigs.UNet(recipe, text).ToJsonString(), $"the recipe of {recipe.Name}");
        var network = new UNet2DCondition(config, placement);
        if (!File.Exists(Path.Combine(folder, "diffusion_pytorch_model.safetensors"))) return (network, false);
        using var weights = WeightsFolder.Open(folder);
        WeightsLoader.Load(network, weights);
        return (network, true);
    }

    /// <summary>Writes the text encoder's weights.</summary>
    /// <param name="encoder">What was trained.</param>
    /// <param name="config">Its configuration, to be written, too; null where the folder's own is right.</param>
    public void SaveTextEncoder(T5Encoder encoder, JsonObject? config)
    {
        if (config is not null) WriteJson(Path.Combine(TextFolder, "config.json"), config);
        Save(encoder, Path.Combine(TextFolder, "model.safetensors"));
    }

    /// <summary>Writes the stage's weights and every configuration file that a loader of the stage asks for, and the cascade of all stages so far.</summary>
    public void SaveStage(DiffusionRecipe recipe, UNet2DCondition network, TextRecipe text, string modelName)
    {
        var stage = Path.Combine(path, recipe.Name);
        WriteJson(Path.Combine(stage, "unet", "config.json"), ModelConfigs.UNet(recipe, text));
        Save(network, Path.Combine(stage, "unet", "diffusion_pytorch_model.safetensors"));
        WriteJson(Path.Combine(stage, "scheduler", "scheduler_config.json"), ModelConfigs.Scheduler());
        if (recipe.LowSide is not null) WriteJson(Path.Combine(stage, "image_noising_scheduler", "scheduler_config.json"), ModelConfigs.NoisingScheduler());
        // Last, what makes the stage one of the cascade.
        WriteJson(Path.Combine(stage, "model_index.json"), ModelConfigs.ModelIndex(recipe.LowSide is null));
        var present = DiffusionRecipe.All.TakeWhile(r => File.Exists(Path.Combine(path, r.Name, "model_index.json"))).ToList();
        if (present.Count > 0 && !HasCascadeOf(present)) WriteJson(Path.Combine(path, CascadeFile.FileName), ModelConfigs.Cascade(modelName, present));
    }

    /// <summary>Whether the folder's own cascade has these stages already: then its defaults, and whatever else was put there, stay.</summary>
    private bool HasCascadeOf(IReadOnlyList<DiffusionRecipe> stages)
    {
        try
        {
            return File.Exists(Path.Combine(path, CascadeFile.FileName)) && CascadeFile.Load(path).Stages.SequenceEqual(stages.Select(stage => stage.Name));
        }
        catch (CascadeException)
        {
            return false; // no model could be drawn with it, and a sitting's weights are worth more
        }
    }

    private static string RealPath(string folder)
    {
        var whole = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return Directory.Exists(whole) && Directory.ResolveLinkTarget(whole, returnFinalTarget: true) is { } target ? Path.TrimEndingDirectorySeparator(target.FullName) : whole;
    }

    private static void Save(nn.Module network, string file, Func<string, string>? keyOf = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var tensors = network.named_parameters().Select(p => KeyValuePair.Create(keyOf?.Invoke(p.name) ?? p.name, (Tensor)p.parameter));
        SafetensorsWriter.Write(file, tensors, new Dictionary<string, string> { ["format"] = "pt" }, ScalarType.Float16);
    }

    private static void WriteJson(string file, JsonObject content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        TextFile.Write(file, content.ToJsonString(Indented) + "\n");
    }

    private static TrainingException Missing(string file, string command) =>
        new($"{file} is not there yet; run `renderfarm train {command}` with the same --model first.");
}
