using System.Security.Cryptography;

namespace RenderFarm.Persistence.Storage;

internal static class Digest
{
    public static string Of(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    public static async Task<(long Size, string Sha256)> OfAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[81920];
        long size = 0;
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0; size += read)
            hash.AppendData(buffer, 0, read);
        return (size, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
