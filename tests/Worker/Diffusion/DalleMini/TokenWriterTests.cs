using RenderFarm.Diffusion.DalleMini;
using RenderFarm.Diffusion.Sampling;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.DalleMini;

public sealed class TokenWriterTests : IDisposable
{
    private const long Length = 64;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Write_Greedy_GivesTheRecordedTokens()
    {
        using var golden = DalleReference.Golden();
        var choice = new TokenChoice(Guidance: 3, TopK: 16, Temperature: 0);

        var tokens = Write(DalleReference.Prompts, [choice, choice], [1, 2]);

        TensorAssert.Equal(golden.Read("greedy.scale3.tokens").to(ScalarType.Int64), tokens);
    }

    [Fact]
    public void Write_BatchOfMixedChoices_EqualsEachAlone()
    {
        string[] prompts = [.. DalleReference.Prompts, "a castle at night", ""];
        TokenChoice[] choices = [new(4, 64, 1), new(1, 5, 0.7), new(10, 1, 1), new(2.5, 1000, 3)];
        long[] seeds = [7, 8, 9, 7];

        var together = Write(prompts, choices, seeds);

        for (var row = 0; row < prompts.Length; row++) TensorAssert.Equal(Write([prompts[row]], [choices[row]], [seeds[row]]), together.narrow(0, row, 1));
        Assert.False(together[0].eq(together[3]).all().item<bool>());
    }

    [Fact]
    public void Write_AnotherSeed_GivesOtherTokensOnlyWhereTheyAreDrawn()
    {
        var (drawn, greedy) = (new TokenChoice(3, 64, 1), new TokenChoice(3, 64, 0));

        var (first, second) = (Write(DalleReference.Prompts, [drawn, greedy], [1, 1]), Write(DalleReference.Prompts, [drawn, greedy], [2, 2]));

        Assert.False(first[0].eq(second[0]).all().item<bool>());
        TensorAssert.Equal(first[1], second[1]);
    }

    [Fact]
    public void Write_StoppedAfterAToken_WritesNoMoreAndLeavesNothing()
    {
        using var network = DalleReference.Transformer();
        var count = 0;

        var left = Leaks.Of(() => Assert.Throws<OperationCanceledException>(() => Write(network, DalleReference.Prompts, [new(3, 8, 1), new(3, 8, 1)], [1, 2], step =>
        {
            count = step;
            if (step == 5) throw new OperationCanceledException();
        })));

        Assert.Equal((5, 0), (count, left));
    }

    private static Tensor Write(string[] prompts, TokenChoice[] choices, long[] seeds)
    {
        using var network = DalleReference.Transformer();
        return Write(network, prompts, choices, seeds, _ => { });
    }

    private static Tensor Write(DalleBart network, string[] prompts, TokenChoice[] choices, long[] seeds, Action<int> stepped)
    {
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        using var guidance = new Guidance([.. choices.Select(choice => choice.Guidance)], CPU);
        var noises = seeds.Select(seed => new PictureNoise(seed)).ToList();
        using var draw = new TokenDraw(choices, noises, DalleReference.Codes, Length, CPU);
        noises.ForEach(noise => noise.Dispose());
        var (ids, mask) = DalleBartTokenizer.Load(DalleReference.Folder, 64).Encode([.. guidance.Rows.Select(_ => ""), .. prompts], CPU);
        return new TokenWriter(network, DalleReference.Codes).Write(ids, mask, guidance, draw, (count, _) => stepped(count)).MoveToOuterDisposeScope();
    }
}
