using System.Diagnostics;
using System.Net.Sockets;
using Minio;
using Minio.DataModel.Args;
using Minio.Exceptions;
using RenderFarm.Persistence.Storage;
using RenderFarm.Testing;

namespace RenderFarm.ServerTesting;

/// <summary>A MinIO with temporary data on loopback, from MINIO_BIN, the PATH or ../shared/bin beside the checkout; see <see cref="MissingService"/> for what happens without.</summary>
public sealed class MinioServer : IAsyncDisposable
{
    private const string User = "renderfarm";
    private const string Password = "renderfarm-secret";
    private readonly Process _process;

    private readonly string _folder;

    private MinioServer(Process process, int port, string folder)
    {
        (_process, _folder) = (process, folder);
        Options = new() { Provider = "minio", Endpoint = $"127.0.0.1:{port}", AccessKey = User, SecretKey = Password, Bucket = "pictures", UseTls = false };
    }

    public StoreOptions Options { get; }

    public static async Task<MinioServer> StartAsync()
    {
        var binary = Find();
        if (binary is null) MissingService.End("There is no MinIO: set MINIO_BIN, or put minio on the PATH.");
        var port = ServerProcess.FreePort();
        var folder = Directory.CreateTempSubdirectory("renderfarm-minio-").FullName;
        var process = ServerProcess.Start(
            $"'{binary}' server '{folder}' --address 127.0.0.1:{port} --console-address 127.0.0.1:{ServerProcess.FreePort()} >/dev/null 2>&1 & server=$!",
            $"kill $server; wait $server; rm -rf '{folder}'",
            new Dictionary<string, string> { ["MINIO_ROOT_USER"] = User, ["MINIO_ROOT_PASSWORD"] = Password });
        var server = new MinioServer(process, port, folder);
        await server.ReadyAsync();
        return server;
    }

    /// <summary>Changes a byte of an object on the disk.</summary>
    /// <param name="content">The object's bytes.</param>
    public async Task DamageAsync(byte[] content, CancellationToken cancellationToken)
    {
        const int MostSought = 1024;
        var end = content.AsMemory(Math.Max(0, content.Length - MostSought));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(_folder, Options.Bucket), "*", SearchOption.AllDirectories))
        {
            var bytes = await File.ReadAllBytesAsync(file, cancellationToken);
            if (bytes.AsSpan().LastIndexOf(end.Span) is not (>= 0 and var at)) continue;
            bytes[at] ^= 1;
            await File.WriteAllBytesAsync(file, bytes, cancellationToken);
            return;
        }

        throw new InvalidOperationException($"No file under '{_folder}' holds the object's last {end.Length} bytes.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task ReadyAsync()
    {
        using var client = new MinioClient().WithEndpoint(Options.Endpoint).WithCredentials(User, Password).WithSSL(false).Build();
        for (var tries = 0; ; tries++)
        {
            try
            {
                await client.MakeBucketAsync(new MakeBucketArgs().WithBucket(Options.Bucket));
                return;
            }
            catch (Exception e) when (e is MinioException or HttpRequestException or SocketException && tries < 200)
            {
                // Not listening yet, or listening and not yet ready; a connection that is cut while it is made is told of by its socket.
                await Task.Delay(100);
            }
        }
    }

    private static string? Find()
    {
        var candidates = new List<string?> { Environment.GetEnvironmentVariable("MINIO_BIN") };
        candidates.AddRange((Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Select(folder => Path.Combine(folder, "minio")));
        candidates.Add(Path.Combine(Repository.Root, "..", "shared", "bin", "minio"));
        return candidates.FirstOrDefault(File.Exists);
    }
}
