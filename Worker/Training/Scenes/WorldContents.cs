namespace RenderFarm.Training.Scenes;

/// <summary>Which shapes and colours each world has, and how many objects.</summary>
internal static class WorldContents
{
    /// <summary>The most objects of a scene that are told of one by one.</summary>
    public static int MostObjects(this World world) => world == World.First ? 3 : 5;

    /// <summary>Whether a world has a shape: all of them the rich one, the first eight the others.</summary>
    public static bool Has(this World world, Shape shape) => world == World.Rich || shape <= Shape.Crescent;

    /// <summary>Whether a world has a colour: all of them the rich one, the first ten the others.</summary>
    public static bool Has(this World world, Colour colour) => world == World.Rich || colour <= Colour.White;
}
