using System.Globalization;

namespace RenderFarm.Chaos;

/// <summary>How long and how hard; tests/chaos.sh sets these variables.</summary>
/// <param name="Seed">Of which schedule and load are made. CHAOS_SEED; default: 1.</param>
/// <param name="Duration">Time with faults. CHAOS_MINUTES; default: 45 seconds.</param>
/// <param name="Jobs">Jobs of the test renderer. CHAOS_JOBS; default: 600.</param>
/// <param name="Report">File to which the run's course and its table are written, too. CHAOS_REPORT; default: none.</param>
/// <param name="Logs">Folder that keeps the processes' logs and the history of the jobs. CHAOS_LOGS; default: none.</param>
internal sealed record ChaosSettings(int Seed, TimeSpan Duration, int Jobs, string? Report, string? Logs)
{
    public static ChaosSettings FromEnvironment() => new(
        (int)Number("CHAOS_SEED", 1, 0, int.MaxValue), TimeSpan.FromMinutes(Number("CHAOS_MINUTES", 0.75, 0.25, 600)), (int)Number("CHAOS_JOBS", 600, 50, 1_000_000),
        Text("CHAOS_REPORT"), Text("CHAOS_LOGS"));

    private static string? Text(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? text : null;

    private static double Number(string variable, double standard, double least, double most)
    {
        if (Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } text)
            return standard;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number : throw new ArgumentException($"{variable} is '{text}'; give a number from {least} to {most}.");
    }
}
