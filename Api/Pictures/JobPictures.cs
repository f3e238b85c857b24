using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using RenderFarm.Api.Batches;
using RenderFarm.Contracts.Pictures;
using RenderFarm.Diffusion.Pictures.Headers;
using RenderFarm.Persistence.Batches;
using RenderFarm.Persistence.Pictures;

namespace RenderFarm.Api.Pictures;

/// <summary>
/// The pictures that the jobs of one submission name: read with the jobs, found together once all are read, and those that the submission holds itself kept once
/// nothing is wrong with any of it.
/// </summary>
internal sealed partial class JobPictures(string tenant, long maxInlineBytes)
{
    private readonly List<(int Job, IReadOnlyDictionary<string, string> Names, InputPlace Place)> _named = [];
    private readonly Dictionary<string, InlinePicture> _inline = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, InputPicture> _stored = new Dictionary<string, InputPicture>();
    private long _inlineBytes;

    /// <summary>Ids of those that were there before.</summary>
    public IReadOnlyList<string> Stored => [.. _stored.Values.Select(picture => picture.Id).Distinct(StringComparer.Ordinal)];

    /// <summary>What a job names its pictures by, by role. Says what is wrong with it.</summary>
    public IReadOnlyDictionary<string, string> Read(JsonElement job, InputPlace place)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var role in InputRole.All)
            if (JsonFields.Text(job, role, place) is { } text)
                names[role] = Name(role, text, place);
        if (names.ContainsKey(InputRole.Mask) && !names.ContainsKey(InputRole.Start))
            place.Refuse(InputRole.Mask, "'mask' says where a picture may change, but there is no 'start'; give the picture.");
        return names;
    }

    /// <summary>Notes what a job names.</summary>
    /// <param name="job">Its index.</param>
    /// <param name="names">By role.</param>
    /// <param name="place">Where to say that there is no such picture.</param>
    public void Note(int job, IReadOnlyDictionary<string, string> names, InputPlace place)
    {
        if (names.Count > 0)
            _named.Add((job, names, place));
    }

    /// <summary>Finds what is named, and says what is not there or does not go together.</summary>
    public async Task FindAsync(PictureStore store, CancellationToken cancellationToken)
    {
        var names = _named.SelectMany(job => job.Names.Values).Where(name => !_inline.ContainsKey(name)).ToHashSet(StringComparer.Ordinal);
        if (names.Count > 0)
            _stored = await store.UseAsync(tenant, names, cancellationToken).ConfigureAwait(false);
        foreach (var (_, named, place) in _named.TakeWhile(job => !job.Place.Errors.IsFull))
            Check(named, place);
    }

    /// <summary>The jobs with their pictures. What the submission holds itself is kept now.</summary>
    public async Task<IReadOnlyList<NewJob>> AttachAsync(IReadOnlyList<NewJob> jobs, PictureStore store, CancellationToken cancellationToken)
    {
        if (_named.Count == 0)
            return jobs;
        var pictures = new Dictionary<string, InputPicture>(_stored, StringComparer.Ordinal);
        foreach (var (id, inline) in _inline)
            (pictures[id], _) = await store.AddAsync(new(tenant, inline.Content, inline.Checked.ContentType, inline.Checked.Width, inline.Checked.Height), cancellationToken).ConfigureAwait(false);
        // One object for all jobs that name the same: what is derived from it later is derived once.
        var shared = new Dictionary<string, IReadOnlyDictionary<string, InputPicture>>(StringComparer.Ordinal);
        var attached = jobs.ToArray();
        foreach (var (job, names, _) in _named)
        {
            var key = string.Join('\n', names.Select(name => $"{name.Key}={name.Value}"));
            if (!shared.TryGetValue(key, out var inputs))
                shared[key] = inputs = names.ToDictionary(name => name.Key, name => pictures[name.Value]);
            attached[job] = attached[job] with { Inputs = inputs };
        }

        return attached;
    }

    private string Name(string role, string text, InputPlace place)
    {
        if (DataUri.Is(text))
            return Inline(role, text, place);
        if (!Id().IsMatch(text) && !Key().IsMatch(text))
            place.Refuse(role, $"'{role}' is '{(text.Length > 80 ? text[..80] + "…" : text)}'; give the id or key that POST /v1/pictures answered, or a data URI.");
        return text;
    }

    private string Inline(string role, string text, InputPlace place)
    {
        var bytes = DataUri.Read(text, out var type, out var fault);
        CheckedPicture? picture = null;
        if (bytes is not null && (fault = PictureCheck.FaultOfType(type) ?? PictureCheck.FaultOfKind(bytes, type)) is null)
            picture = PictureCheck.Read(bytes, out fault);
        if (bytes is null || picture is null)
        {
            place.Refuse(role, $"'{role}' {fault}.");
            return string.Empty;
        }

        var id = PictureStore.IdOf(bytes);
        if (_inline.TryAdd(id, new(bytes, picture)) && (_inlineBytes += bytes.Length) > maxInlineBytes)
            place.Refuse(role, string.Create(CultureInfo.InvariantCulture, $"The pictures in this batch have more than {maxInlineBytes} bytes; upload them with POST /v1/pictures and give their ids."));
        return id;
    }

    private void Check(IReadOnlyDictionary<string, string> names, InputPlace place)
    {
        var sizes = new Dictionary<string, (int Width, int Height)>();
        foreach (var (role, name) in names)
        {
            if (_inline.TryGetValue(name, out var inline))
                sizes[role] = (inline.Checked.Width, inline.Checked.Height);
            else if (_stored.TryGetValue(name, out var stored))
                sizes[role] = (stored.Width, stored.Height);
            else
                place.Refuse(role, $"'{role}' is '{name}', and tenant '{tenant}' has no such picture; upload it with POST /v1/pictures.");
        }

        if (!sizes.TryGetValue(InputRole.Start, out var start))
            return;
        if (PictureHeader.FaultOfStart(start.Width, start.Height) is { } fault)
            place.Refuse(InputRole.Start, $"'start' {fault}.");
        else if (sizes.TryGetValue(InputRole.Mask, out var mask) && mask != start)
            place.Refuse(InputRole.Mask, $"'mask' is {mask.Width} x {mask.Height} pixels and 'start' {start.Width} x {start.Height}; a mask has the size of the picture that it is for.");
    }

    [GeneratedRegex("^[0-9a-f]{64}\\z")]
    private static partial Regex Id();

    [GeneratedRegex("^[a-z0-9_-]{1,64}/inputs/[0-9a-f]{64}-[0-9a-f]{32}\\z")]
    private static partial Regex Key();
}
