using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Hangfire.Dashboard;

namespace RenderFarm.Api.Maintenance;

/// <summary>Lets those into Hangfire's dashboard who know the user and the password (RFC 7617).</summary>
internal sealed class DashboardGuard(string user, string password) : IDashboardAuthorizationFilter
{
    private readonly byte[] _expected = Hash($"{user}:{password}");

    public bool Authorize(DashboardContext context)
    {
        var http = context.GetHttpContext();
        if (Given(http.Request.Headers.Authorization.ToString()) is { } given && CryptographicOperations.FixedTimeEquals(Hash(given), _expected))
            return true;
        http.Response.Headers.WWWAuthenticate = "Basic realm=\"renderfarm\", charset=\"UTF-8\"";
        return false;
    }

    private static string? Given(string header)
    {
        if (!AuthenticationHeaderValue.TryParse(header, out var value) || !"Basic".Equals(value.Scheme, StringComparison.OrdinalIgnoreCase))
            return null;
        var bytes = new byte[value.Parameter?.Length ?? 0];
        return Convert.TryFromBase64String(value.Parameter ?? string.Empty, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }

    // Of one length whatever was given, so that the comparison's time tells nothing.
    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
