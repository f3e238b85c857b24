using RenderFarm.Diffusion.Cascades.Folders;

namespace RenderFarm.Diffusion.Cascades.Stages;

/// <summary>
/// All that a cascade asks of a kind of model: which folders are of it, what they need, whether they are right, and how they are loaded. Listed
/// in <see cref="StageFamilies"/>.
/// </summary>
internal interface IStageFamily
{
    /// <summary>What <see cref="ModelIndex.ClassName"/> says for folders of this family.</summary>
    string ClassName { get; }

    /// <summary>True for a stage that enlarges the picture of the stage before; false for one that draws from text alone.</summary>
    bool NeedsPicture { get; }

    /// <summary>Looks at the configurations, before a single weight is read or memory is allocated.</summary>
    /// <exception cref="CascadeException">Two parts do not fit; names both files and values. A single bad file has its reader's exception.</exception>
    StageOutline Outline(StagePlace place);

    /// <summary>The parts with weights, as inspection counts and checks them; asked before <see cref="Outline"/>, so nothing is read yet.</summary>
    IEnumerable<StageComponent> Components(StagePlace place);

    /// <summary>Loads a stage that <see cref="Outline"/> found right.</summary>
    /// <param name="place">The stage.</param>
    /// <param name="loading">Where its parts go, what it shares with other stages, and whom it tells the weights' hashes.</param>
    IStage Load(StagePlace place, StageLoading loading);
}
