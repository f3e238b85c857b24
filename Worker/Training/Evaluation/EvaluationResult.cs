using RenderFarm.Diffusion.Pictures;
using RenderFarm.Training.Evaluation.Judging;

namespace RenderFarm.Training.Evaluation;

/// <summary>An evaluation's figures and pictures.</summary>
/// <param name="Report">The figures.</param>
/// <param name="Pictures">Every picture, in the order of rendering.</param>
public sealed record EvaluationResult(EvaluationReport Report, IReadOnlyList<JudgedPicture> Pictures)
{
    /// <summary>Pictures a row of the contact sheet, and the side of each.</summary>
    private const int SheetColumns = 20, SheetCell = 128;

    /// <summary>The files that <see cref="Save"/> writes.</summary>
    public static IReadOnlyList<string> Files { get; } = ["report.json", "report.txt", "contact-sheet.png"];

    /// <summary>Writes <see cref="Files"/>. Each appears whole or not at all; older ones are replaced.</summary>
    /// <param name="folder">An existing folder.</param>
    public void Save(string folder)
    {
        TextFile.Write(Path.Combine(folder, Files[0]), Report.ToJson() + "\n");
        TextFile.Write(Path.Combine(folder, Files[1]), Report.ToString());
        ContactSheet.Draw([.. Pictures.SelectMany(Entries)], SheetColumns, SheetCell).SavePng(Path.Combine(folder, Files[2]));
    }

    /// <summary>The reference, if there is one, then what was drawn, framed green where nothing is wrong, else red.</summary>
    private static IEnumerable<SheetEntry> Entries(JudgedPicture judged)
    {
        if (judged.Prompt.Reference is { } reference) yield return new(PictureOf(reference), judged.Prompt.Prompt);
        yield return new(PictureOf(judged.Picture), Frame: judged.Problems.Count == 0 ? SheetFrame.Right : SheetFrame.Wrong);
    }

    private static Picture PictureOf(RgbPicture picture) => new(picture.Side, picture.Side, picture.Pixels);
}
