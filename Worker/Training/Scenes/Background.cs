namespace RenderFarm.Training.Scenes;

/// <summary>The plain colour behind the objects; <see cref="Palette"/> holds the values.</summary>
internal enum Background
{
    White,
    Black,
    Gray,
    LightBlue,
    Navy,
}
