using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Cascades.Stages;

/// <summary>A way to see what a stage has drawn so far, that costs nothing until it is used.</summary>
/// <param name="Device">The stage's: what is still to be computed there must be done before the time of looking is taken.</param>
/// <param name="At">
/// Makes the picture so far of a row of the batch: float32 [1, 3, h, w], about −1 to 1, on the CPU, the caller's. To be called, if at all, before the call that told of it
/// returns. Draws no random numbers and changes nothing that the stage goes on with.
/// </param>
/// <param name="Part">What it takes, as a share of what it takes to see a finished picture.</param>
internal sealed record StageLook(Device Device, Func<int, Tensor> At, double Part = 1);
