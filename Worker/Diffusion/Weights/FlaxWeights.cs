using System.Globalization;
using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Weights;

/// <summary>
/// A flax checkpoint as this library's networks know their weights: keys joined by dots, "weight" for kernel, scale and embedding, a linear layer's
/// weight [out, in], a convolution's [out, in, height, width], and each of several like layers under its number, however flax stored them: as one
/// array per weight with the layer as first dimension (nn.scan), or as a map per layer.
/// </summary>
internal sealed partial class FlaxWeights : IWeights, IDisposable
{
    private readonly FlaxFile _file;
    private readonly Dictionary<string, FlaxTensor> _tensors;

    private FlaxWeights(FlaxFile file, Dictionary<string, FlaxTensor> tensors)
    {
        (_file, _tensors) = (file, tensors);
        Names = [.. tensors.Keys.Order(StringComparer.Ordinal)];
    }

    public string Path => _file.Path;

    public IReadOnlyList<string> Names { get; }

    /// <exception cref="WeightsException">The file is missing, no flax checkpoint, or a damaged one.</exception>
    public static FlaxWeights Open(string path)
    {
        var file = FlaxFile.Open(path);
        try
        {
            var tensors = new Dictionary<string, FlaxTensor>(StringComparer.Ordinal);
            foreach (var (name, tensor) in file.Leaves.Values.SelectMany(leaf => TensorsOf(leaf, path)))
            {
                if (!tensors.TryAdd(name, tensor))
                    throw new WeightsException($"'{path}' cannot be used: '{tensor.Leaf.Name}' and '{tensors[name].Leaf.Name}' are both {name}.");
            }
            return new FlaxWeights(file, tensors);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public (ScalarType Dtype, long[] Shape) KindOf(string name) => (_tensors[name].Leaf.Dtype, _tensors[name].Shape);

    public (int File, long Offset) PlaceOf(string name) => (0, _tensors[name].Leaf.Pieces[0].Offset + _tensors[name].First * SafetensorsDtype.SizeOf(_tensors[name].Leaf.Dtype));

    public void ReadInto(string name, Tensor destination)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var tensor = _tensors[name];
        destination.copy_(_file.Read(tensor.Leaf, tensor.First, tensor.Count).view(tensor.Stored).permute(tensor.Order));
    }

    /// <summary>SHA-256 of the whole file, in lower-case hexadecimal; see <see cref="SafetensorsFile.Sha256"/>.</summary>
    public string Sha256() => _file.Sha256();

    public void Dispose() => _file.Dispose();

    /// <summary>The layers' arrays: "FlaxBartEncoderLayers" has all of them, "FlaxBartEncoderLayer_3" one.</summary>
    [GeneratedRegex("(?<=(?:^|/)layers/)[A-Za-z]+Layer(?:(?<all>s)|_(?<one>[0-9]{1,5}))(?=/)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex LayersOf();

    private static IEnumerable<(string Name, FlaxTensor Tensor)> TensorsOf(FlaxLeaf leaf, string path)
    {
        var layers = LayersOf().Match(leaf.Name);
        if (!layers.Success) return [(KeyOf(leaf.Name), FlaxTensor.Of(leaf))];
        string Named(string number) => KeyOf(LayersOf().Replace(leaf.Name, number));
        if (layers.Groups["one"].Success) return [(Named(layers.Groups["one"].Value), FlaxTensor.Of(leaf))];
        if (leaf.Shape.Length == 0) throw new WeightsException($"'{path}' cannot be used: '{leaf.Name}' has no dimension for its layers.");
        return Enumerable.Range(0, (int)Math.Min(leaf.Shape[0], MostLayers)).Select(layer => (Named(layer.ToString(CultureInfo.InvariantCulture)), FlaxTensor.Of(leaf, layer)));
    }

    /// <summary>More layers than any network has; an array of more is none of layers, and its names will not fit.</summary>
    private const int MostLayers = 1000;

    private static string KeyOf(string name)
    {
        var parts = name.Split('/');
        if (parts[^1] is "kernel" or "scale" or "embedding") parts[^1] = "weight";
        return string.Join('.', parts);
    }
}
