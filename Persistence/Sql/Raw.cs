namespace RenderFarm.Persistence.Sql;

/// <summary>Text that goes into a statement as it is: names and clauses of ours, never anything from outside.</summary>
internal readonly record struct Raw(string Text)
{
    public static readonly Raw Empty = new(string.Empty);
}
