using System.Data.Common;
using Microsoft.Data.Sqlite;
using RenderFarm.Api.Start;
using RenderFarm.Cli.Farms;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Networks.Configuration;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.Weights;
using RenderFarm.Training;

namespace RenderFarm.Cli.Errors;

/// <summary>Says of an exception, in one line, what a user needs to know.</summary>
internal static class ErrorText
{
    private const int SqliteFull = 13;
    private const int LinuxNoSpace = 28;
    private const int LinuxQuota = 122;
    private const int WindowsNoSpace = unchecked((int)0x80070070);

    /// <summary>One line without a stack trace.</summary>
    public static string Of(Exception error) => OneLine(error switch
    {
        ToolException or FarmUnreachableException or FarmStartException or InvalidDataException => error.Message,
        CascadeException or SettingsException or WeightsException or NetworkConfigException or TrainingException => error.Message,
        AggregateException { InnerExceptions: [var only] } => Of(only),
        IOException { HResult: LinuxNoSpace or LinuxQuota or WindowsNoSpace } =>
            $"The disk is full ({error.Message}). Free some space or name a folder on another disk; nothing half-written was kept.",
        SqliteException { SqliteErrorCode: SqliteFull } => $"The disk is full ({error.Message}). Free some space or name a folder on another disk with --data.",
        DbException => $"The farm's database cannot be used ({error.Message}) Is there space left on its disk?",
        UnauthorizedAccessException => $"{error.Message} Name another place, or let this user read and write there.",
        FileNotFoundException or DirectoryNotFoundException => $"{error.Message} Check the path.",
        IOException => error.Message,
        TypeInitializationException or DllNotFoundException or BadImageFormatException =>
            $"A library that the tool needs did not load: {Innermost(error).Message}",
        _ => $"Unexpected {error.GetType().Name}: {error.Message} Run again with --verbose to see where.",
    });

    private static Exception Innermost(Exception error) => error.InnerException is { } inner ? Innermost(inner) : error;

    /// <summary>The text without line breaks.</summary>
    public static string OneLine(string text) =>
        string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
