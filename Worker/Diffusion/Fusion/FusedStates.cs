using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Fusion;

/// <summary>What a <see cref="FusionNetwork"/> makes of words and pictures.</summary>
/// <param name="States">[B, G·W, D]: W for each slot</param>
/// <param name="Presence">[B, G·W]: more than 0 where the state is to be used (a logit)</param>
/// <param name="Padding">[B, 1, D]: what stands where no state is</param>
internal sealed record FusedStates(Tensor States, Tensor Presence, Tensor Padding) : IDisposable
{
    /// <summary>The states to be used, in order, then padding.</summary>
    /// <param name="length">L: what the diffusion models take.</param>
    /// <returns>[B, L, D], the caller's</returns>
    public Tensor Pack(long length)
    {
        using var scope = NewDisposeScope();
        var (batch, count) = (States.shape[0], States.shape[1]);
        var used = Presence.to(ScalarType.Float32).cpu().data<float>().ToArray();
        var source = cat([States, Padding], 1); // [B, G·W + 1, D]
        var rows = new List<Tensor>();
        for (var row = 0; row < batch; row++)
        {
            var at = row * count;
            var present = Enumerable.Range(0, (int)count).Where(state => used[at + state] > 0).Select(state => (long)state);
            long[] order = [.. present.Concat(Enumerable.Repeat(count, (int)length)).Take((int)length)];
            rows.Add(source[row].index_select(0, tensor(order, device: source.device)));
        }
        return stack(rows, 0).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        States.Dispose();
        Presence.Dispose();
        Padding.Dispose();
    }
}
