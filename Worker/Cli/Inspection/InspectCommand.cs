using System.CommandLine;
using System.Globalization;
using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Output;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Cascades.Requests;
using Spectre.Console;
using Spectre.Console.Rendering;
using static TorchSharp.torch;

namespace RenderFarm.Cli.Inspection;

/// <summary><c>renderfarm inspect DIR</c>: what a model folder holds, its parameters, memory per stage, and what is missing.</summary>
internal static class InspectCommand
{
    private static readonly Argument<string> Folder = new("DIR") { Description = "A cascade (with cascade.json) or one stage (with model_index.json or config.json)." };

    public static Command Create()
    {
        var command = new Command("inspect", "Tell what a model folder holds: stages, parameters, memory, and what is missing.") { Folder };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(Folder), Terminal.Of(parsed)));
        return command;
    }

    private static int Run(string folder, Terminal terminal)
    {
        var report = Cascade.Inspect(folder);
        if (report.Errors.Count > 0) throw new ToolException(string.Join(' ', report.Errors));
        terminal.WriteLine($"{report.Name}: {Count(report.Stages.Count, "stage")} in {Path.GetFullPath(folder)}");
        terminal.Write(Draw(report));
        if (report.MemoryIn(ScalarType.BFloat16) is { } half && report.MemoryIn(ScalarType.Float32) is { } full)
        {
            var turns = full.ForTurns < full.ForAll ? $"; with less, down to {SizeText(half.ForTurns)} and {SizeText(full.ForTurns)}, its parts take turns" : "";
            terminal.WriteLine($"The model stays loaded where a device has {SizeText(half.ForAll)} free in bfloat16, {SizeText(full.ForAll)} in float32{turns}.");
        }
        if (report.SafetyCheckerParameters is { } parameters)
            terminal.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Finished pictures must pass a safety checker of {parameters:N0} parameters; it needs memory of its own."));
        if (report.HasWatermark) terminal.WriteLine("Finished pictures are marked with the model's watermark.");
        if (report.IsComplete)
        {
            terminal.WriteLine("Complete: keys and shapes of all weights are those of their configurations.");
            return ExitCode.Success;
        }
        foreach (var fault in report.AllErrors) terminal.Warn(ErrorText.OneLine(fault));
        throw new ToolException($"'{folder}' cannot be rendered with: {Count(report.AllErrors.Count(), "fault")}, listed above. Mend or fetch these parts again.");
    }

    private static Table Draw(CascadeReport report)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Stage", "Holds").AddColumn("Parameters", Right).AddColumn("Files", Right)
            .AddColumn("in float32", Right).AddColumn("in bfloat16", Right).AddColumns("Draws", "By default", "");
        foreach (var stage in report.Stages)
        {
            table.AddRow(
                new Markup($"[bold]{stage.Key}[/] {Markup.Escape(stage.Folder)}"), new Text(stage.Pipeline ?? "?"), Number(stage.Parameters), new Text(""),
                Size(stage.BytesIn(ScalarType.Float32)), Size(stage.BytesIn(ScalarType.BFloat16)),
                new Text(stage.Size is { } side ? $"{side} x {side}" : "?"), new Text(Defaults(stage.Defaults)), new Markup(stage.Errors.Count == 0 ? "[green]ok[/]" : "[red]faulty[/]"));
            foreach (var part in stage.Components) table.AddRow(Cells(part));
        }
        return table;
    }

    private static IRenderable[] Cells(ComponentReport part) =>
    [
        new Text(""), new Text($"  {part.Name}"), Number(part.Parameters), Size(part.FileBytes), Size(part.BytesIn(ScalarType.Float32)), Size(part.BytesIn(ScalarType.BFloat16)),
        new Text(""), new Text(""), new Text(""),
    ];

    private static string Defaults(StageSettings settings)
    {
        var parts = new[]
        {
            settings.Steps is { } steps ? $"{steps} steps" : settings.Timesteps is { } list ? $"steps {list}" : null,
            settings.Guidance is { } guidance ? string.Create(CultureInfo.InvariantCulture, $"guidance {guidance}") : null,
            settings.NoiseLevel is { } level ? $"noise level {level}" : null,
            settings.Sampler,
            settings.TopK is { } topK ? $"top_k {topK}" : null,
            settings.Temperature is { } temperature ? string.Create(CultureInfo.InvariantCulture, $"temperature {temperature}") : null,
            settings.PriorSteps is { } prior ? $"prior {prior} steps" : null,
            settings.PriorGuidance is { } scale ? string.Create(CultureInfo.InvariantCulture, $"prior guidance {scale}") : null,
            settings.SuperResolutionSteps is { } larger ? $"super-resolution {larger} steps" : null,
        };
        return string.Join(", ", parts.Where(part => part is not null));
    }

    private static void Right(TableColumn column) => column.RightAligned();

    private static Text Number(long number) => new(number.ToString("N0", CultureInfo.InvariantCulture));

    private static Text Size(long bytes) => new(SizeText(bytes));

    private static string SizeText(long bytes) => bytes switch
    {
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB"),
        < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:0.0} GiB"),
    };

    private static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";
}
