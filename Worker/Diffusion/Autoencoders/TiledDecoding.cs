using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Autoencoders;

/// <summary>
/// Decodes latents in overlapping square tiles and blends their pictures where they overlap, as diffusers' AutoencoderKL.tiled_decode: tiles
/// begin every three quarters of their side; over the fourth quarter the tile above, then the one on the left, fades into the next. Memory
/// depends on the tile's size, not the picture's.
/// </summary>
internal static class TiledDecoding
{
    private const double Overlap = 0.25;

    /// <param name="latents">[B, C, h, w]</param>
    /// <param name="tile">A tile's side, in latents.</param>
    /// <param name="factor">Pixels per latent.</param>
    /// <param name="decode">Decodes one tile [B, C, h', w'] to [B, 3, factor h', factor w'].</param>
    /// <returns>[B, 3, factor h, factor w], the caller's</returns>
    public static Tensor Run(Tensor latents, int tile, int factor, Func<Tensor, Tensor> decode)
    {
        var (height, width) = (latents.shape[2], latents.shape[3]);
        if (height <= tile && width <= tile) return decode(latents);
        using var scope = NewDisposeScope();
        var stride = Math.Max(1, (int)(tile * (1 - Overlap)));
        var kept = stride * factor;
        var blended = tile * factor - kept;
        var (rows, above) = (new List<Tensor>(), new List<Tensor>());
        for (long top = 0; top < height; top += stride)
        {
            var row = new List<Tensor>();
            for (long left = 0; left < width; left += stride)
            {
                var picture = decode(latents.narrow(2, top, Math.Min(tile, height - top)).narrow(3, left, Math.Min(tile, width - left)));
                if (above.Count > 0) Blend(above[row.Count], picture, dimension: 2, blended);
                if (row.Count > 0) Blend(row[^1], picture, dimension: 3, blended);
                row.Add(picture);
            }
            rows.Add(cat([.. row.Select(picture => Corner(picture, kept))], 3));
            above.ForEach(picture => picture.Dispose());
            above = row;
        }
        return cat([.. rows], 2).MoveToOuterDisposeScope();
    }

    private static Tensor Corner(Tensor picture, long side) => picture.narrow(2, 0, Math.Min(side, picture.shape[2])).narrow(3, 0, Math.Min(side, picture.shape[3]));

    /// <summary>The beginning of a picture becomes a mixture with the end of the one before it, from all of that to none.</summary>
    private static void Blend(Tensor before, Tensor picture, int dimension, int extent)
    {
        using var scope = NewDisposeScope();
        long length = Math.Min(extent, Math.Min(before.shape[dimension], picture.shape[dimension]));
        if (length == 0) return;
        var share = Arithmetic.Count(length, ScalarType.Float32, picture.device).Over(length).to(picture.dtype); // [length]
        if (dimension == 2) share = share.unsqueeze(-1); // [length, 1]
        var end = before.narrow(dimension, before.shape[dimension] - length, length);
        var beginning = picture.narrow(dimension, 0, length);
        beginning.copy_(end.lerp(beginning, share));
    }
}
