using Npgsql;
using Xunit;

namespace RenderFarm.EndToEnd.Tests.Distributed;

public sealed class MaintenanceTests
{
    /// <summary>What an Api leaves behind that is killed while it plans what recurs, a minute later.</summary>
    private const string LeftLock = "insert into hangfire.lock (resource, updatecount, acquired) values ('hangfire:recurring-jobs:lock', 0, now() at time zone 'utc' - interval '1 minute')";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I2_LockOfAnApiThatWasKilled_DoesNotHoldUpWhatRecurs()
    {
        await using var farm = await DistributedFarm.OnEmptyServersAsync();
        using var migration = await farm.MigrateAsync();
        await using var database = NpgsqlDataSource.Create(farm.Settings["Database__ConnectionString"]);
        await using (var command = database.CreateCommand(LeftLock))
            await command.ExecuteNonQueryAsync(Token);

        await farm.StartProcessesAsync(workers: 0);

        await farm.EventuallyAsync(
            async () =>
            {
                await using var sweeps = database.CreateCommand("select count(*) from hangfire.job where statename = 'Succeeded'");
                return (long)(await sweeps.ExecuteScalarAsync(Token))!;
            }, done => done > 0);
    }
}
