namespace RenderFarm.Diffusion.Pictures;

/// <summary>A picture of a contact sheet.</summary>
/// <param name="Picture">The picture.</param>
/// <param name="Caption">Text below it; empty for none.</param>
/// <param name="Frame">What is drawn around it.</param>
public sealed record SheetEntry(Picture Picture, string Caption = "", SheetFrame Frame = SheetFrame.None);
