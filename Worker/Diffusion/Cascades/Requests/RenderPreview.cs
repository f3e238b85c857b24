using RenderFarm.Diffusion.Pictures;

namespace RenderFarm.Diffusion.Cascades.Requests;

/// <summary>A picture as far as it is drawn.</summary>
/// <param name="Picture">Of the size that its stage draws at; what is not drawn yet is noise-free guesswork, or grey.</param>
/// <param name="Seconds">What it cost to make it, in which the device drew nothing else.</param>
public readonly record struct RenderPreview(Picture Picture, double Seconds);
