using System.Diagnostics;
using RenderFarm.FarmTesting;
using RenderFarm.ServerTesting;
using RenderFarm.Testing;

namespace RenderFarm.Benchmarks.Farms;

/// <summary>
/// Jobs per second from one call's submission to the last committed picture, with a renderer that takes no time: Api and one worker of DEVICES devices in
/// this process, on a PostgreSQL, a RabbitMQ and a MinIO.
/// </summary>
internal sealed class ThroughputBenchmark : Benchmark
{
    public override string Name => "throughput";

    public override string Usage => "JOBS BATCH DEVICES";

    public override void Run(string[] arguments, TextWriter output)
    {
        if (arguments.Length != 3) throw new ArgumentException("JOBS, BATCH and DEVICES are expected.");
        RunAsync(Count("JOBS", arguments[0]), Count("BATCH", arguments[1]), Count("DEVICES", arguments[2]), output).GetAwaiter().GetResult();
    }

    private static async Task RunAsync(int jobs, int batch, int devices, TextWriter output)
    {
        using var folder = new TemporaryFolder();
        var settings = await Servers.SettingsAsync(await Servers.DatabaseAsync().ConfigureAwait(false)).ConfigureAwait(false);
        var minio = await MinioServer.StartAsync().ConfigureAwait(false);
        await using var ending = minio.ConfigureAwait(false);
        foreach (var (name, value) in new (string, string?)[]
        {
            ("Store:Provider", "minio"), ("Store:Endpoint", minio.Options.Endpoint), ("Store:AccessKey", minio.Options.AccessKey), ("Store:SecretKey", minio.Options.SecretKey),
            ("Store:Bucket", minio.Options.Bucket), ("Store:UseTls", "false"),
        })
            settings[name] = value;
        var renderers = Enumerable.Range(0, devices).Select(_ => new TestRenderer { MaxBatch = batch }).ToList();
        var farm = await FarmHost.StartAsync(folder.Path, renderers, settings).ConfigureAwait(false);
        await using var stopping = farm.ConfigureAwait(false);
        await farm.FinishedAsync((await Servers.SubmitAsync(farm, batch).ConfigureAwait(false)).Batch.Id).ConfigureAwait(false);

        var since = Stopwatch.GetTimestamp();
        var (accepted, took) = await Servers.SubmitAsync(farm, jobs).ConfigureAwait(false);
        var finished = await farm.FinishedAsync(accepted.Id, TimeSpan.FromHours(1)).ConfigureAwait(false);
        var all = Stopwatch.GetElapsedTime(since);
        output.WriteLine($"{finished.Counts.Succeeded} of {jobs} jobs drawn in {all.TotalSeconds:F1} s, of which {took.TotalSeconds:F1} s to accept them: {jobs / all.TotalSeconds:F0} jobs/s");
    }
}
