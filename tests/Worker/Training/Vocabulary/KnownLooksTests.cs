using RenderFarm.Training.Scenes;
using RenderFarm.Training.Vocabulary;
using Xunit;

namespace RenderFarm.Training.Tests.Vocabulary;

public sealed class KnownLooksTests
{
    private readonly KnownLooks _known = new(BundledVocabulary.Load());

    /// <summary>The bundled vocabulary is of the wide world's captions; the rich world has more colours and shapes.</summary>
    [Fact]
    public void Knows_EveryLook_IsWhetherTheWideWorldHasIt()
    {
        Assert.All(Enum.GetValues<Colour>(), colour => Assert.Equal(World.Wide.Has(colour), _known.Knows(colour)));
        Assert.All(Enum.GetValues<Shape>(), shape => Assert.Equal(World.Wide.Has(shape), _known.Knows(shape)));
    }

    [Fact]
    public void WordsOfLooks_AreThoseOfOnePiece()
    {
        Assert.Contains("red", _known.ColourWords);
        Assert.DoesNotContain("teal", _known.ColourWords);
        Assert.Contains("disc", _known.ShapeWords);
        Assert.DoesNotContain("plus sign", _known.ShapeWords);
        Assert.DoesNotContain("diamond", _known.ShapeWords);
    }
}
