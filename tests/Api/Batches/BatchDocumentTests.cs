using System.Text;
using RenderFarm.Api.Batches;
using RenderFarm.FarmTesting;
using Xunit;

namespace RenderFarm.Api.Tests.Batches;

public sealed class BatchDocumentTests
{
    private readonly InputErrors _errors = new(1);
    private readonly JobReader _jobs = new([TestRenderer.Describe("test")], "test", new("default", 0), 1000);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(5000)]
    public async Task Read_BodyInPieces_GivesTheSameJobs(int piece)
    {
        var body = "\uFEFF {\"model\" : \"test\", \"jobs\": [ " + string.Join(" ,\n", Enumerable.Range(0, 300).Select(Job)) + "]\n, \"priority\": -3 }\n";
        await new BatchDocument(_jobs, _errors).ReadAsync(new PieceStream(Encoding.UTF8.GetBytes(body), piece), Token);

        Assert.Empty(_errors.Items);
        Assert.Equal(Enumerable.Range(0, 300).Select(i => ($"ж{i} {{[\"\\", (long)i, -3)), _jobs.Jobs.Select(job => (job.Prompt, job.Seed, job.Priority)));
    }

    [Fact]
    public async Task Read_FaultAtTheBeginning_LeavesTheRestUnread()
    {
        var body = Encoding.UTF8.GetBytes("{\"jobs\": [{\"prompt\": \"\"}, " + string.Join(",", Enumerable.Range(0, 100_000).Select(Job)) + "]}");
        using var stream = new PieceStream(body, 16 << 10);
        await new BatchDocument(_jobs, _errors).ReadAsync(stream, Token);

        Assert.Equal("jobs[0].prompt", Assert.Single(_errors.Items).Field);
        Assert.InRange(stream.Position, 1, 128 << 10);
    }

    [Fact]
    public async Task Read_MoreJobsThanAllowed_StopsThere()
    {
        using var stream = new PieceStream(Encoding.UTF8.GetBytes("{\"jobs\": [" + string.Join(",", Enumerable.Range(0, 100_000).Select(Job)) + "]}"), 16 << 10);
        await new BatchDocument(_jobs, _errors).ReadAsync(stream, Token);

        Assert.Contains("more than 1000 jobs", Assert.Single(_errors.Items).Message, StringComparison.Ordinal);
        Assert.InRange(stream.Position, 1, 256 << 10);
    }

    [Fact]
    public async Task Read_JobWithoutEnd_IsRefusedAtTheLimitOfAJob()
    {
        using var stream = new PieceStream(Encoding.UTF8.GetBytes("{\"jobs\": [{\"prompt\": \"" + new string('x', 4 << 20)), 16 << 10);
        await new BatchDocument(_jobs, _errors).ReadAsync(stream, Token);

        Assert.Equal("jobs[0]", Assert.Single(_errors.Items).Field);
        Assert.InRange(stream.Position, 1, 512 << 10);
    }

    private static string Job(int i) => $$"""{"seed": {{i}}, "prompt": "ж{{i}} {[\"\\"}""";

    /// <summary>A body that comes in pieces of one size.</summary>
    private sealed class PieceStream(byte[] body, int piece) : MemoryStream(body)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
