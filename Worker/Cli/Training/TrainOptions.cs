using System.CommandLine;
using System.Numerics;
using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Models;
using RenderFarm.Cli.Rendering;
using RenderFarm.Training.Scenes;
using static TorchSharp.torch;

namespace RenderFarm.Cli.Training;

/// <summary>The options of every kind of training.</summary>
internal sealed class TrainOptions
{
    private const double LongestSittingMinutes = 30 * 24 * 60;

    private readonly Option<string> _model = new("--model") { Description = "Model folder to fill.", HelpName = "DIR", Required = true };
    private readonly Option<string> _run = new("--run") { Description = "Folder of checkpoints and loss curves; a run found there is resumed.", HelpName = "DIR", Required = true };
    private readonly Option<ulong> _seed = new("--seed") { Description = "Seed of every random choice.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<string> _device = new("--device") { Description = "cpu, cuda or cuda:N.", HelpName = "D", DefaultValueFactory = _ => "cpu" };
    private readonly Option<string> _dtype = new("--dtype") { Description = "bfloat16 (with float32 master weights) or float32.", HelpName = "T", DefaultValueFactory = _ => "bfloat16" };
    private readonly Option<long?> _samples = new("--samples") { Description = "Examples in the whole run; the recipe's own number by default.", HelpName = "N" };
    private readonly Option<double?> _rate = new("--rate") { Description = "Highest learning rate; the recipe's own by default. Lower it to train finished weights further.", HelpName = "X" };
    private readonly Option<double?> _noisyShare = new("--noisy-share")
    {
        Description = "Share of timesteps from the noisiest 15 %, where it is decided what goes where; the recipe's own by default. Raise it where objects take each other's colours.",
        HelpName = "X",
    };
    private readonly Option<double?> _mixedStates = new("--mixed-states")
    {
        Description = "Of a stage that draws from text: share of captions whose words' states are mixed with those of other shapes and colours, so that pairs never shown are drawn, too; the recipe's own by default.",
        HelpName = "X",
    };
    private readonly Option<double?> _blendedColours = new("--blended-colours")
    {
        Description = "Share of the captions with mixed states whose objects have colours between two, so that shapes are drawn in any colour; the recipe's own by default.",
        HelpName = "X",
    };
    private readonly Option<double?> _hardCaptions = new("--hard-captions")
    {
        Description = "Share of examples that are made hard, with three objects or more, half of them told of after their places; the recipe's own by default. Raise it where only such pictures go wrong.",
        HelpName = "X",
    };
    private readonly Option<string?> _statesOf = new("--states-of")
    {
        Description = "Another model folder whose text encoder's states are kept, such as a copy of the model that stages were trained with. Trained is then only that words of shapes and colours say "
            + "nothing of each other. Give it in every sitting, with --continue.",
        HelpName = "DIR",
    };
    private readonly Option<World> _world = WorldOption.Create();
    private readonly Option<double?> _minutes = new("--minutes") { Description = "End this sitting after so long; run the command again to go on.", HelpName = "X" };
    private readonly Option<bool> _continue = new("--continue") { Description = "Begin with the weights in the model folder where there is no checkpoint: in a fresh --run, to train them at another rate or after another text encoder." };

    /// <param name="command">What trains a part.</param>
    /// <param name="kind">What kind of part that is.</param>
    public void AddTo(Command command, TrainedPart kind)
    {
        Option[] own = kind switch
        {
            TrainedPart.Stage => [_noisyShare, _mixedStates, _blendedColours, _hardCaptions],
            TrainedPart.TextEncoder => [_statesOf],
            _ => [],
        };
        foreach (var option in (Option[])[_model, _run, _seed, _device, _dtype, _samples, _rate, .. own, _world, _minutes, _continue]) command.Add(option);
    }

    /// <exception cref="ToolException">A value that no run can have. Nothing has been written then.</exception>
    public TrainChoices Read(ParseResult parsed)
    {
        Demand(parsed, _samples, samples => samples >= 1, "a whole number from 1");
        Demand(parsed, _rate, rate => rate > 0 && rate < 1, "a number above 0 and below 1, such as 0.0003");
        Demand(parsed, _noisyShare, share => share >= 0 && share <= 1, "a number from 0 to 1");
        Demand(parsed, _mixedStates, share => share >= 0 && share <= 1, "a number from 0 to 1");
        Demand(parsed, _blendedColours, share => share >= 0 && share <= 1, "a number from 0 to 1");
        if (parsed.GetValue(_blendedColours) > 0 && parsed.GetValue(_mixedStates) is null or <= 0)
            throw new ToolException("--blended-colours is given without --mixed-states above 0; only captions with mixed states have blended colours.");
        Demand(parsed, _hardCaptions, share => share >= 0 && share <= 1, "a number from 0 to 1");
        if (parsed.GetValue(_statesOf) is { } folder && string.IsNullOrWhiteSpace(folder)) throw new ToolException($"{_statesOf.Name} is empty; expected is a model folder.");
        if (parsed.GetValue(_statesOf) is not null && !parsed.GetValue(_continue))
            throw new ToolException("--states-of is given without --continue; states are kept of an encoder that is trained on from what it is.");
        Demand(parsed, _minutes, minutes => minutes > 0 && minutes <= LongestSittingMinutes, $"a number above 0 and at most {LongestSittingMinutes}");
        return new TrainChoices
        {
            Model = parsed.GetRequiredValue(_model), Run = parsed.GetRequiredValue(_run), Seed = parsed.GetValue(_seed),
            Device = RenderDevice.Parse(parsed.GetValue(_device)!), Dtype = Dtype(parsed.GetValue(_dtype)!),
            Samples = parsed.GetValue(_samples), Rate = parsed.GetValue(_rate), NoisyShare = parsed.GetValue(_noisyShare), MixedStates = parsed.GetValue(_mixedStates),
            BlendedColours = parsed.GetValue(_blendedColours), HardCaptions = parsed.GetValue(_hardCaptions), StatesOf = parsed.GetValue(_statesOf), World = parsed.GetValue(_world),
            Sitting = parsed.GetValue(_minutes) is { } minutes ? TimeSpan.FromMinutes(minutes) : null, Continue = parsed.GetValue(_continue),
        };
    }

    private static void Demand<T>(ParseResult parsed, Option<T?> option, Predicate<T> isGood, string expected) where T : struct, INumber<T>
    {
        if (parsed.GetValue(option) is { } value && !isGood(value)) throw new ToolException($"{option.Name} is {value}; expected is {expected}.");
    }

    private static ScalarType Dtype(string name) => name.ToLowerInvariant() switch
    {
        "bfloat16" => ScalarType.BFloat16,
        "float32" => ScalarType.Float32,
        _ => throw new ToolException($"--dtype is '{name}'; expected is bfloat16 or float32."),
    };
}
