using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Networks;
using RenderFarm.Diffusion.Networks.Configuration;
using RenderFarm.Diffusion.References;
using RenderFarm.Diffusion.Text;

namespace RenderFarm.Diffusion.DeepFloyd;

/// <summary>The T5 encoder of IF's stages, which those without one share: it is that of the first stage that has one.</summary>
internal static class IfText
{
    private const string EncoderClass = "T5EncoderModel";

    /// <summary>The stage whose folder holds the encoder that this one draws with.</summary>
    /// <exception cref="CascadeException">There is none.</exception>
    public static StagePlace OwnerFor(StagePlace place) =>
        place.Before.Append(place).FirstOrDefault(stage => Has(stage.Index)) ?? throw new CascadeException(
            $"'{place.Index.Folder}' has no tokenizer and text_encoder of class {EncoderClass}, and no stage before it has; the first stage must bring them.");

    /// <exception cref="CascadeException">The network takes other states than the encoder gives.</exception>
    public static void Check(StagePlace place, UNetConfig network, string path)
    {
        var textPath = Path.Combine(OwnerFor(place).Index.PathOf("text_encoder"), "config.json");
        var width = T5Config.Load(textPath).DModel;
        if (network.TextWidth == width) return;
        var key = network.EncoderHidDim is null ? "cross_attention_dim" : "encoder_hid_dim";
        throw new CascadeException(
            $"'{textPath}' has d_model = {width}, but '{path}' has {key} = {network.TextWidth}; the network must take the states that the text encoder gives. " +
            "Use the text encoder that the network was trained with.");
    }

    public static PromptEncoder Load(StagePlace place, StageLoading loading)
    {
        var owner = OwnerFor(place);
        return loading.TextOf(owner, placement => T5TextModel.Load(owner.Index, placement, loading.CleanPrompts));
    }

    /// <summary>The stage's own encoder, if it has one, and its U-Net.</summary>
    public static IEnumerable<StageComponent> Components(StagePlace place)
    {
        if (Has(place.Index)) yield return T5TextModel.Component(place.Index);
        if (place.Number == 0)
            foreach (var part in ReferenceParts.Components(place.Index)) yield return part;
        yield return StageComponent.OfFolder(place.Index, "unet", placement => new UNet2DCondition(UNetConfig.Load(place.Index.UNetPath), placement));
    }

    private static bool Has(ModelIndex index) => index.Components.ContainsKey("tokenizer") && index.Components.GetValueOrDefault("text_encoder") == EncoderClass;
}
