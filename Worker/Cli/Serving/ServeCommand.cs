using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using RenderFarm.Api;
using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Farms;
using RenderFarm.Cli.Models;
using RenderFarm.Cli.Output;

namespace RenderFarm.Cli.Serving;

/// <summary><c>renderfarm serve</c>: the standalone farm until stopped. What it accepted outlives it, however it ends.</summary>
internal static class ServeCommand
{
    private static readonly Option<int> Port = new("--port") { Description = "Port on 127.0.0.1; 0 takes any free one.", HelpName = "N", DefaultValueFactory = _ => FarmAddress.DefaultPort };

    private static readonly Option<string?> Data = new("--data") { Description = "Folder of the database and the pictures. Default: renderfarm in your folder for programs' data.", HelpName = "DIR" };

    private static readonly ModelOptions Model = new();

    public static Command Create()
    {
        var command = new Command("serve", "Run a farm in this process until stopped.") { Port, Data };
        Model.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, Terminal.Of(parsed), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        var port = parsed.GetValue(Port);
        if (port is < 0 or > 65535) throw new ToolException($"--port is {port}; expected is 1 to 65535, or 0 for any free one.");
        var (model, cascade) = (Model.Folder(parsed), Model.Cascade(parsed));
        PortCheck.Demand(port);
        var settings = new StandaloneFarmSettings(model, cascade, DataFolder.Open(parsed.GetValue(Data)), port, IsThrowaway: false);
        await StandaloneFarm.RunAsync(settings, async farm =>
        {
            terminal.WriteLine($"The farm listens at {StandaloneFarm.AddressOf(farm)} and keeps its data in {settings.Data}; Ctrl-C stops it.");
            await farm.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
        // A worker whose device failed ends the farm and says so here.
        return Environment.ExitCode == 0 ? ExitCode.Success : throw new ToolException("The farm stopped because its device failed; the log above says why. Start it again.");
    }
}
