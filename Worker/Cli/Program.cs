using System.CommandLine;
using RenderFarm.Cli;
using RenderFarm.Cli.Demo;
using RenderFarm.Cli.Evaluation;
using RenderFarm.Cli.Inspection;
using RenderFarm.Cli.Rendering;
using RenderFarm.Cli.Serving;
using RenderFarm.Cli.Submission;
using RenderFarm.Cli.Training;

return await Tool.RunAsync(new RootCommand("Renders pictures from text: a farm in one process, or straight to files.")
{
    DemoCommand.Create(),
    ServeCommand.Create(),
    SubmitCommand.Create(),
    RenderCommand.Create(),
    InspectCommand.Create(),
    TrainCommand.Create(),
    AverageCommand.Create(),
    EvaluateCommand.Create(),
}, args);
