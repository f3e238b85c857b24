using System.CommandLine;
using RenderFarm.Cli.Training;

var tool = new RootCommand("Renders pictures from text: a farm in one process, or straight to files.")
{
    TrainCommand.Create(),
};
return await tool.Parse(args).InvokeAsync();
