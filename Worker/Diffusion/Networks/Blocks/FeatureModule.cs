using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Networks.Blocks;

/// <summary>A part of a U-Net that turns features into features, knowing what text, time and noise level say.</summary>
internal abstract class FeatureModule(string name) : nn.Module<Tensor, Conditions, Tensor>(name);
