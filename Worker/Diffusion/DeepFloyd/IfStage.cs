using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.DeepFloyd;

/// <summary>DeepFloyd IF's first stage (diffusers' IFPipeline): a small picture from text and noise.</summary>
internal sealed class IfStage(PixelDiffusion diffusion) : IStage
{
    /// <summary>diffusers' defaults.</summary>
    internal static readonly StageSettings Usual = new() { Steps = 100, Guidance = 7, Strength = 0.7 };

    public string Dtype => diffusion.Dtype;

    public int Size => diffusion.Size;

    /// <inheritdoc cref="PixelDiffusion.WeightsSha256"/>
    public string WeightsSha256 => diffusion.WeightsSha256;

    public static IfStage Load(ModelIndex index, ITextStates text, Placement placement) =>
        new(PixelDiffusion.Load(index, text, placement, takesPicture: false));

    public StagePlan Plan(StageSettings settings) => diffusion.Plan(settings, Usual);

    public Tensor Draw(IReadOnlyList<StageRow> rows, Tensor? pictures, Action<StageStep> stepped)
    {
        if (pictures is not null) throw new CascadeException("An IFPipeline stage begins with noise; it must be the cascade's first.");
        return diffusion.Draw(rows, condition: null, stepped);
    }

    public void Dispose() => diffusion.Dispose();
}
