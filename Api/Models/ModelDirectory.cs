using Microsoft.Extensions.Options;
using RenderFarm.Contracts.Models;
using RenderFarm.Persistence.Models;

namespace RenderFarm.Api.Models;

/// <summary>The models that jobs may name.</summary>
internal sealed class ModelDirectory(ModelCatalogue catalogue, IOptions<ModelOptions> options, TimeProvider time)
{
    public async Task<IReadOnlyList<ModelDescription>> DescriptionsAsync(CancellationToken cancellationToken) =>
        [.. (await catalogue.ListAsync(cancellationToken).ConfigureAwait(false)).Select(model => model.Description)];

    /// <summary>
    /// Name of the model of jobs that name none: the one in the settings, else the first that a worker serves, else the first ever known;
    /// null while there is none.
    /// </summary>
    public async Task<string?> DefaultAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Default is { } chosen) return chosen;
        var known = await catalogue.ListAsync(cancellationToken).ConfigureAwait(false);
        return (known.FirstOrDefault(IsServed) ?? (known is [var first, ..] ? first : null))?.Description.Name;
    }

    /// <summary>Names of the models for which a worker reported lately.</summary>
    public async Task<IReadOnlyList<string>> ServedAsync(CancellationToken cancellationToken) =>
        [.. (await catalogue.ListAsync(cancellationToken).ConfigureAwait(false)).Where(IsServed).Select(model => model.Description.Name)];

    public async Task<ModelList> ListAsync(CancellationToken cancellationToken)
    {
        var standard = await DefaultAsync(cancellationToken).ConfigureAwait(false);
        return new()
        {
            Items = [.. (await catalogue.ListAsync(cancellationToken).ConfigureAwait(false)).Select(model => new ModelStatus
            {
                Name = model.Description.Name,
                IsDefault = model.Description.Name == standard,
                IsServed = IsServed(model),
                IsPaused = model.IsPaused,
                Stages = model.Description.Stages,
                Inputs = model.Description.Inputs,
            })],
        };
    }

    private bool IsServed(KnownModel model) => model.SeenAt + options.Value.ServedFor > time.GetUtcNow();
}
