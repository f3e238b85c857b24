using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Configuration;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.References;
using RenderFarm.Diffusion.Residency;
using RenderFarm.Diffusion.Safety;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.Weights;
using TorchSharp;

namespace RenderFarm.Diffusion.Cascades;

/// <summary>
/// A model, loaded: text encoders and the stages that turn prompts into pictures. One call renders at a time; others wait for it. Call
/// from a dedicated thread: rendering is synchronous and keeps its device busy.
/// </summary>
public sealed partial class Cascade : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CascadeFile _file;
    private readonly List<IStage> _stages;
    private readonly StageLoading _loaded;
    private readonly KnownWords _words;
    private readonly ReferenceReader? _references;
    private readonly PictureGuard _guard;
    private readonly CascadeOptions _options;

    private Cascade(CascadeFile file, List<IStage> stages, StageLoading loaded, ReferenceReader? references, PictureGuard guard, KnownWords words, CascadeOptions options)
    {
        (_file, _stages, _loaded, _references, _guard, _words, _options) = (file, stages, loaded, references, guard, words, options);
        WeightsSha256 = HashOf(loaded.Weights);
    }

    /// <summary>The model's name in cascade.json.</summary>
    public string Name => _file.Name;

    /// <summary>How many stages are loaded.</summary>
    public int StageCount => _stages.Count;

    /// <summary>Most pictures drawn together.</summary>
    public int MaxBatch => _options.MaxBatch ?? _file.MaxBatch ?? CascadeOptions.UsualBatch;

    /// <summary>Whether text encoders and stages take turns in a device's memory, because they do not fit beside each other; see <see cref="CascadeOptions.Memory"/>.</summary>
    public bool TakesTurns => _loaded.TakesTurns;

    /// <summary>Whether it takes reference pictures: whether it has an image encoder, and a fusion from whose words all its stages draw.</summary>
    public bool Sees => _references is not null;

    /// <summary>
    /// What identifies the loaded weights: the SHA-256 of lines "hash  stage/part", one per text encoder and network in the order of
    /// loading, where hash is the SHA-256 of the part's safetensors file (or of several files, what sha256sum prints for them). Computed
    /// from the bytes that were loaded, whatever became of the files since.
    /// </summary>
    public string WeightsSha256 { get; }

    /// <summary>Loads a model folder.</summary>
    /// <param name="folder">A folder with <c>cascade.json</c>, or a single stage, such as a pipeline in diffusers' layout.</param>
    /// <param name="options">Device, number format, limits; null for the defaults.</param>
    /// <exception cref="CascadeException">The folder cannot be used; the text says why and what to do.</exception>
    /// <exception cref="SettingsException">The options cannot be met.</exception>
    public static Cascade Load(string folder, CascadeOptions? options = null)
    {
        options ??= new CascadeOptions();
        CpuHeap.Keep();
        var file = CascadeFile.Load(folder);
        var count = options.StageCount ?? file.Stages.Count;
        if (count < 1 || count > file.Stages.Count)
        {
            throw new SettingsException($"{count} stages are asked for; '{folder}' has {file.Stages.Count}.");
        }
        if (options.MaxBatch < 1) throw new SettingsException($"The batch is at most {options.MaxBatch}; expected 1 or more.");
        var stages = new List<IStage>();
        var places = Fitting(folder, file, count);
        var loading = new StageLoading(options, Explained("The model", () => Lenders.For(ModelPart.Of(places, options), options.Memory)));
        ReferenceReader? references = null;
        PictureGuard? guard = null;
        try
        {
            foreach (var place in places) stages.Add(LoadStage(loading, place));
            references = Explained(KeyOf(0), () => ReferenceReader.Load(places, loading));
            guard = Explained("The model", () => PictureGuard.Load(folder, file, options.PlacementOf(null), stays: !loading.TakesTurns));
            return new Cascade(file, stages, loading, references, guard, KnownWords.Load(folder), options);
        }
        catch
        {
            stages.ForEach(stage => stage.Dispose());
            references?.Dispose();
            guard?.Dispose();
            loading.Dispose();
            CpuHeap.GiveBack();
            throw;
        }
    }

    /// <summary>
    /// Says what a model folder holds and what is wrong with it, reading configurations and the headers of weights only. Does not throw for
    /// a bad folder.
    /// </summary>
    public static CascadeReport Inspect(string folder) => CascadeInspector.Inspect(folder);

    /// <summary>Draws pictures. Those whose settings allow it are drawn together, which does not change them beyond rounding.</summary>
    /// <param name="requests">What to draw.</param>
    /// <param name="progress">Called on this thread after each step of each batch; null for none. What it throws ends the call.</param>
    /// <param name="cancellationToken">
    /// Ends the call between two steps. To cancel one picture, see <see cref="RenderRequest.CancellationToken"/>.
    /// </param>
    /// <returns>One result per request, in the same order.</returns>
    /// <exception cref="SettingsException">A request that this model cannot draw; nothing was drawn.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public IReadOnlyList<RenderResult> Render(
        IReadOnlyList<RenderRequest> requests, Action<RenderProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        lock (_gate)
        {
            using var inference = torch.inference_mode();
            var plans = requests.Select(request => (Request: request, Plans: Plan(request))).ToList(); // all of them, before anything is taken for one
            var jobs = plans.Select((planned, index) => new RenderJob(index, planned.Request, planned.Plans)).ToList();
            try
            {
                foreach (var job in jobs.Where(job => job.Request.Reference is not null))
                    job.Drawn = _references!.Read(job.Request.Reference!, job.Request.Prompt);
                new CascadeRun(_stages, StageBatch, progress, _guard, jobs, cancellationToken).Run(MaxBatch);
                return [.. jobs.Select(ResultOf)];
            }
            finally
            {
                jobs.ForEach(job => job.Dispose());
                _loaded.Texts.ForEach(text => text.Trim());
            }
        }
    }

    /// <summary>Checks a request and says what determines its picture, without drawing it.</summary>
    /// <exception cref="SettingsException">This model cannot draw it.</exception>
    public Provenance Describe(RenderRequest request) => ProvenanceOf(request, Plan(request));

    /// <summary>
    /// The words of a prompt without a reference that the model says it never learned, in their order, each once; empty for a model that does not say.
    /// </summary>
    public IReadOnlyList<string> UnknownWords(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return _words.MissingFrom(prompt);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_gate)
        {
            _stages.ForEach(stage => stage.Dispose());
            _references?.Dispose();
            _loaded.Dispose();
            _guard.Dispose();
        }
        CpuHeap.GiveBack();
    }

    /// <summary>stage1, stage2 …</summary>
    /// <param name="stage">From 0.</param>
    internal static string KeyOf(int stage) => $"stage{stage + 1}";

    /// <summary>How many prompts went through the text encoders so far.</summary>
    internal long PromptsEncoded => _loaded.Texts.Sum(text => text.Encoded);

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The caller owns the stage.")]
    private static IStage LoadStage(StageLoading loading, StagePlace place) => Explained(place.Key, () => loading.Load(place));

    /// <summary>The stages to load, after all of them were looked at.</summary>
    private static List<StagePlace> Fitting(string folder, CascadeFile file, int count)
    {
        var (fit, stages) = (new CascadeFit(), new List<StagePlace>());
        foreach (var (number, stage) in file.Stages.Take(count).Index())
        {
            Explained(KeyOf(number), () =>
            {
                stages.Add(fit.Add(ModelIndex.Load(Path.Combine(folder, stage)), number));
                return fit.Check(stages[^1], file.Defaults.GetValueOrDefault(KeyOf(number)));
            });
        }
        return stages;
    }

    private static T Explained<T>(string key, Func<T> load)
    {
        try
        {
            return load();
        }
        catch (Exception error)
            when (error is WeightsException or NetworkConfigException or InvalidDataException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CascadeException($"{key} cannot be loaded. {error.Message}", error);
        }
    }

    private static string HashOf(IEnumerable<(string Name, string Sha256)> parts)
    {
        var lines = string.Concat(parts.Select(part => $"{part.Sha256}  {part.Name}\n"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines)));
    }

    private StageDefaults? DefaultsOf(int stage) => _file.Defaults.GetValueOrDefault(KeyOf(stage));

    private int StageBatch(int stage) => Math.Min(DefaultsOf(stage)?.MaxBatch ?? int.MaxValue, MaxBatch);

    private StagePlan[] Plan(RenderRequest request)
    {
        request.Check(_stages.Count);
        if (request.Reference is not null && !Sees)
            throw new SettingsException($"There is a reference picture, but the model '{Name}' does not see: it has no image encoder and fusion from whose words all its stages draw. Leave the reference out, or choose a model that has them.");
        var plans = new StagePlan[StageCount];
        for (var stage = 0; stage < plans.Length; stage++) plans[stage] = PlanOf(stage, request, stage == 0 ? null : SizeOf(stage - 1, plans[stage - 1]));
        if (request.ResumeFrom is { } checkpoint && Misfit(checkpoint, plans) is { } misfit) throw new SettingsException(misfit);
        return plans;
    }

    private PictureSize SizeOf(int stage, StagePlan plan) => plan.Size ?? PictureSize.Square(_stages[stage].Size);

    private StagePlan PlanOf(int index, RenderRequest request, PictureSize? before)
    {
        var settings = request.Settings.GetValueOrDefault(KeyOf(index)) ?? new StageSettings();
        try
        {
            if (settings is { Steps: not null, Timesteps: not null })
            {
                throw new SettingsException("Both steps and timesteps are given; choose one.");
            }
            if (settings.Strength is { } strength && request.Start is null)
                throw new SettingsException(FormattableString.Invariant($"strength is {strength}, but there is no start picture to be drawn over; give one, or leave strength out."));
            return _stages[index].Plan(settings.Over(DefaultsOf(index)?.ToSettings() ?? new StageSettings())).From(request.Start, before);
        }
        // The scheduler's file was readable as it is; as another sampler it may ask for what there is no code for.
        catch (Exception error) when (error is SettingsException or InvalidDataException)
        {
            throw new SettingsException($"{KeyOf(index)}: {error.Message}", error);
        }
    }

    private RenderResult ResultOf(RenderJob job)
    {
        var (stages, verdict) = job.Canceled ? (job.Results, null) : _guard.Pass(job.Results);
        return ResultOf(job, stages, ProvenanceOf(job.Request, job.Plans) with { Safety = verdict, Reading = job.Request.Reference is null ? null : job.Drawn });
    }

    private RenderResult ResultOf(RenderJob job, IReadOnlyList<StageResult> stages, Provenance provenance) => new()
    {
        Request = job.Request,
        Canceled = job.Canceled,
        Stages = stages,
        Provenance = provenance,
        UnknownWords = (job.Request.Reference is null ? _words : _references!.Words.Or(_words)).MissingFrom(job.Request.Prompt),
    };

    private Provenance ProvenanceOf(RenderRequest request, IReadOnlyList<StagePlan> plans) => new()
    {
        Model = Name,
        WeightsSha256 = WeightsSha256,
        Prompt = request.Prompt,
        NegativePrompt = request.NegativePrompt,
        Seed = request.Seed,
        ReferenceSha256 = request.Reference?.Sha256,
        SafetyCheckerSha256 = _guard.CheckerSha256,
        WatermarkSha256 = _guard.WatermarkSha256,
        StartSha256 = request.Start?.Sha256,
        MaskSha256 = request.Start?.MaskSha256,
        TextEncoderDtype = _loaded.Texts.FirstOrDefault()?.Dtype,
        PromptCleaning = _loaded.Texts.FirstOrDefault()?.Cleaning,
        Stages = [.. plans.Select((plan, stage) => plan.ToProvenance(KeyOf(stage), _stages[stage].Dtype))],
        Version = typeof(Cascade).Assembly.GetName().Version!.ToString(3),
    };
}
