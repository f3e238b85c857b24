using RenderFarm.Diffusion.Pictures;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.UnClip;

/// <summary>
/// Enlarges as PyTorch's interpolate does with mode bicubic and antialias, which takes Pillow's kernel (<see cref="BicubicResampling"/>) without rounding to
/// whole grey levels. Rows and columns are weighted sums, so two matrix products do it.
/// </summary>
internal static class BicubicEnlargement
{
    /// <param name="pictures">float32 [B, C, h, w]</param>
    /// <param name="side">H = W</param>
    /// <returns>float32 [B, C, H, W]</returns>
    public static Tensor To(Tensor pictures, int side)
    {
        using var scope = NewDisposeScope();
        using var rows = Weights((int)pictures.shape[2], side).to(pictures.device); // [H, h]
        using var columns = Weights((int)pictures.shape[3], side).to(pictures.device); // [W, w]
        return rows.matmul(pictures).matmul(columns.transpose(0, 1)).MoveToOuterDisposeScope();
    }

    /// <returns>float32 [to, from]</returns>
    private static Tensor Weights(int from, int to)
    {
        var matrix = new float[to * from];
        for (var pixel = 0; pixel < to; pixel++)
        {
            var (first, weights) = BicubicResampling.Weights(pixel, from, to);
            for (var i = 0; i < weights.Length; i++) matrix[(pixel * from) + first + i] = (float)weights[i];
        }
        return tensor(matrix, [to, from]);
    }
}
