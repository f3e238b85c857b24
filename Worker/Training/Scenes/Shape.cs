namespace RenderFarm.Training.Scenes;

/// <summary>What an object is. The eight stay apart at a radius of four pixels.</summary>
internal enum Shape
{
    Circle,
    Square,
    Triangle,
    Star,
    Heart,
    Cross,
    Ring,
    Crescent,
}
