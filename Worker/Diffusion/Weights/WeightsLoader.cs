using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Weights;

/// <summary>Fills a network from files: all keys, shapes and dtypes are compared first, then one tensor at a time is read.</summary>
internal static class WeightsLoader
{
    private const int NamedKeys = 5;

    /// <summary>
    /// A network with its files' weights, ready to compute. It is first built without memory and compared with the files: a configuration
    /// that promises more than they hold must not allocate it.
    /// </summary>
    /// <param name="weights">Stays the caller's.</param>
    /// <param name="make">Builds the network.</param>
    /// <param name="placement">Where it is to live; the caller owns it.</param>
    /// <param name="rename">As for <see cref="Load"/>.</param>
    /// <exception cref="WeightsException">As for <see cref="Load"/>.</exception>
    public static TNetwork Build<TNetwork>(IWeights weights, Func<Placement, TNetwork> make, Placement placement, Func<string, string?>? rename = null)
        where TNetwork : nn.Module
    {
        using (var outline = make(placement with { Device = META })) Check(outline, weights, rename);
        var network = make(placement);
        try
        {
            Load(network, weights, rename);
            network.eval();
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <param name="network">Its parameters and buffers are written, in the dtype, layout and device they have.</param>
    /// <param name="weights">Stays the caller's.</param>
    /// <param name="rename">
    /// The network's key for a key of the file, or null for a tensor that the network does not want; by default all keys are the same.
    /// Where two keys become one, as T5's <c>shared.weight</c> and <c>encoder.embed_tokens.weight</c> do, the network's own name is read.
    /// </param>
    /// <exception cref="WeightsException">
    /// Names the first keys that are missing, not expected or of another shape or kind; nothing was written.
    /// </exception>
    public static void Load(nn.Module network, IWeights weights, Func<string, string?>? rename = null)
    {
        var wanted = network.state_dict();
        var sources = Sources(weights, rename ?? (name => name));
        Compare(network, wanted, weights, sources);
        // In the files' order: so the files are read from start to end, and hashed on the way.
        foreach (var (key, destination) in wanted.OrderBy(pair => weights.PlaceOf(sources[pair.Key][0]))) weights.ReadInto(sources[key][0], destination);
    }

    /// <summary>What <see cref="Load"/> does before it reads: the network may be on the meta device, and nothing is written.</summary>
    /// <inheritdoc cref="Load"/>
    public static void Check(nn.Module network, IWeights weights, Func<string, string?>? rename = null) =>
        Compare(network, network.state_dict(), weights, Sources(weights, rename ?? (name => name)));

    /// <summary>The file's keys by the network's key, the one of the same name first.</summary>
    private static Dictionary<string, List<string>> Sources(IWeights weights, Func<string, string?> rename)
    {
        var sources = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var name in weights.Names)
        {
            if (rename(name) is not { } key) continue;
            if (!sources.TryGetValue(key, out var names)) sources.Add(key, names = []);
            names.Insert(name == key ? 0 : names.Count, name);
        }
        return sources;
    }

    private static void Compare(nn.Module network, Dictionary<string, Tensor> wanted, IWeights weights, Dictionary<string, List<string>> sources)
    {
        var missing = wanted.Keys.Where(key => !sources.ContainsKey(key)).ToList();
        var unexpected = sources.Where(pair => !wanted.ContainsKey(pair.Key)).SelectMany(pair => pair.Value).ToList();
        var different = wanted.Where(pair => sources.ContainsKey(pair.Key))
            .SelectMany(pair => sources[pair.Key].Select(name => Difference(name, weights.KindOf(name), pair.Value))).OfType<string>().ToList();
        string[] faults = [.. Describe("missing", missing), .. Describe("not expected", unexpected), .. Describe("of another kind", different)];
        if (faults.Length > 0)
            throw new WeightsException($"The weights in '{weights.Path}' are not those of {network.GetName()}: {string.Join("; ", faults)}. Do config.json and the weights belong together?");
    }

    private static string? Difference(string name, (ScalarType Dtype, long[] Shape) found, Tensor destination)
    {
        if (!found.Shape.AsSpan().SequenceEqual(destination.shape))
            return $"{name} is [{string.Join(", ", found.Shape)}], expected [{string.Join(", ", destination.shape)}]";
        if (SafetensorsDtype.IsFloating(found.Dtype) != SafetensorsDtype.IsFloating(destination.dtype))
            return $"{name} is {found.Dtype}, expected {destination.dtype}";
        return null;
    }

    private static IEnumerable<string> Describe(string what, List<string> keys)
    {
        if (keys.Count == 0) return [];
        var rest = keys.Count > NamedKeys ? $" and {keys.Count - NamedKeys} more" : "";
        return [$"{keys.Count} {what} ({string.Join(", ", keys.Take(NamedKeys))}{rest})"];
    }
}
