namespace RenderFarm.Training.Scenes;

/// <summary>One object of a scene, told by all its attributes.</summary>
internal sealed record SceneObject(Shape Shape, Colour Colour, ObjectSize Size, Place Place, Fill Fill = Fill.Plain);
