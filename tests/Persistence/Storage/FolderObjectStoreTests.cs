using Microsoft.Extensions.Options;
using RenderFarm.Persistence.Storage;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Persistence.Tests.Storage;

public sealed class FolderObjectStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Put_Bytes_AreReadBackWithSizeAndSha256()
    {
        var store = Store(_folder.Path);
        var stored = await store.PutAsync("t/b/j/1-0.png", "abc"u8.ToArray(), "image/png", Token);
        await using var read = await store.OpenAsync("t/b/j/1-0.png", Token);

        Assert.Equal(new("t/b/j/1-0.png", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"), stored);
        Assert.Equal("abc", await new StreamReader(read!).ReadToEndAsync(Token));
        Assert.Equal(["t/b/j/1-0.png"], await store.ListAsync("t/", Token).Select(item => item.Key).ToListAsync(Token));
    }

    [Fact]
    public async Task Delete_OneThatIsThereAndOneThatIsNot_BothSucceed()
    {
        var store = Store(_folder.Path);
        await store.PutAsync("t/a.png", new byte[1], "image/png", Token);
        await store.DeleteAsync("t/a.png", Token);
        await store.DeleteAsync("t/a.png", Token);
        Assert.Null(await store.OpenAsync("t/a.png", Token));
    }

    [Fact]
    public async Task Put_FolderThatCannotBeMade_SaysWhichAndWhy()
    {
        await File.WriteAllTextAsync(_folder.File("taken"), "a file", Token);
        var error = await Assert.ThrowsAsync<StoreException>(() => Store(_folder.File("taken")).PutAsync("t/a.png", new byte[1], "image/png", Token));
        Assert.Contains(_folder.File("taken"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_DiskFull_IsTransientAndLeavesNothing()
    {
        using var disk = TinyDisk.Mount(_folder.File("disk"), "256k");
        var store = Store(disk.Path);
        await store.PutAsync("t/small.png", new byte[1000], "image/png", Token);

        var error = await Assert.ThrowsAsync<StoreException>(() => store.PutAsync("t/large.png", new byte[1 << 20], "image/png", Token));

        Assert.Contains("t/large.png", error.Message, StringComparison.Ordinal);
        Assert.Null(await store.OpenAsync("t/large.png", Token));
        Assert.Equal([Path.Combine(disk.Path, "t", "small.png")], Directory.GetFiles(disk.Path, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Check_DiskWithRoomForAByteAndNotForThePictureThatFailed_FailsUntilThereIsRoom()
    {
        using var disk = TinyDisk.Mount(_folder.File("disk"), "256k");
        var store = Store(disk.Path);
        await store.PutAsync("t/first.png", new byte[150_000], "image/png", Token);
        await Assert.ThrowsAsync<StoreException>(() => store.PutAsync("t/second.png", new byte[150_000], "image/png", Token));

        Assert.Contains("cannot be written to: No space left on device. Name", (await Assert.ThrowsAsync<StoreException>(() => store.CheckAsync(Token))).Message, StringComparison.Ordinal);
        await store.DeleteAsync("t/first.png", Token);
        await store.CheckAsync(Token);
    }

    [Fact]
    public async Task Put_LeftoversOfAProcessThatEndedAmidAnUpload_AreRemovedAndYoungFilesAreNot()
    {
        var aside = Directory.CreateDirectory(_folder.File(".incoming")).FullName;
        var (old, young) = (Path.Combine(aside, "old"), Path.Combine(aside, "young"));
        await File.WriteAllTextAsync(old, "half", Token);
        File.SetLastWriteTimeUtc(old, File.GetLastWriteTimeUtc(old).AddSeconds(-1)); // file systems' clocks are coarse
        var store = Store(_folder.Path);
        await File.WriteAllTextAsync(young, "half", Token);
        File.SetLastWriteTimeUtc(young, File.GetLastWriteTimeUtc(young).AddSeconds(1));

        await store.PutAsync("t/a.png", new byte[1], "image/png", Token);

        Assert.Equal([young], Directory.GetFiles(aside));
    }

    [Theory]
    [InlineData(0, 5, true)]
    [InlineData(-1, 22, true)]
    [InlineData(-1, 95, true)]
    [InlineData(-1, 5, false)]
    [InlineData(-1, 28, false)]
    public void Check_AnswerOfAFlush_ThrowsUnlessItWorkedOrTheFileSystemCannot(int result, int error, bool isFine)
    {
        if (isFine)
            FolderSync.Check(_folder.Path, result, error);
        else
            Assert.Contains($"error {error}", Assert.Throws<IOException>(() => FolderSync.Check(_folder.Path, result, error)).Message, StringComparison.Ordinal);
    }

    private static FolderObjectStore Store(string folder) => new(Options.Create(new StoreOptions { Folder = folder }));
}
