namespace RenderFarm.Training.Scenes;

/// <summary>The world's colours in sRGB, and which of them may stand on which background.</summary>
internal static class Palette
{
    /// <summary>Least distance in RGB between an object and its background: rules out white on white, black on black and black on navy.</summary>
    private const double LeastContrast = 100;

    /// <summary>An object's colour.</summary>
    public static (byte Red, byte Green, byte Blue) Of(Colour colour) => colour switch
    {
        Colour.Red => (220, 30, 30),
        Colour.Orange => (250, 140, 20),
        Colour.Yellow => (250, 225, 40),
        Colour.Green => (30, 150, 60),
        Colour.Blue => (30, 80, 220),
        Colour.Purple => (120, 30, 170),
        Colour.Pink => (250, 130, 190),
        Colour.Brown => (110, 60, 20),
        Colour.Black => (0, 0, 0),
        Colour.White => (255, 255, 255),
        Colour.Teal => (0, 115, 120),
        Colour.Cyan => (50, 220, 225),
        Colour.Lime => (165, 240, 40),
        Colour.Olive => (125, 125, 20),
        Colour.Maroon => (120, 0, 40),
        Colour.Magenta => (225, 20, 190),
        Colour.Beige => (225, 200, 150),
        Colour.Coral => (250, 125, 100),
        _ => throw new ArgumentOutOfRangeException(nameof(colour), colour, "The palette has no such colour; add it here."),
    };

    /// <summary>A background's colour.</summary>
    public static (byte Red, byte Green, byte Blue) Of(Background background) => background switch
    {
        Background.White => (255, 255, 255),
        Background.Black => (0, 0, 0),
        Background.Gray => (140, 140, 140),
        Background.LightBlue => (130, 190, 240),
        Background.Navy => (20, 30, 90),
        _ => throw new ArgumentOutOfRangeException(nameof(background), background, "The palette has no such background; add it here."),
    };

    /// <summary>The value between two.</summary>
    /// <param name="share">How much of <paramref name="other"/> there is, from 0 to 1.</param>
    public static (byte Red, byte Green, byte Blue) Between((byte Red, byte Green, byte Blue) one, (byte Red, byte Green, byte Blue) other, double share)
    {
        return (Level(one.Red, other.Red), Level(one.Green, other.Green), Level(one.Blue, other.Blue));

        byte Level(byte from, byte to) => (byte)Math.Round(from + (share * (to - from)));
    }

    /// <summary>Whether an object of this colour is well visible on this background.</summary>
    public static bool IsVisible(Colour colour, Background background) => IsVisible(Of(colour), Of(background));

    /// <summary>Whether an object of this value is well visible on a background of that value.</summary>
    public static bool IsVisible((byte Red, byte Green, byte Blue) colour, (byte Red, byte Green, byte Blue) ground)
    {
        var (r, g, b) = colour;
        var (r0, g0, b0) = ground;
        return Math.Sqrt(((r - r0) * (r - r0)) + ((g - g0) * (g - g0)) + ((b - b0) * (b - b0))) >= LeastContrast;
    }

    /// <summary>Whether there are patterns of this colour: of the wide world's.</summary>
    public static bool HasSecondTone(Colour colour) => World.Wide.Has(colour);

    /// <summary>The other colour of a pattern: lighter than a dark colour, darker than a light one, and apart from every background that the colour may stand on.</summary>
    public static (byte Red, byte Green, byte Blue) SecondTone(Colour colour) => colour switch
    {
        Colour.Red => (245, 160, 150),
        Colour.Orange => (150, 75, 0),
        Colour.Yellow => (165, 130, 0),
        Colour.Green => (150, 225, 160),
        Colour.Blue => (200, 215, 255),
        Colour.Purple => (215, 160, 245),
        Colour.Pink => (160, 40, 100),
        Colour.Brown => (210, 165, 115),
        Colour.Black => (85, 85, 85),
        Colour.White => (200, 200, 200),
        _ => throw new ArgumentOutOfRangeException(nameof(colour), colour, "This colour has no second tone and no patterns; add it here."),
    };
}
