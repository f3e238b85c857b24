using RenderFarm.Training.TextPretraining;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Training.Tests.TextPretraining;

public sealed class StateInvarianceTests
{
    private const int Changed = 2; // the word that is another in the first couple

    private static readonly Tensor Ids = tensor(new long[] { 1, 2, 3, 4, 5, 6, 1, 2, 9, 4, 5, 6 }, [4, 3]);

    [Fact]
    public void Loss_StatesThatDifferAtTheChangedWordAlone_IsZero()
    {
        var states = randn(2, 3, 4).repeat(2, 1, 1);
        states[2, Changed].add_(5);

        Assert.Equal(0, StateInvariance.Loss(states, Ids, tensor([true, true])).item<float>());
    }

    [Fact]
    public void Loss_StateThatChangesAtAnEqualWord_IsItsSquareInPartsOfTheStates()
    {
        var states = full(4, 3, 4, 2f);
        states[2, 0].add_(1); // an equal word of the first couple: 1 of the 5 equal words

        var loss = StateInvariance.Loss(states, Ids, tensor([true, true])).item<float>();

        Assert.Equal(1.0 / 5 / 4, loss, 1e-6);
        Assert.Equal(loss, StateInvariance.Loss(states * 3, Ids, tensor([true, true])).item<float>(), 1e-6);
    }

    [Fact]
    public void Loss_CoupleWithWordsAtOtherPlaces_IsLeftOut()
    {
        var states = full(4, 3, 4, 2f);
        states[2].add_(1);

        Assert.Equal(0, StateInvariance.Loss(states, Ids, tensor([false, true])).item<float>());
        Assert.Equal(0, StateInvariance.Loss(states, Ids, tensor([false, false])).item<float>());
    }

    [Fact]
    public void Loss_Gradient_ReachesBothOfACoupleAtEqualWordsAlone()
    {
        var states = randn(4, 3, 4).requires_grad_();

        StateInvariance.Loss(states, Ids, tensor([true, false])).backward();

        var moved = states.grad!.abs().sum([-1]).gt(0);
        Assert.Equal([true, true, false, false, false, false, true, true, false, false, false, false], moved.flatten().data<bool>().ToArray());
    }
}
