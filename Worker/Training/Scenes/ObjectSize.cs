namespace RenderFarm.Training.Scenes;

/// <summary>An object's size: its radius is a fifth (large) or an eighth (small) of the picture's side.</summary>
internal enum ObjectSize
{
    Large,
    Small,
}
