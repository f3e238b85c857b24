using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Cascades;

/// <summary>
/// A text encoder with a memory of what it encoded. During a call nothing is forgotten, so every distinct prompt is encoded once;
/// <see cref="Trim"/> afterwards drops the least recently used states until the rest fits.
/// </summary>
/// <param name="model">Becomes this object's.</param>
/// <param name="cacheBytes">Memory for what is kept between calls.</param>
internal sealed class PromptEncoder(ITextModel model, long cacheBytes) : ITextStates, IDisposable
{
    /// <summary>Prompts encoded at once.</summary>
    private const int Batch = 16;

    private readonly Dictionary<string, LinkedListNode<(string Prompt, Tensor States)>> _known = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Prompt, Tensor States)> _byUse = new();

    /// <inheritdoc cref="ITextModel.WeightsSha256"/>
    public string WeightsSha256 => model.WeightsSha256;

    /// <inheritdoc cref="ITextModel.Dtype"/>
    public string Dtype => model.Dtype;

    /// <inheritdoc cref="ITextModel.Cleaning"/>
    public string Cleaning => model.Cleaning;

    /// <inheritdoc cref="ITextModel.Clean"/>
    public string Clean(string prompt) => model.Clean(prompt);

    /// <summary>How many prompts went through the network so far.</summary>
    public long Encoded { get; private set; }

    /// <summary>States of prompts, each distinct one encoded at most once.</summary>
    /// <returns>[B, L, D] in the encoder's dtype, on its device</returns>
    public Tensor Encode(IReadOnlyList<string> prompts)
    {
        using var scope = NewDisposeScope();
        var cleaned = prompts.Select(model.Clean).ToList();
        foreach (var missing in cleaned.Distinct(StringComparer.Ordinal).Where(prompt => !_known.ContainsKey(prompt)).Chunk(Batch)) EncodeNew(missing);
        return stack(cleaned.Select(Recall).ToArray(), 0).MoveToOuterDisposeScope();
    }

    /// <summary>Forgets what does not fit, longest unused first.</summary>
    public void Trim()
    {
        var bytes = _byUse.Sum(entry => BytesOf(entry.States));
        while (bytes > cacheBytes && _byUse.Last is { } oldest)
        {
            bytes -= BytesOf(oldest.Value.States);
            _known.Remove(oldest.Value.Prompt);
            _byUse.RemoveLast();
            oldest.Value.States.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var (_, states) in _byUse) states.Dispose();
        _byUse.Clear();
        _known.Clear();
        model.Dispose();
    }

    private void EncodeNew(string[] prompts)
    {
        using var scope = NewDisposeScope();
        var states = model.Encode(prompts);
        // A copy per prompt, so that one can be forgotten without the others.
        for (var row = 0; row < prompts.Length; row++)
        {
            _known.Add(prompts[row], _byUse.AddFirst((prompts[row], states[row].clone().DetachFromDisposeScope())));
        }
        Encoded += prompts.Length;
    }

    private Tensor Recall(string prompt)
    {
        var node = _known[prompt];
        _byUse.Remove(node);
        _byUse.AddFirst(node);
        return node.Value.States;
    }

    private static long BytesOf(Tensor states) => states.numel() * states.element_size();
}
