namespace RenderFarm.Diffusion.Pictures;

/// <summary>A file that is no picture one can start from; the text says why, and what to give instead.</summary>
public sealed class PictureFileException : Exception
{
    public PictureFileException() { }

    public PictureFileException(string message) : base(message) { }

    public PictureFileException(string message, Exception inner) : base(message, inner) { }
}
