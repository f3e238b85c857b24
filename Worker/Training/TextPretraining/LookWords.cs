using RenderFarm.Diffusion.Text;
using RenderFarm.Training.Scenes.Captions;

namespace RenderFarm.Training.TextPretraining;

/// <summary>Where a caption's words of colours and of shapes stand among its tokens: where those of the same caption differ that tells of other ones. The article that follows them is none.</summary>
/// <param name="Colours">Numbers of tokens; none where other colours' words are longer or shorter.</param>
/// <param name="Shapes">Numbers of tokens; none where words do not stand alike, as other shapes' may be longer or shorter (<see cref="OtherLooks.StandAlike"/>).</param>
internal sealed record LookWords(int[] Colours, int[] Shapes)
{
    /// <summary>Numbers of the tokens of both.</summary>
    public int[] All => [.. Colours, .. Shapes];

    /// <param name="looks">The caption, and how it would tell of other looks; null for none, which has no such words.</param>
    /// <param name="tokenizer">What cuts captions.</param>
    public static LookWords Of(OtherLooks? looks, T5Tokenizer tokenizer)
    {
        if (looks is null) return new LookWords([], []);
        int[] articles = [.. tokenizer.Pieces("a"), .. tokenizer.Pieces("an")];
        var own = tokenizer.Pieces(looks.Own.Text);
        return new LookWords(Changed(tokenizer.Pieces(looks.OtherColours.Text)), looks.StandAlike(tokenizer.Pieces) ? Changed(tokenizer.Pieces(looks.OtherShapes.Text)) : []);

        int[] Changed(IReadOnlyList<int> others) =>
            others.Count != own.Count ? [] : [.. Enumerable.Range(0, own.Count).Where(place => others[place] != own[place] && !articles.Contains(own[place]))];
    }
}
