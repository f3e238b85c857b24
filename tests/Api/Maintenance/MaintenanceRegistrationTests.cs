using Hangfire;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using RenderFarm.Api.Maintenance;
using Xunit;

namespace RenderFarm.Api.Tests.Maintenance;

public sealed class MaintenanceRegistrationTests
{
    [Fact]
    public void AddMaintenance_TwoFarmsInAProcess_EachRunsItsOwnJobs()
    {
        using var one = Farm();
        using var other = Farm();
        one.GetRequiredService<IGlobalConfiguration>();
        other.GetRequiredService<IGlobalConfiguration>(); // sets what Hangfire keeps once for the whole process

        using var scope = one.GetRequiredService<JobActivator>().BeginScope((JobActivatorContext)null!);

        Assert.Same(one.GetRequiredService<Own>(), scope.Resolve(typeof(Own)));
    }

    private static ServiceProvider Farm()
    {
        var services = new ServiceCollection();
        services.AddLogging().AddSingleton<Own>();
        services.AddMaintenance(new ConfigurationBuilder().Build());
        return services.BuildServiceProvider();
    }

    private sealed class Own;
}
