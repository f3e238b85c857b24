using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Networks;

/// <summary>One recorded call of a U-Net, a batch of two.</summary>
internal sealed record NetworkCase(Tensor Sample, Tensor Timesteps, Tensor Text, Tensor? NoiseLevel, Tensor Output);
