using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Weights;

/// <summary>
/// The weights of one network in a folder of Hugging Face's layout: one safetensors file, or several that an index lists, under the names
/// that transformers (model…) and diffusers (diffusion_pytorch_model…) give them, in full precision or as the fp16 variant.
/// </summary>
internal sealed class WeightsFolder : IWeights, IDisposable
{
    private static readonly string[] Stems = ["diffusion_pytorch_model", "model"];

    private static readonly string[] FullNames = [.. Stems.SelectMany(stem =>
        new[] { $"{stem}.safetensors", $"{stem}.safetensors.index.json" })];

    private static readonly string[] HalfNames =
        [.. Stems.SelectMany(stem => new[] { $"{stem}.fp16.safetensors", $"{stem}.safetensors.index.fp16.json", $"{stem}.fp16.safetensors.index.json" })];

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private readonly List<SafetensorsFile> _files;
    private readonly Dictionary<string, SafetensorsFile> _fileOf;

    private WeightsFolder(string path, List<SafetensorsFile> files)
    {
        (Path, _files) = (path, files);
        _fileOf = files.SelectMany(file => file.Entries.Select(entry => (entry.Name, File: file))).ToDictionary(pair => pair.Name, pair => pair.File, StringComparer.Ordinal);
        Names = [.. _fileOf.Keys.Order(StringComparer.Ordinal)];
    }

    public string Path { get; }

    /// <summary>All keys, in ordinal order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The files the tensors come from, in ordinal order.</summary>
    public IReadOnlyList<string> Files => [.. _files.Select(file => file.Path)];

    /// <summary>Opens the folder's weights and checks every header.</summary>
    /// <param name="folder">The component's folder, such as <c>unet/</c>.</param>
    /// <param name="preferHalf">True takes the fp16 variant where there is one; the other kind is taken where only it exists.</param>
    /// <exception cref="WeightsException">There are no weights, only pickles, or damaged ones.</exception>
    public static WeightsFolder Open(string folder, bool preferHalf = false)
    {
        if (!Directory.Exists(folder))
            throw new WeightsException($"The folder '{folder}' does not exist; expected is a component's folder with a safetensors file.");
        string[] names = preferHalf ? [.. HalfNames, .. FullNames] : [.. FullNames, .. HalfNames];
        var found = names.FirstOrDefault(name => File.Exists(System.IO.Path.Combine(folder, name)));
        if (found is null)
        {
            if (PickleRefusal.FindIn(folder) is { } pickle) throw PickleRefusal.ForFolder(folder, pickle);
            throw new WeightsException($"'{folder}' holds no weights; looked for {string.Join(", ", names)}.");
        }
        return found.EndsWith(".json", StringComparison.Ordinal) ? OpenIndex(folder, found) : OpenFiles(folder, [found], null);
    }

    /// <exception cref="WeightsException">No file has such a tensor.</exception>
    public SafetensorsEntry Entry(string name) => FileOf(name).Entry(name);

    public long[] ShapeOf(string name) => Entry(name).Shape;

    public (ScalarType Dtype, long[] Shape) KindOf(string name) => (Entry(name).Dtype, ShapeOf(name));

    /// <summary>As <see cref="SafetensorsFile.Read"/>.</summary>
    public Tensor Read(string name) => FileOf(name).Read(name);

    /// <summary>As <see cref="SafetensorsFile.ReadInto"/>.</summary>
    public void ReadInto(string name, Tensor destination) => FileOf(name).ReadInto(name, destination);

    /// <summary>Where a tensor lies: which file, and from which byte.</summary>
    public (int File, long Offset) PlaceOf(string name) => (_files.IndexOf(FileOf(name)), Entry(name).Offset);

    /// <summary>
    /// What identifies these weights, in lower-case hexadecimal: the SHA-256 of the file, or, of several, that of the lines
    /// "hash  name" which sha256sum prints for them. What was read in order already is not read again.
    /// </summary>
    public string Sha256()
    {
        var hashes = _files.Select(file => (Hash: file.Sha256(), Name: System.IO.Path.GetFileName(file.Path))).ToList();
        if (hashes is [var only]) return only.Hash;
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(hashes.Select(item => $"{item.Hash}  {item.Name}\n")))));
    }

    public void Dispose() => _files.ForEach(file => file.Dispose());

    private SafetensorsFile FileOf(string name) =>
        _fileOf.TryGetValue(name, out var file) ? file : throw new WeightsException($"'{Path}' holds no tensor '{name}'.");

    private static WeightsFolder OpenIndex(string folder, string indexName)
    {
        var map = ReadIndex(System.IO.Path.Combine(folder, indexName));
        return OpenFiles(folder, [.. map.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], (indexName, map));
    }

    private static Dictionary<string, string> ReadIndex(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("weight_map", out var list) || list.ValueKind != JsonValueKind.Object)
                throw new WeightsException($"'{path}' cannot be read: it has no object 'weight_map'.");
            var map = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var property in list.EnumerateObject())
            {
                var file = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : "";
                // A name that leads out of the folder must not be opened.
                if (!file.EndsWith(".safetensors", StringComparison.Ordinal) || file.AsSpan().IndexOfAny('/', '\\', '\0') >= 0)
                    throw new WeightsException($"'{path}' cannot be used: it places '{property.Name}' in '{file}'; expected is the name of a safetensors file in the same folder.");
                map.Add(property.Name, file);
            }
            return map;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new WeightsException($"'{path}' cannot be read: it is not valid JSON ({error.Message}).", error);
        }
    }

    private static WeightsFolder OpenFiles(string folder, IReadOnlyList<string> names, (string Name, Dictionary<string, string> Map)? index)
    {
        var files = new List<SafetensorsFile>();
        try
        {
            foreach (var name in names)
            {
                var path = System.IO.Path.Combine(folder, name);
                if (!File.Exists(path)) throw new WeightsException($"'{path}' is missing, which '{index?.Name}' lists; fetch it, too.");
                files.Add(SafetensorsFile.Open(path));
            }
            if (index is { } known) CheckIndex(folder, known.Name, known.Map, files);
            return new WeightsFolder(folder, files);
        }
        catch
        {
            files.ForEach(file => file.Dispose());
            throw;
        }
    }

    private static void CheckIndex(string folder, string indexName, Dictionary<string, string> map, List<SafetensorsFile> files)
    {
        var byName = files.ToDictionary(file => System.IO.Path.GetFileName(file.Path), StringComparer.Ordinal);
        foreach (var (key, name) in map)
        {
            if (!byName[name].Contains(key))
                throw new WeightsException($"'{indexName}' in '{folder}' places '{key}' in '{name}', which does not hold it; fetch both again.");
        }
        foreach (var (name, file) in byName)
        {
            foreach (var entry in file.Entries)
            {
                if (!map.TryGetValue(entry.Name, out var placed) || placed != name)
                    throw new WeightsException($"'{name}' in '{folder}' holds '{entry.Name}', which '{indexName}' {(placed is null ? "does not list" : $"places in '{placed}'")}; fetch both again.");
            }
        }
    }
}
