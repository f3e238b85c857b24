using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Training.Optimization;

/// <summary>First values of a network's parameters, chosen by checkpoint key and shape. Every draw comes from one seeded generator.</summary>
internal static class Initializer
{
    /// <summary>
    /// A U-Net's: uniform with variance 1/(3 fan-in) as PyTorch's layers do, biases at 0, norms at 1 and 0. Layers that end a residual branch begin like
    /// the others: in a trial of 16,000 samples a network that had them at zero, as guided-diffusion has, learned a little more slowly which colour goes where.
    /// </summary>
    public static void InitializeUNet(nn.Module network, Generator generator)
    {
        using var guard = no_grad();
        foreach (var (name, parameter) in network.named_parameters())
        {
            using var scope = NewDisposeScope();
            if (name.Contains("norm", StringComparison.Ordinal)) parameter.fill_(name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0);
            else if (name.EndsWith("positional_embedding", StringComparison.Ordinal)) Draw(parameter, generator, normal: Math.Pow(parameter.shape[^1], -0.5));
            else if (name.EndsWith("bias", StringComparison.Ordinal)) parameter.zero_();
            else Draw(parameter, generator, uniform: Math.Pow(parameter.numel() / parameter.shape[0], -0.5));
        }
    }

    /// <summary>T5's own (Raffel et al. 2020; transformers' T5PreTrainedModel._init_weights with factor 1).</summary>
    public static void InitializeT5(nn.Module encoder, long width, long headWidth, long heads, long feedForward, Generator generator)
    {
        using var guard = no_grad();
        foreach (var (name, parameter) in encoder.named_parameters())
        {
            using var scope = NewDisposeScope();
            if (name.Contains("layer_norm", StringComparison.Ordinal)) { parameter.fill_(1); continue; }
            Draw(parameter, generator, normal: name.Split('.')[^2] switch
            {
                "shared" or "embed_tokens" => 1,
                "q" => Math.Pow(width * headWidth, -0.5),
                "o" => Math.Pow(heads * headWidth, -0.5),
                "wo" => Math.Pow(feedForward, -0.5),
                _ => Math.Pow(width, -0.5),
            });
        }
    }

    /// <summary>
    /// A pre-norm transformer's (Vaswani et al. 2017; Radford et al. 2019): variance 1 / fan-in, layers that end a residual branch smaller by √(2 · layers),
    /// learned positions and queries small, biases at 0, norms at 1 and 0.
    /// </summary>
    public static void InitializeTransformer(nn.Module network, int layers, Generator generator)
    {
        using var guard = no_grad();
        foreach (var (name, parameter) in network.named_parameters())
        {
            using var scope = NewDisposeScope();
            var (isWeight, fanIn) = (name.EndsWith("weight", StringComparison.Ordinal), parameter.numel() / parameter.shape[0]);
            var endsBranch = name.EndsWith("out_proj.weight", StringComparison.Ordinal) || name.EndsWith("fc2.weight", StringComparison.Ordinal);
            if (name.Contains("norm", StringComparison.Ordinal)) parameter.fill_(isWeight ? 1 : 0);
            else if (name.EndsWith("bias", StringComparison.Ordinal)) parameter.zero_();
            else if (!isWeight || name.Contains("position", StringComparison.Ordinal)) Draw(parameter, generator, normal: 0.3);
            else Draw(parameter, generator, normal: Math.Pow(fanIn * (endsBranch ? 2.0 * layers : 1), -0.5));
        }
    }

    internal static void Draw(Tensor parameter, Generator generator, double uniform = 0, double normal = 0)
    {
        var drawn = normal > 0
            ? torch.randn(parameter.shape, generator: generator).mul_(normal)
            : torch.rand(parameter.shape, generator: generator).mul_(2 * uniform).sub_(uniform);
        parameter.copy_(drawn);
    }
}
