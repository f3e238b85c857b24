using RenderFarm.Diffusion.Text;
using RenderFarm.Training.Scenes.Captions;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Training.DiffusionTraining;

/// <summary>
/// The frozen text encoder's states of captions, mixed where a caption comes with others' looks. Unless an encoder was trained not to (<see cref="TextPretraining.StateInvariance"/>), its state of a
/// colour's word also tells of the shape, and the other way round, so a network may read both from either, and then knows pairs instead of shapes and colours. In mixed states a colour's word stands
/// as in the caption of other shapes, a shape's as in that of other colours, and the rest as in that of both: each attribute can be read from its own word alone, and a pair never shown is made of two
/// things that were.
/// </summary>
internal sealed class CaptionStates(T5Encoder encoder, T5Tokenizer tokenizer, int length)
{
    /// <param name="captions">B captions.</param>
    /// <param name="looks">For each of them, or null where its states stay whole.</param>
    /// <param name="blends">For each of them colours between two, whose words' states lie between those of the two; null for none at all.</param>
    /// <returns>[B, length, D]</returns>
    public Tensor Of(IReadOnlyList<string> captions, IReadOnlyList<OtherLooks?> looks, IReadOnlyList<ColourBlend?>? blends = null)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var device = encoder.parameters().First().device;
        var states = StatesOf(captions, device);
        var mixable = Enumerable.Range(0, captions.Count).Where(row => looks[row] is { } look && look.StandAlike(tokenizer.Pieces)).ToList();
        if (mixable.Count == 0) return states.MoveToOuterDisposeScope();
        var (own, _) = tokenizer.Encode([.. mixable.Select(row => looks[row]!.Own.Text)], length, device);
        var (shapes, shapeStates) = Read([.. mixable.Select(row => looks[row]!.OtherShapes.Text)], device);
        var (colours, colourStates) = Read([.. mixable.Select(row => looks[row]!.OtherColours.Text)], device);
        var mixed = StatesOf([.. mixable.Select(row => looks[row]!.OtherBoth.Text)], device);
        if (blends is not null) shapeStates = Blended(shapeStates, [.. mixable.Select(row => blends[row])]);
        mixed = where(own.ne(colours).unsqueeze(-1), shapeStates, mixed); // words of colours
        mixed = where(own.ne(shapes).unsqueeze(-1), colourStates, mixed);
        return states.index_copy(0, tensor(mixable.Select(row => (long)row).ToArray(), device: device), mixed).MoveToOuterDisposeScope();
    }

    /// <summary>The states of other shapes' captions, on the way to those of the same captions with other colours.</summary>
    private Tensor Blended(Tensor states, IReadOnlyList<ColourBlend?> blends)
    {
        var rows = Enumerable.Range(0, blends.Count).Where(row => blends[row] is not null).ToList();
        if (rows.Count == 0) return states;
        var others = StatesOf([.. rows.Select(row => blends[row]!.Other.Text)], states.device);
        var index = tensor(rows.Select(row => (long)row).ToArray(), device: states.device);
        var shares = tensor(rows.Select(row => (float)blends[row]!.Share).ToArray(), states.dtype, states.device).view(-1, 1, 1);
        return states.index_copy(0, index, lerp(states.index_select(0, index), others, shares));
    }

    private (Tensor Ids, Tensor States) Read(IReadOnlyList<string> captions, Device device)
    {
        var (ids, mask) = tokenizer.Encode(captions, length, device);
        return (ids, encoder.forward(ids, mask));
    }

    private Tensor StatesOf(IReadOnlyList<string> captions, Device device) => Read(captions, device).States;
}
