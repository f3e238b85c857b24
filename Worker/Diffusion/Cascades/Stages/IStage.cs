using RenderFarm.Diffusion.Cascades.Requests;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Cascades.Stages;

/// <summary>
/// One stage of a cascade, loaded: pictures (or nothing) and text in, pictures out. Most are diffusion models; the contract does not say so. A
/// new kind of model implements this, a <see cref="StagePlan"/> where it is no diffusion, and an <see cref="IStageFamily"/>.
/// </summary>
internal interface IStage : IDisposable
{
    /// <summary>The network's number format: float32, bfloat16 or float16.</summary>
    string Dtype { get; }

    /// <summary>Height and width of its pictures, in pixels, where no start picture gives them another shape: see <see cref="StagePlan.Size"/>.</summary>
    int Size { get; }

    /// <summary>Fills in what the settings leave open, and checks them.</summary>
    /// <exception cref="Sampling.SettingsException">This stage cannot draw so.</exception>
    StagePlan Plan(StageSettings settings);

    /// <summary>Draws a batch whose plans' <see cref="StagePlan.BatchKey"/> are the same.</summary>
    /// <param name="rows">B pictures to draw, with plans of this stage's <see cref="Plan"/>.</param>
    /// <param name="pictures">The stage before's, float32 [B, 3, h, w] in [−1, 1] on the CPU; null for the first stage.</param>
    /// <param name="stepped">Called after each step; throws to stop.</param>
    /// <returns>float32 [B, 3, H, W] in [−1, 1] on the CPU; not quantised.</returns>
    Tensor Draw(IReadOnlyList<StageRow> rows, Tensor? pictures, Action<StageStep> stepped);
}
