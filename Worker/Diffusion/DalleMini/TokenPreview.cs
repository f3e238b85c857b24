using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>
/// The picture of the tokens written so far: the rows that are begun are decoded alone, which costs their share of a whole picture, and what no token stands for yet is
/// grey. Where a row is not full the decoder is shown the tokens above the missing ones; in the first row, the newest.
/// </summary>
/// <param name="decoder">Stays the caller's.</param>
/// <param name="config">The decoder's.</param>
internal sealed class TokenPreview(PictureDecoder decoder, VqganConfig config)
{
    /// <summary>The work for so many tokens, as a share of that for all.</summary>
    public double PartOf(int count) => (double)RowsOf(count) / config.Side;

    /// <param name="tokens">int64 [1, T], the first <paramref name="count"/> of them written.</param>
    /// <param name="count">1 to T</param>
    /// <returns>float32 [1, 3, H, W] in [−1, 1] or a little beyond, 0 where nothing is written, on the CPU; the caller's</returns>
    public Tensor Draw(Tensor tokens, int count)
    {
        using var scope = NewDisposeScope();
        var places = Enumerable.Range(0, RowsOf(count) * config.Side).Select(place => (long)Standing(place, count)).ToArray();
        var decoded = decoder.DecodeRows(tokens.index_select(1, tensor(places, device: tokens.device))).to(ScalarType.Float32).cpu();
        var picture = zeros([1, PictureDecoder.Channels, config.Resolution, config.Resolution]);
        var (cell, full, rest) = (config.Resolution / config.Side, count / config.Side, count % config.Side);
        Copy(decoded, picture, 0, full * cell, config.Resolution);
        Copy(decoded, picture, full * cell, rest > 0 ? cell : 0, rest * cell);
        return picture.MoveToOuterDisposeScope();
    }

    /// <summary>Rows that are begun.</summary>
    private int RowsOf(int count) => (count + config.Side - 1) / config.Side;

    /// <summary>The written place whose token stands at a place.</summary>
    private int Standing(int place, int count) => place < count ? place : place >= config.Side ? place - config.Side : count - 1;

    /// <summary>Of 0 to 1 makes −1 to 1.</summary>
    private static void Copy(Tensor decoded, Tensor picture, int top, int height, int width)
    {
        if (height == 0) return;
        Tensor Part(Tensor whole) => whole.narrow(2, top, height).narrow(3, 0, width);
        Part(picture).copy_(Part(decoded).Times(2.0).PlusInPlace(-1));
    }
}
