namespace RenderFarm.Api.Batches;

/// <summary>Where in a submission a job stands, and where to say what is wrong with it.</summary>
internal readonly record struct InputPlace(InputErrors Errors, int? Line, string Prefix)
{
    /// <summary>The place in words that begin a sentence.</summary>
    public string Name => Path(null) is { } path ? $"'{path}'" : Line is { } line ? $"Line {line}" : "The body";

    public void Refuse(string? field, string message) => Errors.Add(Line, Path(field), message);

    public InputPlace In(string field) => this with { Prefix = $"{Prefix}{field}." };

    private string? Path(string? field) => field is not null ? Prefix + field : Prefix.Length == 0 ? null : Prefix.TrimEnd('.');
}
