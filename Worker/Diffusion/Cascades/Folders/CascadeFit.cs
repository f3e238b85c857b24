using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Sampling;

namespace RenderFarm.Diffusion.Cascades.Folders;

/// <summary>
/// Whether the parts of a cascade belong together, by their configurations alone: asked stage by stage, before a single weight is read.
/// </summary>
internal sealed class CascadeFit
{
    private readonly List<StagePlace> _before = [];
    private StageOutline? _last;

    /// <summary>Takes in the next stage.</summary>
    /// <param name="index">Its folder.</param>
    /// <param name="number">Its place, from 0.</param>
    public StagePlace Add(ModelIndex index, int number)
    {
        var place = new StagePlace(index, number, [.. _before], _last?.Size);
        _before.Add(place);
        return place;
    }

    /// <summary>Compares the stage that was added last with itself and with those before it.</summary>
    /// <param name="place">Of <see cref="Add"/>.</param>
    /// <param name="defaults">What cascade.json says about it.</param>
    /// <returns>Height and width of its pictures.</returns>
    /// <exception cref="CascadeException">Two parts do not fit; names both files and values. A single bad file has its reader's exception.</exception>
    public int Check(StagePlace place, StageDefaults? defaults)
    {
        var family = StageFamilies.Of(place.Index);
        if (family.NeedsPicture && place.Number == 0)
            throw new CascadeException($"'{place.Index.Folder}' is a {family.ClassName}, which enlarges a picture; it cannot be the first stage.");
        if (!family.NeedsPicture && place.Number > 0)
            throw new CascadeException($"'{place.Index.Folder}' is a {family.ClassName}, which draws from text alone; it must be the first stage.");
        var outline = family.Outline(place);
        if (_last is { } before && outline.Size < before.Size)
        {
            throw new CascadeException(
                $"{before.SizeSource}, but {outline.SizeSource}, and that stage enlarges those pictures; list the stages in {CascadeFile.FileName} from the smallest picture to the largest.");
        }
        _last = outline;
        CheckDefaults(place, outline, defaults);
        return outline.Size;
    }

    /// <summary>What a picture would be refused for that asks for nothing special.</summary>
    private static void CheckDefaults(StagePlace place, StageOutline outline, StageDefaults? defaults)
    {
        try
        {
            outline.Plan(defaults?.ToSettings() ?? new StageSettings());
        }
        catch (SettingsException error)
        {
            throw new CascadeException($"{CascadeFile.FileName}: the defaults of {place.Key} draw no picture: {error.Message}", error);
        }
    }
}
