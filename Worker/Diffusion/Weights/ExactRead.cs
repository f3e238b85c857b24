using Microsoft.Win32.SafeHandles;

namespace RenderFarm.Diffusion.Weights;

/// <summary>Reads from files of weights.</summary>
internal static class ExactRead
{
    /// <summary>Fills the buffer with the bytes from an offset on.</summary>
    /// <exception cref="WeightsException">The file ends before; it did not when it was opened.</exception>
    public static void Fill(SafeFileHandle handle, Span<byte> buffer, long offset, string path)
    {
        while (!buffer.IsEmpty)
        {
            var read = RandomAccess.Read(handle, buffer, offset);
            if (read == 0)
                throw new WeightsException($"'{path}' ended at byte {offset} while it was read: it was cut short meanwhile; fetch it again.");
            buffer = buffer[read..];
            offset += read;
        }
    }
}
