using System.Text.RegularExpressions;

namespace RenderFarm.Persistence.Dispatch;

/// <summary>Names the queue on which a model's jobs wait for workers.</summary>
public static partial class RenderQueue
{
    public static string Of(string model) => $"render-{Unsafe().Replace(model, "-")}";

    [GeneratedRegex("[^A-Za-z0-9_.-]")]
    private static partial Regex Unsafe();
}
