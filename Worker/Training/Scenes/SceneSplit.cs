namespace RenderFarm.Training.Scenes;

/// <summary>Which colour-shape pairs a scene's objects are drawn from.</summary>
internal enum SceneSplit
{
    /// <summary>Only pairs that training shows.</summary>
    Seen,

    /// <summary>Only pairs held out of training (<see cref="HeldOutPairs"/>): these measure composition.</summary>
    Unseen,
}
