using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Sampling;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>
/// Draws tokens from logits by inverting the distribution: of the likeliest tokens, in descending order, the first at which the sum of probabilities
/// exceeds a number from [0, 1). All of a picture's numbers come from its own generator before the first token, so a token depends on nothing that lies
/// beside it in the batch, and none of it leaves the device.
/// </summary>
internal sealed class TokenDraw : IDisposable
{
    private readonly int _most;
    private readonly Tensor _numbers;
    private readonly Tensor _temperatures;
    private readonly Tensor _last;
    private readonly Tensor _beyond;

    /// <param name="choices">Of each picture.</param>
    /// <param name="noises">The pictures' generators.</param>
    /// <param name="codes">How many tokens there are to choose from.</param>
    /// <param name="length">T: tokens per picture.</param>
    /// <param name="device">Where the logits lie.</param>
    public TokenDraw(IReadOnlyList<TokenChoice> choices, IReadOnlyList<PictureNoise> noises, long codes, long length, Device device)
    {
        using var scope = NewDisposeScope();
        long[] last = [.. choices.Select(choice => Math.Min(choice.TopK, codes) - 1)];
        _most = (int)last.Max() + 1;
        // The number 0 falls on the likeliest token, whatever the temperature.
        var drawing = tensor([.. choices.Select(choice => choice.Temperature > 0 ? 1f : 0f)], [choices.Count, 1], device: device);
        _numbers = PictureNoise.DrawUniform(noises, length, device).mul_(drawing).DetachFromDisposeScope();
        _temperatures = tensor([.. choices.Select(choice => choice.Temperature > 0 ? (float)choice.Temperature : 1f)], [choices.Count, 1], device: device).DetachFromDisposeScope();
        _last = tensor(last, [choices.Count, 1], device: device).DetachFromDisposeScope();
        float[] beyond = [.. last.SelectMany(own => Enumerable.Range(0, _most).Select(place => place > own ? float.NegativeInfinity : 0))];
        _beyond = tensor(beyond, [choices.Count, _most], device: device).DetachFromDisposeScope();
    }

    /// <param name="logits">[B, codes]</param>
    /// <param name="position">which of the picture's tokens, from 0</param>
    /// <returns>int64 [B], in the caller's dispose scope</returns>
    public Tensor Draw(Tensor logits, long position)
    {
        using var scope = NewDisposeScope();
        var (likeliest, tokens) = logits.to(ScalarType.Float32).topk(_most, 1); // each [B, most], descending
        var greatest = likeliest.narrow(1, 0, 1).clone();
        var scaled = likeliest.PlusInPlace(greatest, -1).div_(_temperatures).Plus(_beyond);
        var reached = scaled.softmax(1).cumsum(1).le(_numbers.narrow(1, position, 1)).sum(1, keepdim: true); // [B, 1]
        return tokens.gather(1, reached.minimum(_last)).squeeze(1).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _numbers.Dispose();
        _temperatures.Dispose();
        _last.Dispose();
        _beyond.Dispose();
    }
}
