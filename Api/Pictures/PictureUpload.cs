using System.Globalization;
using RenderFarm.Diffusion.Pictures.Headers;

namespace RenderFarm.Api.Pictures;

/// <summary>The body of an upload, read no further than a picture may be large.</summary>
internal static class PictureUpload
{
    private const int Piece = 64 << 10;

    /// <exception cref="BadHttpRequestException">It is larger.</exception>
    public static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > PictureLimits.LargestFile)
            throw TooLarge(request.ContentLength.Value);
        using var file = new MemoryStream();
        var piece = new byte[Piece];
        for (int read; (read = await request.Body.ReadAsync(piece, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            file.Write(piece, 0, read);
            if (file.Length > PictureLimits.LargestFile)
                throw TooLarge(null);
        }

        return file.ToArray();
    }

    private static BadHttpRequestException TooLarge(long? size) => new(
        string.Create(CultureInfo.InvariantCulture, $"The picture has {(size is { } bytes ? $"{bytes}" : $"more than {PictureLimits.LargestFile}")} bytes; expected are at most {PictureLimits.LargestFile}. Make it smaller."),
        StatusCodes.Status413PayloadTooLarge);
}
