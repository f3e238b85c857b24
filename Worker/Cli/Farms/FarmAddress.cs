using RenderFarm.Cli.Errors;

namespace RenderFarm.Cli.Farms;

/// <summary>Addresses of farms.</summary>
internal static class FarmAddress
{
    /// <summary>Where <c>renderfarm serve</c> listens unless told otherwise.</summary>
    public const int DefaultPort = 5080;

    /// <summary>A farm's address as the user gave it, with or without a slash at its end.</summary>
    public static Uri Parse(string url) =>
        Uri.TryCreate(url.EndsWith('/') ? url : url + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address is not null
            ? address
            : throw new ToolException($"'{url}' is not an address of a farm; expected is something like http://127.0.0.1:{DefaultPort}.");
}
