namespace RenderFarm.Cli.Errors;

/// <summary>What the tool tells its caller.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>Something went wrong; stderr says what.</summary>
    public const int Failure = 1;

    /// <summary>The command line itself was wrong.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by Ctrl-C or SIGTERM.</summary>
    public const int Stopped = 130;
}
