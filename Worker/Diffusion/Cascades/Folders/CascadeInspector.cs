using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Networks.Configuration;
using RenderFarm.Diffusion.Safety;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Cascades.Folders;

/// <summary>Looks through a model folder as loading would, on the meta device and past the first fault.</summary>
internal sealed class CascadeInspector
{
    private readonly List<string> _errors = [];
    private readonly CascadeFit _fit;

    private CascadeInspector(CascadeFit fit) => _fit = fit;

    public static CascadeReport Inspect(string folder)
    {
        CascadeFile file;
        try
        {
            file = CascadeFile.Load(folder);
        }
        catch (CascadeException error)
        {
            return new CascadeReport(folder, null, [], [error.Message]);
        }
        var (stages, fit) = (new List<StageReport>(), new CascadeFit());
        foreach (var stage in file.Stages) stages.Add(new CascadeInspector(fit).Stage(Path.Combine(folder, stage), stage, stages.Count, file));
        var guard = new CascadeInspector(fit);
        long? checker = null;
        if (file.SafetyChecker is { } name) guard.Try(() => checker = SafetyChecker.Inspect(Path.Combine(folder, name)));
        if (file.Watermarker is { } mark) guard.Try(() => Watermark.Load(Path.Combine(folder, mark)));
        return new CascadeReport(folder, file.Name, stages, guard._errors) { SafetyCheckerParameters = checker, HasWatermark = file.Watermarker is not null };
    }

    private StageReport Stage(string folder, string name, int number, CascadeFile file)
    {
        ModelIndex? index = null;
        int? size = null;
        var counted = new List<ComponentReport>();
        var defaults = file.Defaults.GetValueOrDefault(Cascade.KeyOf(number));
        Try(() => index = ModelIndex.Load(folder));
        if (index is not null)
        {
            var place = _fit.Add(index, number);
            var components = StageFamilies.Find(index)?.Components(place).ToList() ?? [];
            foreach (var component in components) Try(() => counted.Add(component.Describe()));
            Try(() => size = _fit.Check(place, defaults));
            if (_errors.Count == 0) CheckWeights(components);
        }
        return new StageReport
        {
            Key = Cascade.KeyOf(number),
            Folder = name,
            Pipeline = index?.ClassName,
            Size = size,
            Components = counted,
            Defaults = (defaults ?? new StageDefaults()).ToSettings(),
            Errors = _errors,
        };
    }

    /// <summary>Whether vocabularies and weights are those of the networks that the configurations describe.</summary>
    private void CheckWeights(IEnumerable<StageComponent> components)
    {
        using var scope = NewDisposeScope();
        foreach (var component in components) Try(component.CheckWeights);
    }

    private void Try(Action look)
    {
        try
        {
            look();
        }
        catch (Exception error)
            when (error is CascadeException or WeightsException or NetworkConfigException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            _errors.Add(error.Message);
        }
    }
}
