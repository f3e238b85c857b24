using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using RenderFarm.Contracts.Jobs;
using Xunit;

namespace RenderFarm.Persistence.Tests.Databases;

public sealed class MigrationTests
{
    public static TheoryData<string> Providers => TestDatabase.Providers;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Migrate_DatabaseOfTheFirstVersionWithWork_KeepsItAndTheFarmGoesOn(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider, migrate: false);
        using (var context = farm.Database.Open())
        {
            var migrator = context.GetService<IMigrator>();
            await migrator.MigrateAsync(context.GetService<IMigrationsAssembly>().Migrations.Keys.First(), cancellationToken: TestDatabase.Token);
        }

        var (batch, job) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await farm.ExecuteAsync($"""
            insert into batches (id, tenant, state, created_at, total, queued, running, succeeded, failed, canceled, expired)
            values ({batch}, 'default', 'running', 1, 1, 1, 0, 0, 0, 0, 0)
            """);
        await farm.ExecuteAsync($"insert into lanes (batch_id, number, tenant, model, priority, created_at, open) values ({batch}, 0, 'default', 'test', 0, 1, {true})");
        await farm.ExecuteAsync($$"""
            insert into jobs (id, batch_id, lane, position, tenant, custom_id, model, priority, prompt, seed, settings, compatibility, state, epoch, attempts, created_at)
            values ({{job}}, {{batch}}, 0, 0, 'default', 'a', 'test', 0, 'a circle', 1, '{}', 'x', 'queued', 0, 0, 1)
            """);
        await farm.Database.MigrateAsync(TestDatabase.Token);
        await farm.Database.CheckAsync(TestDatabase.Token);

        Assert.Equal(job, Assert.Single(await farm.Runway.FillAsync("test", 4, new(TimeSpan.FromMinutes(10)), TestDatabase.Token)).JobId);
        await farm.Results.CommitAsync([TestDatabase.Result(Assert.Single(await farm.ClaimAllAsync(batch)))], TestDatabase.Token);
        Assert.Equal((JobState.Succeeded, 0), ((await farm.JobAsync(job)).State, (await farm.JobAsync(job)).Postponed));
    }
}
