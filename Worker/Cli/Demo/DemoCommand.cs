using System.CommandLine;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using RenderFarm.Api;
using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Models;
using RenderFarm.Cli.Output;
using RenderFarm.Cli.Serving;

namespace RenderFarm.Cli.Demo;

/// <summary><c>renderfarm demo</c>: a farm in this process, 24 prompts over HTTP, pictures and a contact sheet.</summary>
internal static class DemoCommand
{
    private static readonly Option<string> Out = new("--out")
    {
        Description = "Folder for the pictures and the contact sheet.", HelpName = "DIR", DefaultValueFactory = _ => Path.Combine("renders", "demo"),
    };

    private static readonly ModelOptions Model = new();

    public static Command Create()
    {
        var command = new Command("demo", "Start a farm, send it 24 prompts, and show what it draws.") { Out };
        Model.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, Terminal.Of(parsed), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        var (model, cascade) = (Model.Folder(parsed), Model.Cascade(parsed));
        var pictures = PictureFolder.Open(parsed.GetValue(Out)!);
        var data = Directory.CreateTempSubdirectory("renderfarm-demo-");
        try
        {
            var clock = Stopwatch.StartNew();
            var settings = new StandaloneFarmSettings(model, cascade, data.FullName, Port: 0, IsThrowaway: true, Tool.IsVerbose(parsed));
            await StandaloneFarm.RunAsync(settings, async farm =>
            {
                terminal.WriteLine($"A farm listens at {StandaloneFarm.AddressOf(farm)}");
                await new DemoRun(StandaloneFarm.AddressOf(farm), pictures, terminal, TimeProvider.System).DrawAsync(cancellationToken).ConfigureAwait(false);
            }, cancellationToken).ConfigureAwait(false);
            terminal.WriteLine($"Drawn in {Durations.Text(clock.Elapsed)} from the farm's start to the last picture.");
            return ExitCode.Success;
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }
}
