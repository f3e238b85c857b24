namespace RenderFarm.Diffusion.Pictures;

/// <summary>What is drawn around a picture of a contact sheet.</summary>
public enum SheetFrame
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A green frame.</summary>
    Right,

    /// <summary>A red frame.</summary>
    Wrong,
}
