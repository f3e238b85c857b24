using RenderFarm.Cli.Output;
using RenderFarm.Contracts.Jobs;

namespace RenderFarm.Cli.Farms;

/// <summary>Says how a finished batch's jobs ended.</summary>
internal static class BatchOutcome
{
    /// <summary>Warns of every job that has no picture, and of words that the model never learned.</summary>
    /// <returns>How many jobs have no picture.</returns>
    public static int Report(IEnumerable<JobStatus> jobs, Terminal terminal)
    {
        var without = 0;
        foreach (var job in jobs)
        {
            if (!WarnUnlessDrawn(job.CustomId, job.State, job.Error, terminal)) without++;
            if (job.UnknownWords.Count > 0) terminal.Warn(Unknown(job.CustomId, job.UnknownWords));
        }
        return without;
    }

    /// <summary>Warns of the job where it has no picture.</summary>
    /// <returns>Whether it has one.</returns>
    public static bool WarnUnlessDrawn(string customId, JobState state, JobError? error, Terminal terminal)
    {
        if (state == JobState.Succeeded) return true;
        terminal.Warn($"'{customId}' was not drawn ({state.ToString().ToLowerInvariant()}{(error is null ? "" : $": {error.Message}")})");
        return false;
    }

    /// <summary>The warning about words that the model never learned.</summary>
    public static string Unknown(string customId, IReadOnlyList<string> words) =>
        $"'{customId}' was drawn, but the model never learned {(words.Count == 1 ? "the word" : "the words")} {string.Join(", ", words.Select(word => $"'{word}'"))}";
}
