using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Farms;
using RenderFarm.Contracts.Pictures;

namespace RenderFarm.Cli.Submission;

/// <summary>
/// A request file whose lines may name pictures as files: these are uploaded, each once, and the lines written anew with their ids. A line that cannot be read
/// stays as it is: the farm says what is wrong with it.
/// </summary>
internal sealed class PictureLines(FarmClient client, string file) : IDisposable
{
    private readonly string _folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
    private readonly string _copy = Path.Combine(Path.GetTempPath(), $"renderfarm-{Guid.NewGuid():N}.jsonl");

    /// <summary>The file to send: this one where no line names a file, else one that goes with this object.</summary>
    /// <exception cref="ToolException">There is no such picture, or the farm refuses it; no batch was submitted.</exception>
    public async Task<string> UploadAsync(CancellationToken cancellationToken)
    {
        // All of them are looked for before the first is sent.
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (line, number) in Lines())
            foreach (var (role, path) in Files(line))
                ids[path] = File.Exists(path) ? string.Empty
                    : throw new ToolException($"{file}, line {number}: '{role}' is '{path}', and there is no such file; expected is a picture: PNG, JPEG or WebP, or the id of one that the farm knows.");
        if (ids.Count == 0) return file;
        foreach (var path in ids.Keys.ToList())
            ids[path] = (await client.UploadAsync(path, cancellationToken).ConfigureAwait(false)).Id;
        await File.WriteAllLinesAsync(_copy, Lines().Select(line => Renamed(line.Text, ids)), new UTF8Encoding(false), cancellationToken).ConfigureAwait(false);
        return _copy;
    }

    public void Dispose() => File.Delete(_copy);

    private string Renamed(string line, Dictionary<string, string> ids)
    {
        var files = Files(line).ToList();
        if (files.Count == 0) return line;
        var request = JsonNode.Parse(line)!.AsObject();
        foreach (var (role, path) in files) request[role] = ids[path];
        return request.ToJsonString();
    }

    /// <summary>The files that a line names, by role.</summary>
    private IEnumerable<(string Role, string Path)> Files(string line)
    {
        if (!InputRole.All.Any(role => line.Contains($"\"{role}\"", StringComparison.Ordinal)) || Parse(line) is not { } request) yield break;
        foreach (var role in InputRole.All)
            if (request[role] is JsonValue value && value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() is { Length: > 0 } name && !IsKnown(name))
                yield return (role, Path.Combine(_folder, name));
    }

    /// <summary>Whether it is a data URI, an id or a key: what a picture is called in the farm.</summary>
    private static bool IsKnown(string name)
    {
        var id = name[(name.LastIndexOf("/inputs/", StringComparison.Ordinal) is var at and >= 0 ? at + "/inputs/".Length : 0)..].Split('-')[0];
        return name.StartsWith("data:", StringComparison.OrdinalIgnoreCase) || (id.Length == 64 && id.All(char.IsAsciiHexDigitLower));
    }

    /// <summary>The file's lines. What is not UTF-8 must not become something that is.</summary>
    /// <exception cref="ToolException">A line is not UTF-8.</exception>
    private IEnumerable<(string Text, int Number)> Lines()
    {
        using var reader = new StreamReader(file, Encoding.Latin1, detectEncodingFromByteOrderMarks: false); // a character for each byte
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            var bytes = Encoding.Latin1.GetBytes(line);
            if (!Utf8.IsValid(bytes)) throw new ToolException($"{file}, line {number}: invalid UTF-8; save the file as UTF-8.");
            yield return (Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF'), number);
        }
    }

    private static JsonObject? Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line) as JsonObject is { Count: > 0 } request && request.ToJsonString().Length > 0 ? request : null;
        }
        // Two fields of one name surface as ArgumentException when fields are counted, half of a surrogate pair, as an escape, as InvalidOperationException when it is written.
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }
}
