using static TorchSharp.torch;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>What one decoder layer keeps while it writes: keys and values of the text, and of the tokens so far. In the dispose scope that it is made in.</summary>
internal sealed class LayerMemory : IDisposable
{
    private readonly KeysValues _tokens;
    private long _count;

    /// <param name="text">of [B, N, L, K]; becomes this object's</param>
    /// <param name="positions">how many tokens are to come</param>
    public LayerMemory(KeysValues text, long positions)
    {
        Text = text;
        var (batch, heads, width) = (text.Keys.shape[0], text.Keys.shape[1], text.Keys.shape[3]);
        Tensor Room() => empty([batch, heads, positions, width], text.Keys.dtype, text.Keys.device);
        _tokens = new KeysValues(Room(), Room());
    }

    /// <summary>Of [B, N, L, K].</summary>
    public KeysValues Text { get; }

    /// <summary>Adds a token.</summary>
    /// <param name="token">of [B, N, 1, K]</param>
    /// <returns>all so far, of [B, N, count, K], in the caller's dispose scope</returns>
    public KeysValues Add(KeysValues token)
    {
        using var scope = NewDisposeScope();
        _tokens.Keys.narrow(2, _count, 1).copy_(token.Keys);
        _tokens.Values.narrow(2, _count, 1).copy_(token.Values);
        _count++;
        return new KeysValues(_tokens.Keys.narrow(2, 0, _count).MoveToOuterDisposeScope(), _tokens.Values.narrow(2, 0, _count).MoveToOuterDisposeScope());
    }

    /// <summary>Takes all of it out of the caller's dispose scope.</summary>
    public void Detach()
    {
        foreach (var tensor in (Tensor[])[Text.Keys, Text.Values, _tokens.Keys, _tokens.Values]) tensor.DetachFromDisposeScope();
    }

    public void Dispose()
    {
        Text.Dispose();
        _tokens.Dispose();
    }
}
