using System.Diagnostics;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.EndToEnd.Tests;

public sealed class DotnetRunTests
{
    [Fact]
    public async Task DotnetRun_FromAnyFolder_WritesWhereItWasCalled()
    {
        using var folder = new TemporaryFolder();
        // bin/Release/net10.0/: what the tests were built as, the tool was, too.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        string[] arguments = ["run", "--no-build", "-c", configuration, "--project", Path.Combine(Repository.Root, "Worker", "Cli"), "--", "evaluate", "--truth", "--captions", "1", "--out", "here"];
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder.Path, RedirectStandardOutput = true, RedirectStandardError = true };

        using var run = Process.Start(start)!;
        var error = run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await run.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(run.ExitCode == 0, await error);
        Assert.True(File.Exists(folder.File("here/report.json")), "The report is not in the folder where dotnet run was called.");
    }
}
