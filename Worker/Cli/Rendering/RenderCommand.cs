using System.CommandLine;
using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Models;
using RenderFarm.Cli.Output;
using RenderFarm.Cli.Requests;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;

namespace RenderFarm.Cli.Rendering;

/// <summary><c>renderfarm render PROMPT</c> or <c>--requests FILE.jsonl</c>: no farm, straight to files.</summary>
internal static class RenderCommand
{
    private static readonly Argument<string?> Prompt = new("PROMPT") { Description = "What the picture shows, 1 to 2,000 characters.", Arity = ArgumentArity.ZeroOrOne };

    private static readonly Option<string?> Requests = new("--requests")
    {
        Description = "JSON Lines instead of a prompt: one object per line with prompt and, if you like, custom_id, negative_prompt, seed, stages, reference, start, mask (files, from the folder of FILE.jsonl).", HelpName = "FILE.jsonl",
    };

    private static readonly Option<string> Out = new("--out") { Description = "Folder for the pictures.", HelpName = "DIR", DefaultValueFactory = _ => "renders" };

    private static readonly Option<long?> Seed = new("--seed")
    {
        Description = "Seed of the first picture whose request names none; the next such takes the number after it. Default: drawn at random and shown.", HelpName = "N",
    };

    private static readonly Option<bool> KeepStages = new("--keep-stages") { Description = "Save every stage's picture, too: <custom_id>-stage1.png and so on." };

    private static readonly Option<bool> Previews = new("--previews") { Description = "Show each picture as far as it is drawn: <custom_id>-preview.png, every other second at most, until the picture is there." };

    private static readonly Option<string?> Start = new("--start") { Description = "Picture to start from instead of noise: PNG, JPEG or WebP. What is drawn has its shape; its longer side is at most 4 times its shorter one.", HelpName = "FILE" };

    private static readonly Option<string?> Mask = new("--mask") { Description = "Picture of the same size as --start: light where it is drawn anew, dark where it stays.", HelpName = "FILE" };

    private static readonly Option<double?> Strength = new("--strength")
    {
        Description = "With --start: how much the first stage may change, above 0 to 1. Default 0.7, with a mask 1.", HelpName = "X",
    };

    private static readonly Option<string?> Reference = new("--reference")
    {
        Description = "Picture to look at: PNG, JPEG or WebP. Without a prompt what it shows is drawn anew; a prompt says what is to be different, such as \"the same in blue\".", HelpName = "FILE",
    };

    private static readonly ModelOptions Model = new();

    public static Command Create()
    {
        var command = new Command("render", "Draw pictures straight to files, without a farm.") { Prompt, Requests, Out, Seed, KeepStages, Previews, Reference, Start, Mask, Strength };
        Model.AddTo(command);
        command.SetAction((parsed, cancellationToken) => Task.FromResult(Run(parsed, Terminal.Of(parsed), cancellationToken)));
        return command;
    }

    private static int Run(ParseResult parsed, Terminal terminal, CancellationToken cancellationToken)
    {
        var requests = ReadRequests(parsed);
        var seed = parsed.GetValue(Seed) is { } given ? given : Random.Shared.NextInt64(int.MaxValue);
        if (seed < 0) throw new ToolException($"--seed is {seed}; expected is 0 or more.");
        var (folder, options) = (Model.Folder(parsed), Model.Cascade(parsed));
        var pictures = PictureFolder.Open(parsed.GetValue(Out)!);
        using var cascade = Cascade.Load(folder, options);
        if (cascade.TakesTurns) terminal.WriteLine("The model's parts do not fit into memory beside each other; they take turns, which costs the time to load them.");
        var run = new RenderRun(cascade, pictures, terminal, parsed.GetValue(KeepStages), parsed.GetValue(Previews));
        run.Draw(Seeded(requests, seed), cancellationToken);
        return ExitCode.Success;
    }

    private static IReadOnlyList<PictureRequest> ReadRequests(ParseResult parsed) => (parsed.GetValue(Prompt), parsed.GetValue(Requests), parsed.GetValue(Reference)) switch
    {
        ({ } prompt, null, null) => [Started(RequestFile.Of(prompt), parsed)],
        (var prompt, null, { } reference) => [Started(RequestFile.Of(new ReferenceFile(reference), prompt), parsed)],
        (null, { } file, null) when parsed.GetValue(Start) is null && parsed.GetValue(Mask) is null && parsed.GetValue(Strength) is null => RequestFile.Read(file),
        (null, not null, _) => throw new ToolException("--reference, --start, --mask and --strength go with a prompt; in the lines of --requests they are 'reference', 'start', 'mask' and stages.stage1.strength."),
        (null, null, _) => throw new ToolException("There is nothing to draw; give a prompt in quotes, --reference FILE, or --requests FILE.jsonl."),
        _ => throw new ToolException("Both a prompt and --requests are given; leave one of them out."),
    };

    /// <summary>The request with what it starts from, which is read once to see whether it is right.</summary>
    private static PictureRequest Started(PictureRequest request, ParseResult parsed)
    {
        var (start, mask, strength) = (parsed.GetValue(Start), parsed.GetValue(Mask), parsed.GetValue(Strength));
        if (start is null)
            return mask is null && strength is null ? request : throw new ToolException($"{(mask is null ? "--strength" : "--mask")} is given, but no picture to start from; name it with --start.");
        var files = new StartFiles(start, mask);
        files.Read();
        return request with
        {
            Start = files,
            Stages = strength is null ? request.Stages : new Dictionary<string, StageSettings> { ["stage1"] = new() { Strength = strength } },
        };
    }

    private static IReadOnlyList<PictureRequest> Seeded(IReadOnlyList<PictureRequest> requests, long seed) =>
        seed > long.MaxValue - requests.Count ? throw new ToolException($"The seed {seed} leaves no numbers for {requests.Count} pictures; give one of at most {long.MaxValue - requests.Count}.")
        : [.. requests.Select(request => request.Seed is null ? request with { Seed = seed++ } : request)];
}
