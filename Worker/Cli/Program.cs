using System.CommandLine;
using RenderFarm.Cli;
using RenderFarm.Cli.Inspection;

return await Tool.RunAsync(new RootCommand("Renders pictures from text: a farm in one process, or straight to files.")
{
    InspectCommand.Create(),
}, args);
