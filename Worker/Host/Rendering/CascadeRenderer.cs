using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Contracts.Models;
using RenderFarm.Contracts.Pictures;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.References;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.StartPictures;

namespace RenderFarm.Worker.Rendering;

/// <summary>Draws jobs with a cascade.</summary>
public sealed partial class CascadeRenderer : IRenderer
{
    private readonly Cascade _cascade;
    private readonly ILogger _logger;

    /// <summary>Loads the model; takes as long as reading its weights takes.</summary>
    /// <param name="folder">A model folder with cascade.json.</param>
    /// <param name="options">Where and how it computes.</param>
    /// <param name="logger">Where it says what it does not use; null for nowhere.</param>
    public CascadeRenderer(string folder, CascadeOptions options, ILogger? logger = null)
    {
        _logger = logger ?? NullLogger.Instance;
        _cascade = Cascade.Load(folder, options);
        Model = new() { Name = _cascade.Name, Stages = [.. _cascade.Stages.Select(Describe)], Inputs = InputsOf(_cascade) };
    }

    public ModelDescription Model { get; }

    public int MaxBatch => _cascade.MaxBatch;

    public IReadOnlyList<RenderOutcome> Render(IReadOnlyList<RenderWork> works, Action<RenderStep> progress, CancellationToken cancellationToken)
    {
        try
        {
            var results = _cascade.Render(
                [.. works.Select(work => WithCheckpoints(Request(work), work))], step => progress(new RenderStep(step.StageKey, step.Step, step.Steps) { Looks = Looks(works, step), LookPart = step.PreviewPart }), cancellationToken);
            // The cascade tells a picture's share of the pass that drew it; a job's status tells the group's time.
            var seconds = results.SelectMany(result => result.Stages).GroupBy(stage => stage.Key).ToDictionary(stage => stage.Key, stage => stage.Sum(share => share.Seconds));
            return [.. works.Zip(results, (work, result) => Outcome(work, result, seconds))];
        }
        catch (Exception error) when (error is SettingsException or CascadeException or PictureFileException)
        {
            throw new PermanentRenderException(error.Message, error);
        }
        // libtorch says what went wrong in words only.
        catch (ExternalException error) when (error.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
            || error.Message.Contains("can't allocate memory", StringComparison.OrdinalIgnoreCase))
        {
            throw new DeviceMemoryException(
                works.Count > 1 ? $"{works.Count} pictures at once are too many for the device's memory."
                    : "The device has not enough memory for this picture. One over a start picture that is nearer to a square needs less.", error);
        }
        catch (ExternalException error) when (error.Message.Contains("CUDA error", StringComparison.OrdinalIgnoreCase))
        {
            throw new DeviceFailedException("The GPU failed; only a new process can use it again.", error);
        }
    }

    public void Dispose() => _cascade.Dispose();

    private static List<string> InputsOf(Cascade cascade) =>
        [.. cascade.Stages[0].TakesStart ? [InputRole.Start, InputRole.Mask] : (string[])[], .. cascade.Sees ? [InputRole.Reference] : (string[])[]];

    private static RenderRequest Request(RenderWork work) => new()
    {
        Prompt = work.Prompt,
        NegativePrompt = work.NegativePrompt ?? "",
        Seed = work.Seed,
        Settings = work.Settings.ToDictionary(stage => stage.Key, stage => new StageSettings
        {
            // Beside a list its length is for reading only: the two exclude each other.
            Steps = stage.Value.Timesteps is null ? stage.Value.Steps : null, Timesteps = stage.Value.Timesteps, Eta = stage.Value.Eta,
            Guidance = stage.Value.Guidance, NoiseLevel = stage.Value.NoiseLevel, Sampler = stage.Value.Sampler,
            Strength = stage.Value.Strength, MaskNoise = stage.Value.MaskNoise, TopK = stage.Value.TopK, Temperature = stage.Value.Temperature,
            PriorSteps = stage.Value.PriorSteps, PriorGuidance = stage.Value.PriorGuidance, SuperResolutionSteps = stage.Value.SuperResolutionSteps,
        }),
        Start = work.Inputs.TryGetValue(InputRole.Start, out var start)
            ? StartPicture.Read(start.Span, work.Inputs.GetValueOrDefault(InputRole.Mask).Span, InputRole.Start, InputRole.Mask) : null,
        Reference = work.Inputs.TryGetValue(InputRole.Reference, out var reference) ? ReferencePicture.Read(reference.Span, InputRole.Reference) : null,
        CancellationToken = work.Canceled,
    };

    private static RenderOutcome Outcome(RenderWork work, RenderResult result, Dictionary<string, double> seconds)
    {
        if (result.Canceled) return new() { Id = work.Id, Error = new OperationCanceledException("The job was canceled while it was rendered.", work.Canceled) };
        var text = result.Provenance.ToPngText();
        return new()
        {
            Id = work.Id,
            Pictures = [new PictureSource(result.Picture.Width, result.Picture.Height, () => Encode(result.Picture, text))],
            Timings = [.. result.Stages.Select(stage => new StageTiming { Stage = stage.Key, Seconds = seconds[stage.Key] })],
            UnknownWords = result.UnknownWords,
            Provenance = text.ToDictionary(entry => entry.Key, entry => entry.Value),
        };
    }

    private static IReadOnlyList<WorkLook> Looks(IReadOnlyList<RenderWork> works, RenderProgress step) => step.Preview is not { } preview ? []
        : [.. step.Batch.Select((work, place) => new WorkLook(works[work].Id, () => Seen(preview(place))))];

    private static UnfinishedPicture Seen(RenderPreview preview) => new(
        new PictureSource(preview.Picture.Width, preview.Picture.Height, () => Encode(preview.Picture, [])), TimeSpan.FromSeconds(preview.Seconds));

    private static byte[] Encode(Picture picture, IReadOnlyList<KeyValuePair<string, string>> text)
    {
        using var png = new MemoryStream();
        picture.WritePng(png, text);
        return png.ToArray();
    }

    private static StageDescription Describe(CascadeStage stage) => new()
    {
        Name = stage.Key, Width = stage.Size, Height = stage.Size, Steps = stage.Steps, Guidance = stage.Guidance, NoiseLevel = stage.NoiseLevel,
        Sampler = stage.Sampler, Samplers = stage.Samplers, Timesteps = stage.Timesteps, Eta = stage.Eta, TopK = stage.TopK, Temperature = stage.Temperature,
        TimestepLists = stage.TimestepLists, TakesStart = stage.TakesStart,
        PriorSteps = stage.PriorSteps, PriorGuidance = stage.PriorGuidance, SuperResolutionSteps = stage.SuperResolutionSteps,
    };
}
