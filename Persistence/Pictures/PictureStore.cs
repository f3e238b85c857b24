using System.Data.Common;
using Microsoft.Extensions.Options;
using RenderFarm.Contracts.Pictures;
using RenderFarm.Persistence.Sql;
using RenderFarm.Persistence.Storage;

namespace RenderFarm.Persistence.Pictures;

/// <summary>
/// The pictures that jobs name. A row tells of an object that is stored already, and goes before it does; the key is new with each row, so that
/// whoever deletes one deletes nothing that came after (I4).
/// </summary>
public sealed class PictureStore(FarmDatabase database, IObjectStore store, IOptions<StoreOptions> options)
{
    private const int NamesPerQuestion = 1000;
    private static readonly Raw Columns = new("sha256, key, content_type, width, height, size");

    /// <summary>The id of a picture with these bytes.</summary>
    public static string IdOf(ReadOnlySpan<byte> content) => Digest.Of(content);

    /// <summary>
    /// Keeps a picture, or finds the tenant's own with the same bytes. One that the store lost or damaged is written again, and is there for the jobs that name it already.
    /// </summary>
    /// <exception cref="StoreException">The store cannot keep it; then there is no such picture.</exception>
    public async Task<(InputPicture Picture, bool IsNew)> AddAsync(NewPicture picture, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(picture);
        var id = IdOf(picture.Content.Span);
        while (true)
        {
            var known = (await UseAsync(picture.Tenant, [id], cancellationToken).ConfigureAwait(false)).GetValueOrDefault(id);
            if (known is not null && await IsSoundAsync(known, cancellationToken).ConfigureAwait(false))
                return (known, false);
            var stored = await store.PutAsync(known?.Key ?? ObjectKey.Input(picture.Tenant, id), picture.Content, picture.ContentType, cancellationToken).ConfigureAwait(false);
            if (known is not null)
                return (known, false);
            if (await InsertAsync(picture, stored, cancellationToken).ConfigureAwait(false) is { } added)
                return (added, true);
            // Another was faster with the same bytes.
            await store.DeleteAsync(stored.Key, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The tenant's picture with this id.</summary>
    public Task<InputPicture?> FindAsync(string tenant, string id, CancellationToken cancellationToken) => database.ReadAsync(async read =>
        (await read.QueryAsync($"select {Columns} from pictures where tenant = {tenant} and sha256 = {id}", Read).ConfigureAwait(false)).FirstOrDefault(), cancellationToken);

    /// <summary>
    /// The tenant's pictures of these ids or keys, by what names them; what is missing is not there. They count as used now, and so stay until whoever asks has
    /// stored what names them.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, InputPicture>> UseAsync(string tenant, IEnumerable<string> names, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, InputPicture>(StringComparer.Ordinal);
        // In one order everywhere, so that two submissions that name the same pictures wait instead of deadlocking.
        foreach (var part in names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Chunk(NamesPerQuestion))
        {
            var pictures = await database.WriteAsync(transaction => transaction.QueryAsync(
                $"update pictures set used_at = {transaction.Now} where tenant = {tenant} and (sha256 in {part} or key in {part}) returning {Columns}", Read), cancellationToken).ConfigureAwait(false);
            foreach (var picture in pictures)
                (found[picture.Id], found[picture.Key]) = (picture, picture);
        }

        return found;
    }

    /// <summary>Deletes pictures that no batch and no schedule names and that were not used for the grace period, at most so many. Returns how many.</summary>
    public async Task<int> SweepAsync(int atMost, CancellationToken cancellationToken)
    {
        // What is named in between counts as used just then: the statement looks at the row again once it has it.
        var keys = await database.WriteAsync(transaction => transaction.QueryAsync($"""
            delete from pictures where used_at < {transaction.Now - options.Value.UploadGrace}
                and (tenant, sha256) in (select tenant, sha256 from pictures as old where used_at < {transaction.Now - options.Value.UploadGrace}
                    and not exists (select 1 from picture_uses where picture_uses.tenant = old.tenant and picture_uses.sha256 = old.sha256) order by used_at limit {atMost})
            returning key
            """, row => row.GetString(0)), cancellationToken).ConfigureAwait(false);
        // An object that this does not come to is nobody's, and the sweep for such finds it.
        foreach (var key in keys)
            await store.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
        return keys.Count;
    }

    /// <summary>Has pictures stay as long as a batch or a schedule is there.</summary>
    internal static async Task HoldAsync(FarmTransaction transaction, Guid owner, string tenant, IEnumerable<string> ids)
    {
        foreach (var part in ids.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Chunk(NamesPerQuestion))
            await transaction.ExecuteAsync($"with held as {part.Select(id => (owner, tenant, id))} insert into picture_uses (owner_id, tenant, sha256) select * from held").ConfigureAwait(false);
    }

    /// <summary>Has nothing stay for a batch or a schedule any more.</summary>
    internal static Task LetGoAsync(FarmTransaction transaction, Guid owner) => transaction.ExecuteAsync($"delete from picture_uses where owner_id = {owner}");

    /// <summary>
    /// Whether whoever reads the object gets what was uploaded. It is read whole: what a store records of an object, size, ETag or checksum, is from when it was written,
    /// and MinIO goes on to tell it of one that its disk damaged and that it hands out to nobody. An upload is read back too, so that this costs less than a first one.
    /// </summary>
    private async Task<bool> IsSoundAsync(InputPicture picture, CancellationToken cancellationToken)
    {
        try
        {
            var content = await store.OpenAsync(picture.Key, cancellationToken).ConfigureAwait(false);
            if (content is null)
                return false;
            await using var _ = content.ConfigureAwait(false);
            return await Digest.OfAsync(content, cancellationToken).ConfigureAwait(false) == (picture.Size, picture.Sha256);
        }
        catch (Exception e) when (e is StoreException or IOException)
        {
            // A damaged object can break off in the middle. A store that is away says so when it is to write.
            return false;
        }
    }

    private Task<InputPicture?> InsertAsync(NewPicture picture, StoredObject stored, CancellationToken cancellationToken) => database.WriteAsync(async transaction =>
        (await transaction.QueryAsync($"""
            insert into pictures (tenant, sha256, key, content_type, width, height, size, used_at)
            values ({picture.Tenant}, {stored.Sha256}, {stored.Key}, {picture.ContentType}, {picture.Width}, {picture.Height}, {stored.Size}, {transaction.Now})
            on conflict do nothing returning {Columns}
            """, Read).ConfigureAwait(false)).FirstOrDefault(), cancellationToken);

    private static InputPicture Read(DbDataReader row) => new()
    {
        Id = row.GetString(0), Sha256 = row.GetString(0), Key = row.GetString(1), ContentType = row.GetString(2), Width = row.GetInt32(3), Height = row.GetInt32(4), Size = row.GetInt64(5),
    };
}
