namespace RenderFarm.Worker.Inputs;

/// <summary>Keeps the files of pictures used last, so many bytes of them.</summary>
/// <param name="limit">Bytes; larger files are not kept.</param>
internal sealed class InputCache(long limit)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<(string Key, byte[] File)> _files = [];
    private readonly Dictionary<string, LinkedListNode<(string Key, byte[] File)>> _byKey = new(StringComparer.Ordinal);

    /// <summary>Bytes that are kept.</summary>
    public long Size { get; private set; }

    public byte[]? Find(string key)
    {
        lock (_gate)
        {
            if (!_byKey.TryGetValue(key, out var node))
                return null;
            _files.Remove(node);
            _files.AddFirst(node);
            return node.Value.File;
        }
    }

    public void Add(string key, byte[] file)
    {
        lock (_gate)
        {
            if (file.LongLength > limit || _byKey.ContainsKey(key))
                return;
            _byKey.Add(key, _files.AddFirst((key, file)));
            for (Size += file.LongLength; Size > limit; Size -= _files.Last!.Value.File.LongLength, _files.RemoveLast())
                _byKey.Remove(_files.Last!.Value.Key);
        }
    }
}
