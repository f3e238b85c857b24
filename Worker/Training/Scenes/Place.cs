namespace RenderFarm.Training.Scenes;

/// <summary>Where an object stands. The centre is taken only by an object that is alone.</summary>
internal enum Place
{
    TopLeft,
    TopRight,
    BottomLeft,
    BottomRight,
    Centre,
}
