using Microsoft.Extensions.Options;
using RenderFarm.Contracts.Pictures;
using RenderFarm.Persistence.Batches;
using RenderFarm.Persistence.Pictures;
using RenderFarm.Persistence.Storage;
using RenderFarm.Persistence.Tests.Databases;
using RenderFarm.ServerTesting;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Persistence.Tests.Pictures;

public sealed class PictureStoreTests : IDisposable
{
    private static readonly TimeSpan Grace = new StoreOptions().UploadGrace;
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Providers => TestDatabase.Providers;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Add_SameBytesAtOnce_IsOnePictureOfEachTenantAndOneObject(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var (pictures, store) = Open(farm);
        var added = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => pictures.AddAsync(Picture(1, i % 2 == 0 ? "a" : "b"), TestDatabase.Token))));

        Assert.Equal(2, added.Count(answer => answer.IsNew));
        var keys = added.Select(answer => answer.Picture.Key).Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.Equal(keys, await KeysAsync(store));
        Assert.Single(added.Select(answer => answer.Picture.Id).Distinct());
        Assert.Equal((keys[0], "image/png", 3, 2, 5L), Told((await pictures.FindAsync("a", added[0].Picture.Id, TestDatabase.Token))!));
        Assert.Null(await pictures.FindAsync("c", added[0].Picture.Id, TestDatabase.Token));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Add_StoreLostTheObject_WritesItAgain(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var (pictures, store) = Open(farm);
        var lost = (await pictures.AddAsync(Picture(1), TestDatabase.Token)).Picture;
        await store.DeleteAsync(lost.Key, TestDatabase.Token);

        var (mended, isNew) = await pictures.AddAsync(Picture(1), TestDatabase.Token);

        Assert.Equal((false, lost), (isNew, mended));
        Assert.Equal([lost.Key], await KeysAsync(store));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Add_FolderDamagedTheObject_WritesItAgain(string provider)
    {
        var store = new FolderObjectStore(Options.Create(new StoreOptions { Folder = _folder.Path }));
        foreach (var damage in (Func<byte[], byte[]>[])[Flipped, bytes => bytes[..3], bytes => [.. bytes, 0]])
            await AssertMendsAsync(provider, store, 5, (key, bytes) => File.WriteAllBytesAsync(_folder.File(key), damage(bytes), TestDatabase.Token));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(3_000_000)]
    public async Task Add_BucketDamagedTheObject_WritesItAgain(int size)
    {
        await using var server = await MinioServer.StartAsync();
        using var store = new MinioObjectStore(Options.Create(server.Options));

        // Written over, which it hands out; and damaged on its disk, where it answers with an error, or breaks off a large one.
        await AssertMendsAsync("sqlite", store, size, (key, bytes) => store.PutAsync(key, Flipped(bytes), "image/png", TestDatabase.Token));
        await AssertMendsAsync("sqlite", store, size, (_, bytes) => server.DamageAsync(bytes, TestDatabase.Token));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Use_ManyNames_FindsTheTenantsOwnByIdAndKey(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var (pictures, _) = Open(farm);
        var own = (await pictures.AddAsync(Picture(1), TestDatabase.Token)).Picture;
        var foreign = (await pictures.AddAsync(Picture(2, "else"), TestDatabase.Token)).Picture;

        var found = await pictures.UseAsync("default", [own.Id, own.Key, foreign.Id, foreign.Key, .. Enumerable.Range(0, 2500).Select(i => $"{i}")], TestDatabase.Token);

        Assert.Equal(new Dictionary<string, InputPicture> { [own.Id] = own, [own.Key] = own }, found);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task I4_PicturesThatNothingNames_GoAfterTheGracePeriodAndNoOthers(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var (pictures, store) = Open(farm);
        var unused = (await pictures.AddAsync(Picture(1), TestDatabase.Token)).Picture;
        var named = (await pictures.AddAsync(Picture(2), TestDatabase.Token)).Picture;
        var scheduled = (await pictures.AddAsync(Picture(3), TestDatabase.Token)).Picture;
        var batch = (await farm.Intake.AcceptAsync(TestDatabase.Batch([Job("a", named), Job("b", named)]), TestDatabase.Token)).BatchId;
        var schedule = await farm.Schedules.AddAsync(new() { Tenant = "default", Batch = "{}", NextAt = farm.Clock.GetUtcNow(), Pictures = [scheduled.Id] }, TestDatabase.Token);

        farm.Clock.Advance(Grace - TimeSpan.FromMinutes(1));
        Assert.Equal(0, await pictures.SweepAsync(10, TestDatabase.Token));
        var fresh = (await pictures.AddAsync(Picture(4), TestDatabase.Token)).Picture;
        farm.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, await pictures.SweepAsync(10, TestDatabase.Token));
        Assert.Equal(new[] { named.Key, scheduled.Key, fresh.Key }.Order(StringComparer.Ordinal), await KeysAsync(store));

        // What is claimed and finished keeps it, as its status names it; what is forgotten does not.
        await farm.Results.CommitAsync([.. (await farm.ClaimAllAsync(batch)).Select(TestDatabase.Result)], TestDatabase.Token);
        await farm.Schedules.DeleteAsync("default", schedule, TestDatabase.Token);
        farm.Clock.Advance(Grace * 2);
        Assert.Equal(2, await pictures.SweepAsync(10, TestDatabase.Token));
        Assert.Equal([named.Key], await KeysAsync(store));
        Assert.Equal(1, await new Retention(farm.Database, store).DeleteAsync(Grace, 10, TestDatabase.Token));
        Assert.Equal(1, await pictures.SweepAsync(10, TestDatabase.Token));
        Assert.Empty(await KeysAsync(store));

        // The same bytes again are the same picture, as another object.
        var again = (await pictures.AddAsync(Picture(1), TestDatabase.Token)).Picture;
        Assert.Equal(unused.Id, again.Id);
        Assert.NotEqual(unused.Key, again.Key);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task I4_PictureNamedAgainJustBeforeTheSweep_Stays(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var (pictures, store) = Open(farm);
        var picture = (await pictures.AddAsync(Picture(1), TestDatabase.Token)).Picture;
        farm.Clock.Advance(Grace * 2);

        await pictures.UseAsync("default", [picture.Id], TestDatabase.Token);

        Assert.Equal(0, await pictures.SweepAsync(10, TestDatabase.Token));
        Assert.Equal([picture.Key], await KeysAsync(store));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task I4_ObjectOfAnUploadThatWasBrokenOff_IsAnOrphanOnceItIsOldEnough(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var (pictures, store) = Open(farm);
        var picture = (await pictures.AddAsync(Picture(1), TestDatabase.Token)).Picture;
        await store.PutAsync(ObjectKey.Input("default", picture.Sha256), new byte[5], "image/png", TestDatabase.Token);
        await using var sweeper = new OrphanSweeper(farm.Database, store, Options.Create(new StoreOptions()));

        // The test's clock stands years ahead of the store's.
        Assert.Equal(1, await sweeper.SweepAsync(TestDatabase.Token));
        Assert.Equal([picture.Key], await KeysAsync(store));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Accept_HundredThousandJobsFromPictures_AreClaimedWithThem(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var (pictures, _) = Open(farm);
        var stored = new List<InputPicture>();
        for (byte i = 0; i < 20; i++)
            stored.Add((await pictures.AddAsync(Picture(i), TestDatabase.Token)).Picture);
        var jobs = Enumerable.Range(0, 100_000).Select(i => Job($"{i}", stored[i % 20]));
        var batch = (await farm.Intake.AcceptAsync(TestDatabase.Batch(jobs), TestDatabase.Token)).BatchId;

        var last = await farm.Queries.JobsAsync(batch, null, 99_979, 20, TestDatabase.Token);
        var claimed = await farm.Leases.ClaimAsync("w", "test", [.. last.Select(job => new Persistence.Jobs.ClaimRequest(job.Id))], TestDatabase.Lease, TestDatabase.Token);
        Assert.Equal(20, claimed.Count);
        Assert.All(claimed, job => Assert.Equal(stored[int.Parse(job.CustomId, System.Globalization.CultureInfo.InvariantCulture) % 20], Assert.Single(job.Inputs).Value));
    }

    private static NewPicture Picture(byte content, string tenant = "default") => new(tenant, new byte[] { content, 0, 0, 0, 0 }, "image/png", 3, 2);

    private static NewJob Job(string id, InputPicture picture) => TestDatabase.Job(id) with { Inputs = new Dictionary<string, InputPicture> { [InputRole.Start] = picture } };

    private static (string, string, int, int, long) Told(InputPicture picture) => (picture.Key, picture.ContentType, picture.Width, picture.Height, picture.Size);

    /// <summary>Damages a stored picture and adds it again.</summary>
    private static async Task AssertMendsAsync(string provider, IObjectStore store, int size, Func<string, byte[], Task> damage)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var pictures = new PictureStore(farm.Database, store, Options.Create(new StoreOptions()));
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        var picture = new NewPicture("default", bytes, "image/png", 3, 2);
        var sound = (await pictures.AddAsync(picture, TestDatabase.Token)).Picture;
        Assert.Equal((sound, false), await pictures.AddAsync(picture, TestDatabase.Token));
        await damage(sound.Key, bytes);

        Assert.Equal((sound, false), await pictures.AddAsync(picture, TestDatabase.Token));

        await using (var content = await store.OpenAsync(sound.Key, TestDatabase.Token))
        {
            using var copy = new MemoryStream();
            await content!.CopyToAsync(copy, TestDatabase.Token);
            Assert.Equal(bytes, copy.ToArray());
        }

        Assert.Equal([sound.Key], await store.ListAsync(string.Empty, TestDatabase.Token).Select(item => item.Key).ToListAsync(TestDatabase.Token));
        await store.DeleteAsync(sound.Key, TestDatabase.Token);
    }

    private static byte[] Flipped(byte[] bytes) => [.. bytes[..^1], (byte)~bytes[^1]];

    private (PictureStore, FolderObjectStore) Open(TestDatabase farm)
    {
        var options = Options.Create(new StoreOptions { Folder = _folder.Path });
        var store = new FolderObjectStore(options);
        return (new(farm.Database, store, options), store);
    }

    private static async Task<IReadOnlyList<string>> KeysAsync(FolderObjectStore store) =>
        [.. (await store.ListAsync(string.Empty, TestDatabase.Token).Select(item => item.Key).ToListAsync(TestDatabase.Token)).Order(StringComparer.Ordinal)];
}
