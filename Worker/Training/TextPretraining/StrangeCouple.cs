using RenderFarm.Diffusion.Text;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;

namespace RenderFarm.Training.TextPretraining;

/// <summary>A caption told twice, of other colours or of other shapes, of which words of the other kind are to become strange (<see cref="StrangeWords"/>): the same ones in both.</summary>
/// <param name="Caption">The caption.</param>
/// <param name="Again">The same one, word for word, with other colours or shapes; another caption where there is none.</param>
/// <param name="AreColours">Whether the words that may become strange are colours', so that shapes differ.</param>
/// <param name="Strange">Numbers of the tokens that may become strange; none where <paramref name="Again"/> is another caption.</param>
/// <param name="Looks">Numbers of the tokens of colours and shapes in both.</param>
internal sealed record StrangeCouple(string Caption, string Again, bool AreColours, int[] Strange, int[] Looks)
{
    /// <param name="tell">Draws a caption, and how it would be with other looks, if any.</param>
    /// <param name="tokenizer">What cuts captions.</param>
    /// <param name="random">Where the choice of the kind comes from.</param>
    public static StrangeCouple Draw(Func<(Caption Caption, OtherLooks? Looks)> tell, T5Tokenizer tokenizer, SceneRandom random)
    {
        var (caption, looks) = tell();
        var words = LookWords.Of(looks, tokenizer);
        var colours = random.Chance(0.5);
        var differing = colours ? words.Shapes : words.Colours;
        if (looks is null || differing.Length == 0) return new StrangeCouple(caption.Text, tell().Caption.Text, colours, [], []);
        return new StrangeCouple(caption.Text, (colours ? looks.OtherShapes : looks.OtherColours).Text, colours, colours ? words.Colours : words.Shapes, words.All);
    }
}
