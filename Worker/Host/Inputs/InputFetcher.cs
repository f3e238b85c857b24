using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using RenderFarm.Contracts.Pictures;
using RenderFarm.Persistence.Storage;
using RenderFarm.Worker.Delivery;
using RenderFarm.Worker.Devices;
using RenderFarm.Worker.Rendering;

namespace RenderFarm.Worker.Inputs;

/// <summary>
/// Fetches the pictures that claimed jobs name, each once for a group, and sees that they are what was uploaded. What cannot be had is the error of the
/// jobs that name it alone.
/// </summary>
internal sealed class InputFetcher(IObjectStore store, IOptions<WorkerOptions> options, TimeProvider time)
{
    private readonly InputCache _cache = new(options.Value.InputCacheBytes);
    private readonly Retrying _retrying = new(options.Value.DeliveryTries, options.Value.DeliveryDelay, time);

    /// <summary>Gives a group's jobs their pictures.</summary>
    public Task FetchAsync(HeldGroup group)
    {
        var items = group.Items.Where(item => item.Job.Inputs.Count > 0).ToList();
        var files = items.SelectMany(item => item.Job.Inputs.Values).DistinctBy(picture => picture.Key).ToDictionary(picture => picture.Key, ReadAsync);
        return Task.WhenAll(items.Select(item => GiveAsync(item, files)));
    }

    private static async Task GiveAsync(HeldItem item, Dictionary<string, Task<byte[]>> files)
    {
        try
        {
            var inputs = new Dictionary<string, ReadOnlyMemory<byte>>();
            foreach (var (role, picture) in item.Job.Inputs)
                inputs[role] = await files[picture.Key].ConfigureAwait(false);
            item.Inputs = inputs;
        }
        catch (Exception e)
        {
            item.Fault = e;
        }
    }

    private async Task<byte[]> ReadAsync(InputPicture picture)
    {
        if (_cache.Find(picture.Key) is { } known)
            return known;
        byte[]? file;
        try
        {
            // Damage on the way passes with the next try; damage in the store does not.
            file = await _retrying.RunAsync(() => ReadOnceAsync(picture)).ConfigureAwait(false);
        }
        catch (InvalidDataException e)
        {
            throw new PermanentRenderException(e.Message, e);
        }
        catch (StoreException e)
        {
            // A store that is away says so here, and the job waits for it. One that answers does not give this one picture: that may never pass, so it counts as an attempt.
            await store.CheckAsync(CancellationToken.None).ConfigureAwait(false);
            throw new IOException($"The picture '{picture.Key}' that the job names cannot be read although the store answers: {e.Message} If this goes on, upload the same file again.", e);
        }

        if (file is null)
            throw new PermanentRenderException($"The picture '{picture.Key}' that the job names is not in the store any more; upload it again and submit the job anew.");
        _cache.Add(picture.Key, file);
        return file;
    }

    private async Task<byte[]?> ReadOnceAsync(InputPicture picture)
    {
        var stream = await store.OpenAsync(picture.Key, CancellationToken.None).ConfigureAwait(false);
        if (stream is null)
            return null;
        await using var _ = stream.ConfigureAwait(false);
        // One more than there may be: too long is as wrong as too short, and nobody reads on.
        var file = new byte[picture.Size + 1];
        var length = await stream.ReadAtLeastAsync(file, file.Length, throwOnEndOfStream: false).ConfigureAwait(false);
        if (length != picture.Size || Convert.ToHexStringLower(SHA256.HashData(file.AsSpan(..length))) != picture.Sha256)
            throw new InvalidDataException($"The picture '{picture.Key}' that the job names is damaged in the store: it is not the {picture.Size} bytes with SHA-256 {picture.Sha256} that were uploaded. Upload it again and submit the job anew.");
        return file[..length];
    }
}
