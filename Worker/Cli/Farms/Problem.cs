using System.Globalization;
using System.Text.Json;
using RenderFarm.Cli.Errors;

namespace RenderFarm.Cli.Farms;

/// <summary>A farm's refusal (application/problem+json, RFC 9457) as an error of the tool.</summary>
internal static class Problem
{
    private const int MostFaults = 5;

    public static async Task<ToolException> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        var status = string.Create(CultureInfo.InvariantCulture, $"{(int)response.StatusCode} {response.ReasonPhrase}");
        return new ToolException($"The farm refused with {status}: {Describe(body)}");
    }

    /// <summary>What the document says, or the text itself where it is none.</summary>
    internal static string Describe(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return body;
            var root = document.RootElement;
            var faults = root.TryGetProperty("errors", out var errors) ? Faults(errors).ToList() : [];
            if (faults.Count == 0) return Text(root, "detail") ?? Text(root, "title") ?? "no reason given";
            var rest = faults.Count > MostFaults ? $" (and {faults.Count - MostFaults} more)" : "";
            return $"{Text(root, "title") ?? "The request is not right."} {string.Join(" ", faults.Take(MostFaults))}{rest}";
        }
        catch (JsonException)
        {
            return body.Length == 0 ? "no reason given" : body;
        }
    }

    private static IEnumerable<string> Faults(JsonElement errors) => errors.ValueKind switch
    {
        JsonValueKind.Array => errors.EnumerateArray().Select(Fault),
        // The framework's own form: texts by field.
        JsonValueKind.Object => errors.EnumerateObject().Select(field => $"{field.Name}: {string.Join(' ', field.Value.EnumerateArray().Select(text => text.ToString()))}"),
        _ => [],
    };

    private static string Fault(JsonElement error) =>
        error.ValueKind != JsonValueKind.Object ? error.ToString()
        : string.Join(": ", new[] { Place(error), Text(error, "message") ?? Text(error, "detail") ?? Text(error, "reason") }.Where(part => part is not null));

    private static string? Place(JsonElement error)
    {
        var line = error.TryGetProperty("line", out var number) && number.ValueKind == JsonValueKind.Number ? $"line {number}" : null;
        var field = Text(error, "field") is { } name ? $"field '{name}'" : null;
        return line is null && field is null ? null : string.Join(", ", new[] { line, field }.Where(part => part is not null));
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
