namespace RenderFarm.Training.Scenes;

/// <summary>What an object is. All stay apart at a radius of four pixels. Those after the crescent are the rich world's.</summary>
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
    Diamond,
    Oval,
    Bar,
    Arrow,
    Drop,
    Dome,
    Hourglass,
    Chevron,
}
