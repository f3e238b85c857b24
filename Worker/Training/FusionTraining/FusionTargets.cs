using RenderFarm.Diffusion.Text;
using RenderFarm.Training.Scenes;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Training.FusionTraining;

/// <summary>What a frozen text encoder says of wanted scenes, sorted into slots.</summary>
/// <param name="States">[T, D]: the states of all tokens of B canonical captions, end marks included</param>
/// <param name="Places">[T]: each state's place among B · slots · <see cref="CanonicalCaption.LongestPart"/></param>
/// <param name="Presence">[B, slots · <see cref="CanonicalCaption.LongestPart"/>]: 1 where there is a state, else 0</param>
/// <param name="Padding">[B, 1, D]: the mean state of padding</param>
internal sealed record FusionTargets(Tensor States, Tensor Places, Tensor Presence, Tensor Padding)
{
    /// <summary>States a scene can have.</summary>
    public const int PerScene = CanonicalCaption.Slots * CanonicalCaption.LongestPart;

    private const int PaddingSeen = 6; // after the longest caption

    public static FusionTargets Of(IReadOnlyList<Scene> scenes, T5Encoder encoder, T5Tokenizer tokenizer)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var device = encoder.parameters().First().device;
        var captions = scenes.Select(CanonicalCaption.Of).ToList();
        var length = captions.Max(caption => caption.Parts.Sum(part => tokenizer.Pieces(part.Text).Count)) + 1 + PaddingSeen;
        var (ids, mask) = tokenizer.Encode([.. captions.Select(caption => caption.Text)], length, device);
        var states = encoder.forward(ids, mask).to(ScalarType.Float32); // [B, length, D]
        var (sources, places, presence) = (new List<long>(), new List<long>(), new float[scenes.Count * PerScene]);
        for (var row = 0; row < captions.Count; row++)
        {
            var source = (long)row * length;
            foreach (var place in PlacesOf(captions[row], tokenizer).Select(place => row * PerScene + place))
            {
                sources.Add(source++);
                places.Add(place);
                presence[place] = 1;
            }
        }
        var padding = states.narrow(1, length - PaddingSeen, PaddingSeen).mean([1], keepdim: true);
        return new FusionTargets(
            states.flatten(0, 1).index_select(0, tensor(sources.ToArray(), device: device)).MoveToOuterDisposeScope(), tensor(places.ToArray(), device: device).MoveToOuterDisposeScope(),
            tensor(presence, [scenes.Count, PerScene], device: device).MoveToOuterDisposeScope(), padding.MoveToOuterDisposeScope());
    }

    /// <summary>The place of each token of a caption among its scene's states; the end mark follows the background.</summary>
    private static IEnumerable<int> PlacesOf(CanonicalCaption caption, T5Tokenizer tokenizer)
    {
        foreach (var (index, (slot, text)) in caption.Parts.Index())
        {
            var count = tokenizer.Pieces(text).Count + (index == caption.Parts.Length - 1 ? 1 : 0);
            if (count > CanonicalCaption.LongestPart)
                throw new TrainingException($"The vocabulary cuts '{text}' into {count} pieces; a slot holds {CanonicalCaption.LongestPart}. Train a vocabulary of these captions' words first.");
            for (var piece = 0; piece < count; piece++) yield return slot * CanonicalCaption.LongestPart + piece;
        }
    }
}
