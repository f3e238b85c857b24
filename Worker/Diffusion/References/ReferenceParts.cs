using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.DeepFloyd;
using RenderFarm.Diffusion.Fusion;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Vision;

namespace RenderFarm.Diffusion.References;

/// <summary>The image encoder and the fusion in the folder of a cascade's first stage, by which the cascade sees.</summary>
internal static class ReferenceParts
{
    /// <summary>The folder of the image encoder and of how pictures are made ready for it.</summary>
    public const string ImageEncoder = "image_encoder";

    /// <summary>The folder of what makes one of words and picture.</summary>
    public const string Fusion = "fusion";

    /// <summary>Whether a stage's folder has them.</summary>
    /// <exception cref="CascadeException">It has one of them.</exception>
    public static bool Has(ModelIndex index)
    {
        var (image, fusion) = (Directory.Exists(index.PathOf(ImageEncoder)), Directory.Exists(index.PathOf(Fusion)));
        if (image == fusion) return image;
        throw new CascadeException($"'{index.Folder}' has {(image ? ImageEncoder : Fusion)} but no {(image ? Fusion : ImageEncoder)}; a cascade that sees needs both. Fetch the other, or remove this one.");
    }

    /// <summary>Those that are there, as inspection looks at them.</summary>
    public static IEnumerable<StageComponent> Components(ModelIndex index)
    {
        if (Directory.Exists(index.PathOf(ImageEncoder))) yield return StageComponent.OfFolder(index, ImageEncoder, place => new ClipVisionEncoder(ImageConfig(index), place), ClipVisionEncoder.Key);
        if (Directory.Exists(index.PathOf(Fusion))) yield return StageComponent.OfFolder(index, Fusion, place => new FusionNetwork(FusionOf(index), place));
    }

    public static ClipVisionConfig ImageConfig(ModelIndex index) => ClipVisionConfig.Load(PathOf(index, ImageEncoder));

    public static FusionConfig FusionOf(ModelIndex index) => FusionConfig.Load(PathOf(index, Fusion));

    public static ImageProcessor ProcessorOf(ModelIndex index) => ImageProcessor.Load(Path.Combine(index.PathOf(ImageEncoder), ImageProcessor.FileName));

    /// <exception cref="CascadeException">The parts do not take what the others give; names both files and values.</exception>
    public static void Check(StagePlace place)
    {
        var index = place.Index;
        if (!Has(index)) return;
        var (image, fusion, processor) = (ImageConfig(index), FusionOf(index), ProcessorOf(index));
        var textPath = Path.Combine(IfText.OwnerFor(place).Index.PathOf("text_encoder"), "config.json");
        Demand(PathOf(index, Fusion), "image_width", fusion.ImageWidth, PathOf(index, ImageEncoder), "hidden_size", image.HiddenSize);
        var text = T5Config.Load(textPath);
        Demand(PathOf(index, Fusion), "hidden_size", fusion.HiddenSize, textPath, "d_model", text.DModel);
        Demand(PathOf(index, Fusion), "vocab_size", fusion.VocabSize, textPath, "vocab_size", text.VocabSize);
        Demand(Path.Combine(index.PathOf(ImageEncoder), ImageProcessor.FileName), "crop_size", processor.CropSize.Height, PathOf(index, ImageEncoder), "image_size", image.ImageSize);
    }

    private static string PathOf(ModelIndex index, string part) => Path.Combine(index.PathOf(part), "config.json");

    private static void Demand(string path, string key, long value, string otherPath, string otherKey, long other)
    {
        if (value == other) return;
        throw new CascadeException($"'{path}' has {key} = {value}, but '{otherPath}' has {otherKey} = {other}; the two must be equal. Use parts that were trained together.");
    }
}
