using RenderFarm.Diffusion.Pictures.Headers;

namespace RenderFarm.Api.Pictures;

/// <summary>Looks at a picture's file before it is kept. It is not decoded: of its pixels only an opacity channel is looked through, row by row.</summary>
internal static class PictureCheck
{
    private const string Unknown = "application/octet-stream";
    private static readonly string[] Kinds = [PictureKind.Png, PictureKind.Jpeg, PictureKind.Webp];

    /// <summary>What is wrong with the kind that a sender says a picture is of; null where nothing is.</summary>
    /// <param name="declared">A content type without parameters; null and application/octet-stream leave it to the bytes.</param>
    public static string? FaultOfType(string? declared) => IsOpen(declared) || Kinds.Contains(declared, StringComparer.OrdinalIgnoreCase) ? null
        : $"is said to be '{declared}'; expected is {string.Join(", ", Kinds)} or {Unknown}";

    /// <summary>Whether the bytes are of another kind than the sender says, or of none that can be read; the text says what is wrong.</summary>
    public static string? FaultOfKind(ReadOnlySpan<byte> file, string? declared)
    {
        var kind = PictureKind.Of(file);
        return kind is null ? PictureKind.Fault(file)
            : IsOpen(declared) || kind.Equals(declared, StringComparison.OrdinalIgnoreCase) ? null
            : $"is said to be {declared} and is {kind}; send it as what it is";
    }

    /// <summary>The picture; null where it cannot be taken.</summary>
    /// <param name="file">The whole file, whose kind is right.</param>
    /// <param name="fault">Why it cannot be taken: "is …" or "has …", without a full stop.</param>
    public static CheckedPicture? Read(ReadOnlySpan<byte> file, out string? fault)
    {
        var header = PictureHeader.Read(file, out fault);
        var kind = PictureKind.Of(file);
        if (fault is null && kind == PictureKind.Png)
            fault = PngOpacity.FaultOf(file, header);
        return fault is null ? new(kind!, header.Width, header.Height) : null;
    }

    private static bool IsOpen(string? declared) => string.IsNullOrEmpty(declared) || Unknown.Equals(declared, StringComparison.OrdinalIgnoreCase);
}
