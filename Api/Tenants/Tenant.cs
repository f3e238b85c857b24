using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text.RegularExpressions;

namespace RenderFarm.Api.Tenants;

/// <summary>Whose request it is: what the X-Tenant header names, or "default".</summary>
internal sealed partial record Tenant(string Name)
{
    public const string Header = "X-Tenant";

    /// <summary>Whose a request is that names nobody.</summary>
    public const string Default = "default";

    /// <summary>The tenant that a sender names; null and nothing are "default".</summary>
    /// <param name="given">What the sender gave.</param>
    /// <param name="field">What to call that towards the sender.</param>
    /// <param name="tenant">The tenant, where the name is one.</param>
    /// <param name="fault">Else what is wrong with it.</param>
    public static bool TryParse(string? given, string field, [NotNullWhen(true)] out Tenant? tenant, [NotNullWhen(false)] out string? fault)
    {
        var name = string.IsNullOrEmpty(given) ? Default : given;
        var isName = Allowed().IsMatch(name);
        tenant = isName ? new(name) : null;
        fault = isName ? null : $"{field} is '{name}'; give 1 to 64 of a-z, 0-9, '-' and '_', beginning with a letter or digit.";
        return isName;
    }

    public static ValueTask<Tenant> BindAsync(HttpContext context, ParameterInfo parameter) =>
        TryParse(context.Request.Headers[Header].ToString(), Header, out var tenant, out var fault) ? ValueTask.FromResult(tenant) : throw new BadHttpRequestException(fault);

    [GeneratedRegex("^[a-z0-9][a-z0-9_-]{0,63}\\z")]
    private static partial Regex Allowed();
}
