using System.Diagnostics.CodeAnalysis;
using Xunit;

namespace RenderFarm.Testing;

/// <summary>What a test does that needs a server which is not there: on a developer's machine it is skipped, under CI=true it fails.</summary>
public static class MissingService
{
    /// <summary>Ends the running test.</summary>
    /// <param name="reason">What is missing, and how to provide it.</param>
    [DoesNotReturn]
    public static void End(string reason)
    {
        if (string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase)) Assert.Fail(reason);
        Assert.Skip(reason);
    }
}
