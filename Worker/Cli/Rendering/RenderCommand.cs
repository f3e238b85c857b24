using System.CommandLine;
using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Models;
using RenderFarm.Cli.Output;
using RenderFarm.Cli.Requests;
using RenderFarm.Diffusion.Cascades;

namespace RenderFarm.Cli.Rendering;

/// <summary><c>renderfarm render PROMPT</c> or <c>--requests FILE.jsonl</c>: no farm, straight to files.</summary>
internal static class RenderCommand
{
    private static readonly Argument<string?> Prompt = new("PROMPT") { Description = "What the picture shows, 1 to 2,000 characters.", Arity = ArgumentArity.ZeroOrOne };

    private static readonly Option<string?> Requests = new("--requests")
    {
        Description = "JSON Lines instead of a prompt: one object per line with prompt and, if you like, custom_id, negative_prompt, seed, stages.", HelpName = "FILE.jsonl",
    };

    private static readonly Option<string> Out = new("--out") { Description = "Folder for the pictures.", HelpName = "DIR", DefaultValueFactory = _ => "renders" };

    private static readonly Option<long?> Seed = new("--seed")
    {
        Description = "Seed of the first picture whose request names none; the next such takes the number after it. Default: drawn at random and shown.", HelpName = "N",
    };

    private static readonly Option<bool> KeepStages = new("--keep-stages") { Description = "Save every stage's picture, too: <custom_id>-stage1.png and so on." };

    private static readonly ModelOptions Model = new();

    public static Command Create()
    {
        var command = new Command("render", "Draw pictures straight to files, without a farm.") { Prompt, Requests, Out, Seed, KeepStages };
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
        var run = new RenderRun(cascade, pictures, terminal, parsed.GetValue(KeepStages));
        run.Draw(Seeded(requests, seed), cancellationToken);
        return ExitCode.Success;
    }

    private static IReadOnlyList<PictureRequest> ReadRequests(ParseResult parsed) => (parsed.GetValue(Prompt), parsed.GetValue(Requests)) switch
    {
        ({ } prompt, null) => [RequestFile.Of(prompt)],
        (null, { } file) => RequestFile.Read(file),
        (null, null) => throw new ToolException("There is nothing to draw; give a prompt in quotes, or --requests FILE.jsonl."),
        _ => throw new ToolException("Both a prompt and --requests are given; leave one of them out."),
    };

    private static IReadOnlyList<PictureRequest> Seeded(IReadOnlyList<PictureRequest> requests, long seed) =>
        seed > long.MaxValue - requests.Count ? throw new ToolException($"The seed {seed} leaves no numbers for {requests.Count} pictures; give one of at most {long.MaxValue - requests.Count}.")
        : [.. requests.Select(request => request.Seed is null ? request with { Seed = seed++ } : request)];
}
