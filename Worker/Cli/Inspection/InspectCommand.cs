using System.CommandLine;
using System.Globalization;
using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Output;
using RenderFarm.Diffusion.Inspection;
using Spectre.Console;

namespace RenderFarm.Cli.Inspection;

/// <summary><c>renderfarm inspect DIR</c>: what a model folder holds, its parameters, memory per stage, and what is missing.</summary>
internal static class InspectCommand
{
    private const int Float32Bytes = 4;
    private const int HalfBytes = 2;

    private static readonly Argument<string> Folder = new("DIR") { Description = "A cascade (with cascade.json) or one stage (with model_index.json)." };

    public static Command Create()
    {
        var command = new Command("inspect", "Tell what a model folder holds: stages, parameters, memory, and what is missing.") { Folder };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(Folder), Terminal.Of(parsed)));
        return command;
    }

    private static int Run(string folder, Terminal terminal)
    {
        var report = ModelInspector.Inspect(folder);
        terminal.WriteLine($"{report.Name}: {Count(report.Stages.Count, "stage")} in {report.Folder}");
        terminal.Write(Draw(report));
        if (report.Faults.Count == 0)
        {
            terminal.WriteLine("Complete: keys and shapes of all weights are those of their configurations.");
            return ExitCode.Success;
        }
        foreach (var fault in report.Faults) terminal.Warn(ErrorText.OneLine(fault));
        throw new ToolException($"'{report.Folder}' cannot be rendered with: {Count(report.Faults.Count, "fault")}, listed above. Mend or fetch these parts again.");
    }

    private static Table Draw(ModelReport report)
    {
        var table = new Table().Border(TableBorder.Rounded)
            .AddColumns("Stage", "Component", "Class").AddColumn("Parameters", Right).AddColumn("Stored", Right).AddColumn("Float32", Right).AddColumn("BFloat16", Right).AddColumn("");
        foreach (var stage in report.Stages)
        {
            foreach (var component in stage.Components) table.AddRow(Cells(stage, component));
            table.AddRow(
                new Markup($"[bold]{Markup.Escape(stage.Name)}[/]"), new Markup("[bold]all[/]"), new Text(stage.PipelineClass ?? ""), Number(stage.Parameters), new Text(""),
                new Text(Size(stage.LoadedBytes(Float32Bytes))), new Text(Size(stage.LoadedBytes(HalfBytes))), Mark(stage.Fault is null));
            if (stage != report.Stages[^1]) table.AddEmptyRow();
        }
        return table;
    }

    private static Spectre.Console.Rendering.IRenderable[] Cells(StageReport stage, ComponentReport component) =>
    [
        new Text(stage.Name), new Text(component.Name), new Text(component.ClassName), Number(component.Parameters),
        new Text(component.StoredBytes == 0 ? "" : $"{Size(component.StoredBytes)} {string.Join('+', component.Dtypes)}"),
        new Text(Loaded(component, Float32Bytes)), new Text(Loaded(component, HalfBytes)), Mark(component.Fault is null),
    ];

    private static string Loaded(ComponentReport component, int bytes) => component.Parameters == 0 ? "" : Size(component.Parameters * bytes);

    private static Text Number(long number) => new(number == 0 ? "" : number.ToString("N0", CultureInfo.InvariantCulture));

    private static Markup Mark(bool complete) => new(complete ? "[green]ok[/]" : "[red]faulty[/]");

    private static void Right(TableColumn column) => column.RightAligned();

    private static string Size(long bytes) => bytes switch
    {
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB"),
        < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1073741824.0:0.0} GiB"),
    };

    private static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";
}
