using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Training.TextPretraining;

/// <summary>
/// How much states change at words that stay, where others change. An encoder whose state of a colour's word also tells of the shape knows pairs, and what reads it learns pairs: one that was never
/// shown is then read, and drawn, as one that was. Where states do not change, shape and colour each come from their own word, and a new pair is made of two known things. Padding counts, too:
/// IF's networks attend to it.
/// </summary>
internal static class StateInvariance
{
    /// <param name="states">[2 N, L, D]: captions, then the same captions told of other looks.</param>
    /// <param name="ids">[2 N, L]: their tokens.</param>
    /// <param name="alike">[N] bool: couples whose words stand at the same places.</param>
    /// <returns>Scalar, float32: the mean square of the difference at equal tokens of such a couple, in parts of the mean square of the first half's states, through which no gradient goes; 0 where there is none.</returns>
    public static Tensor Loss(Tensor states, Tensor ids, Tensor alike)
    {
        using var scope = NewDisposeScope();
        var count = alike.shape[0];
        var (own, again) = (states.narrow(0, 0, count).to(ScalarType.Float32), states.narrow(0, count, count).to(ScalarType.Float32));
        var equal = (ids.narrow(0, 0, count).eq(ids.narrow(0, count, count)) & alike.unsqueeze(-1)).to(ScalarType.Float32);
        var scale = own.detach().square().mean();
        return (((own - again).square().mean([-1]) * equal).sum() / equal.sum().clamp(min: 1) / scale).MoveToOuterDisposeScope();
    }
}
