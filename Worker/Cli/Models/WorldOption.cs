using System.CommandLine;
using RenderFarm.Training.Scenes;

namespace RenderFarm.Cli.Models;

/// <summary>The option that says of which drawn world the scenes are.</summary>
internal static class WorldOption
{
    public static Option<World> Create() => new("--world")
    {
        Description = "First: one to three plain objects in the centre and corners. Wide: up to five objects, nine places, patterns, relations and numbers besides. Rich: sixteen shapes and eighteen colours instead of eight and ten.", HelpName = "first|wide|rich",
    };
}
