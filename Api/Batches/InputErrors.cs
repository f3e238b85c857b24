using RenderFarm.Contracts.Batches;

namespace RenderFarm.Api.Batches;

/// <summary>Collects what is wrong, up to a limit.</summary>
internal sealed class InputErrors(int limit)
{
    private readonly List<InputError> _items = [];

    public IReadOnlyList<InputError> Items => _items;

    public bool IsFull => _items.Count >= limit;

    public void Add(int? line, string? field, string message)
    {
        if (!IsFull)
            _items.Add(new() { Line = line, Field = field, Message = message });
    }
}
