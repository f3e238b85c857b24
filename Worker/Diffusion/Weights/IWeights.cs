using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Weights;

/// <summary>Named tensors in files, as <see cref="WeightsLoader"/> fills a network from them.</summary>
internal interface IWeights
{
    /// <summary>The folder or file, for messages.</summary>
    string Path { get; }

    /// <summary>All keys, in ordinal order.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>A tensor's number format and shape, without reading it.</summary>
    (ScalarType Dtype, long[] Shape) KindOf(string name);

    /// <summary>Where a tensor lies: which file, and from which byte.</summary>
    (int File, long Offset) PlaceOf(string name);

    /// <summary>Writes a tensor's values into one of the same shape, converted to its dtype.</summary>
    void ReadInto(string name, Tensor destination);
}
