using System.Reflection;
using System.Text.RegularExpressions;

namespace RenderFarm.Api.Tenants;

/// <summary>Whose request it is: the X-Tenant header, or "default".</summary>
internal sealed partial record Tenant(string Name)
{
    public const string Header = "X-Tenant";

    public static ValueTask<Tenant> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var name = context.Request.Headers[Header].ToString();
        if (name.Length == 0)
            return ValueTask.FromResult(new Tenant("default"));
        if (!Allowed().IsMatch(name))
            throw new BadHttpRequestException($"{Header} is '{name}'; give 1 to 64 of a-z, 0-9, '-' and '_', beginning with a letter or digit.");
        return ValueTask.FromResult(new Tenant(name));
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9_-]{0,63}\\z")]
    private static partial Regex Allowed();
}
