using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Npgsql;
using RenderFarm.Chaos.Farms;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Persistence;
using RenderFarm.Persistence.Storage;

namespace RenderFarm.Chaos.Evidence;

/// <summary>The bucket behind the farm's back.</summary>
internal sealed class Bucket(ChaosFarm farm) : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);
    private readonly MinioObjectStore _store = new(Options.Create(farm.Store));

    public async Task<IReadOnlyDictionary<string, (long Size, string Sha256)>> ReadAsync()
    {
        var objects = new Dictionary<string, (long, string)>(StringComparer.Ordinal);
        await foreach (var (key, _) in _store.ListAsync(string.Empty, CancellationToken.None))
        {
            await using var stored = (await _store.OpenAsync(key, CancellationToken.None))!;
            objects[key] = (stored.Length, Convert.ToHexStringLower(await SHA256.HashDataAsync(stored)));
        }

        return objects;
    }

    /// <summary>What the jobs drew of these whose picture is there.</summary>
    public async Task<IReadOnlyDictionary<Guid, Picture>> PicturesAsync(IEnumerable<OutputRow> outputs)
    {
        var pictures = new Dictionary<Guid, Picture>();
        foreach (var output in outputs)
        {
            await using var stored = await _store.OpenAsync(output.Key, CancellationToken.None);
            if (stored is not null)
                pictures[output.Job] = Picture.ReadPng(stored);
        }

        return pictures;
    }

    public async Task<int> CountStrandedAsync(IReadOnlyCollection<OutputRow> outputs)
    {
        var committed = outputs.Select(output => output.Key).ToHashSet(StringComparer.Ordinal);
        var stranded = 0;
        await foreach (var (key, _) in _store.ListAsync(string.Empty, CancellationToken.None))
            stranded += committed.Contains(key) ? 0 : 1;
        return stranded;
    }

    /// <summary>The farm's own collection, one whole round, as if the grace period were over.</summary>
    public async Task CollectAsync()
    {
        using var database = new FarmDatabase(Options.Create(new PersistenceOptions { Provider = "postgres", ConnectionString = farm.ConnectionString }), new LaterTime(TimeProvider.System, Grace * 2));
        await using var sweeper = new OrphanSweeper(database, _store, Options.Create(new StoreOptions { OrphanGrace = Grace, OrphanPortion = 100_000 }));
        await sweeper.SweepAsync(CancellationToken.None);
    }

    public void Dispose() => _store.Dispose();

    private sealed class LaterTime(TimeProvider time, TimeSpan later) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + later;
    }
}
