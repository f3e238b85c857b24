using Microsoft.EntityFrameworkCore;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence.Batches;
using RenderFarm.Persistence.Jobs;

namespace RenderFarm.Persistence;

/// <summary>Reads what people ask for. Each question names the tenant, so that none sees another's rows.</summary>
public sealed class FarmQueries(FarmDatabase database)
{
    public async Task<Batch?> BatchAsync(string tenant, Guid id, CancellationToken cancellationToken)
    {
        using var context = database.Open();
        return await context.Batches.FirstOrDefaultAsync(batch => batch.Id == id && batch.Tenant == tenant, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The newest first, those older than <paramref name="after"/>.</summary>
    public async Task<IReadOnlyList<Batch>> BatchesAsync(string tenant, Guid? after, int count, CancellationToken cancellationToken)
    {
        using var context = database.Open();
        var from = after ?? Guid.AllBitsSet;
        return await context.Batches.FromSql($"select * from batches where tenant = {tenant} and id < {from} order by id desc limit {count}")
            .ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>In the order of submission, those behind position <paramref name="after"/>, with their outputs.</summary>
    public async Task<IReadOnlyList<Job>> JobsAsync(Guid batch, JobState? state, int after, int count, CancellationToken cancellationToken)
    {
        using var context = database.Open();
        var jobs = context.Jobs.Where(job => job.BatchId == batch && job.Position > after);
        if (state is { } only)
            jobs = jobs.Where(job => job.State == only);
        return await jobs.OrderBy(job => job.Position).Take(count).Include(job => job.Outputs.OrderBy(output => output.Number))
            .ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A job with its outputs.</summary>
    public async Task<Job?> JobAsync(string tenant, Guid id, CancellationToken cancellationToken)
    {
        using var context = database.Open();
        return await context.Jobs.Include(job => job.Outputs.OrderBy(output => output.Number))
            .FirstOrDefaultAsync(job => job.Id == id && job.Tenant == tenant, cancellationToken).ConfigureAwait(false);
    }
}
