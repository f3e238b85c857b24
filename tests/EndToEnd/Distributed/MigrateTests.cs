using System.Net;
using Xunit;

namespace RenderFarm.EndToEnd.Tests.Distributed;

public sealed class MigrateTests
{
    [Fact]
    public async Task Migrate_EmptyServers_MakesSchemaAndBucketForWhichTheProcessesWaited()
    {
        await using var farm = await DistributedFarm.OnEmptyServersAsync();
        var (api, worker) = (farm.StartApi(), farm.StartWorker());
        foreach (var process in new[] { api, worker })
        {
            var (status, text) = await farm.EventuallyAsync(() => farm.HealthAsync(process), answer => answer.Text.Contains("lacks migration", StringComparison.Ordinal));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.Contains("RenderFarm.Api.dll migrate", text, StringComparison.Ordinal);
        }

        using var first = await farm.MigrateAsync();
        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Contains("Database (postgres): applied", first.Output, StringComparison.Ordinal);
        Assert.Contains("Bucket 'farm'", first.Output, StringComparison.Ordinal);
        Assert.Contains("was created", first.Output, StringComparison.Ordinal);
        await farm.ReadyAsync(api);
        await farm.ReadyAsync(worker);

        using var second = await farm.MigrateAsync();
        Assert.Equal((0, ""), (second.ExitCode, second.Error));
        Assert.Contains("nothing was to be applied", second.Output, StringComparison.Ordinal);
        Assert.Contains("was there", second.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Database__ConnectionString", "Host=127.0.0.1;Port=1;Username=a;Password=b;Database=c", "Failed to connect to 127.0.0.1:1")]
    [InlineData("Database__ConnectionString", "", "Database:ConnectionString is empty")]
    [InlineData("Store__Endpoint", "127.0.0.1:1", "bucket 'farm' at 127.0.0.1:1")]
    public async Task Migrate_SettingThatIsWrong_SaysSoInALineAndFails(string setting, string value, string reason)
    {
        await using var farm = await DistributedFarm.OnEmptyServersAsync();
        farm.Settings[setting] = value;
        using var migration = await farm.MigrateAsync();
        Assert.Equal(1, migration.ExitCode);
        Assert.Contains(reason, Assert.Single(migration.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }
}
