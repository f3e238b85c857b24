using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Autoencoders;

/// <summary>Parts one after another, each result freed as soon as the next is there.</summary>
internal static class Chain
{
    /// <param name="input">Stays the caller's.</param>
    /// <param name="parts">At least one.</param>
    /// <returns>The last one's result, the caller's.</returns>
    public static Tensor Run(Tensor input, IEnumerable<nn.Module<Tensor, Tensor>> parts)
    {
        using var scope = NewDisposeScope();
        var hidden = input.alias();
        foreach (var part in parts)
        {
            var before = hidden;
            hidden = part.call(before);
            before.Dispose();
        }
        return hidden.MoveToOuterDisposeScope();
    }
}
