using RenderFarm.Contracts.Pictures;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Testing;
using RenderFarm.Worker.Rendering;
using Xunit;
using static TorchSharp.torch;
using StageSettings = RenderFarm.Contracts.Batches.StageSettings;

namespace RenderFarm.Worker.Tests.Rendering;

public sealed class ResumptionTests : IDisposable
{
    private static readonly CascadeOptions Exact = new() { Device = CPU, Dtype = ScalarType.Float32 };
    private readonly TemporaryFolder _folder = new();
    private readonly CascadeRenderer _renderer;
    private readonly List<string> _stages = [];
    private readonly HeardLog _log = new();

    public ResumptionTests() => _renderer = new(Model(), Exact, _log);

    public void Dispose()
    {
        _renderer.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void I10_Work_ResumedAfterItsFirstStage_GivesTheBytesOfOneThatWasNotDisturbed()
    {
        var (undisturbed, checkpoint) = Draw(Work());
        Assert.Equal(["stage1", "stage2"], _stages);
        _stages.Clear();

        Assert.Equal(undisturbed, Draw(Work() with { ResumeFrom = checkpoint }).Png);
        Assert.Equal(["stage2"], _stages);
    }

    [Fact]
    public void Work_OverALongPicture_IsResumedInItsShape()
    {
        var work = Work() with { Inputs = new Dictionary<string, ReadOnlyMemory<byte>> { [InputRole.Start] = Png(30, 20) } };
        var (undisturbed, checkpoint) = Draw(work);
        _stages.Clear();

        var resumed = Render(work with { ResumeFrom = checkpoint })[0].Pictures[0];

        Assert.Equal(undisturbed, resumed.EncodePng());
        Assert.Equal(["stage2"], _stages);
        Assert.Equal((96, 64), (resumed.Width, resumed.Height));
    }

    [Fact]
    public void Work_OverAPictureThatIsFarTooLong_CannotBeRenderedEver()
    {
        var work = Work() with { Inputs = new Dictionary<string, ReadOnlyMemory<byte>> { [InputRole.Start] = Png(81, 20) } };
        Assert.Contains("'start' is 81 x 20 pixels; the longer side", Assert.Throws<PermanentRenderException>(() => Render(work)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Group_OfWhichOneWasBegun_IsSplitByWhereItsWorksResume()
    {
        var (begun, fresh) = (Work(), Work() with { Seed = 6 });
        var (alone, checkpoint) = Draw(begun);
        var freshAlone = Draw(fresh).Png;
        _stages.Clear();

        var outcomes = Render(fresh, begun with { ResumeFrom = checkpoint });

        Assert.Equal([freshAlone, alone], outcomes.Select(outcome => outcome.Pictures[0].EncodePng()));
        Assert.Equal(["stage1", "stage2", "stage2"], _stages);
    }

    [Theory]
    [InlineData("seed")]
    [InlineData("settings")]
    [InlineData("bytes")]
    [InlineData("stage")]
    [InlineData("shape")]
    [InlineData("size")]
    [InlineData("generator")]
    public void Checkpoint_OfAnotherWorkOrDamaged_IsNotUsed(string difference)
    {
        var (right, checkpoint) = Draw(Work());
        checkpoint = difference switch
        {
            "seed" => Draw(Work() with { Seed = 6 }).Checkpoint,
            "settings" => Draw(Work() with { Settings = new Dictionary<string, StageSettings> { ["stage2"] = new() { Guidance = 9 } } }).Checkpoint,
            "bytes" => checkpoint with { Content = checkpoint.Content[..^1] },
            "shape" => Changed(checkpoint, rest => rest with { Width = rest.Width * 2, Height = rest.Height / 2 }),
            "size" => Changed(checkpoint, rest => rest with { Width = 4, Height = 4, Pixels = rest.Pixels[..(3 * 4 * 4)] }),
            "generator" => Changed(checkpoint, rest => rest with { Generator = rest.Generator[..^8] }),
            _ => checkpoint with { Stage = 1 },
        };
        _stages.Clear();

        Assert.Equal(right, Draw(Work() with { ResumeFrom = checkpoint }).Png);
        Assert.Equal(["stage1", "stage2"], _stages);
        Assert.Single(_log.Warnings, text => text.EndsWith("It begins anew", StringComparison.Ordinal));
    }

    private static byte[] Png(int width, int height)
    {
        using var png = new MemoryStream();
        new Picture(width, height, [.. Enumerable.Range(0, width * height * Picture.Channels).Select(at => (byte)at)]).WritePng(png);
        return png.ToArray();
    }

    private static RenderWork Work() =>
        new() { Id = Guid.NewGuid(), Prompt = "a photo of a corgi", Seed = 5, Settings = new Dictionary<string, StageSettings>() };

    private static RenderCheckpoint Changed(RenderCheckpoint checkpoint, Func<StageCheckpoint, StageCheckpoint> change) =>
        checkpoint with { Content = CheckpointBytes.Of(change(CheckpointBytes.Read(checkpoint.Content)!)) };

    /// <summary>The picture, and what the first stage left.</summary>
    private (byte[] Png, RenderCheckpoint Checkpoint) Draw(RenderWork work)
    {
        RenderCheckpoint? checkpoint = null;
        var outcome = Render(work with { AfterStage = stage => checkpoint = stage.Checkpoint() });
        return (outcome[0].Pictures[0].EncodePng(), checkpoint ?? work.ResumeFrom!);
    }

    private IReadOnlyList<RenderOutcome> Render(params RenderWork[] works) => _renderer.Render(works, step =>
    {
        if (step.Step == 1)
            _stages.Add(step.Stage);
    }, CancellationToken.None);

    /// <summary>The reference's first two stages.</summary>
    private string Model()
    {
        foreach (var stage in new[] { "stage1", "stage2" })
            Directory.CreateSymbolicLink(_folder.File(stage), Path.GetDirectoryName(Reference.PathOf("cascade", stage, "model_index.json"))!);
        _folder.Write("cascade.json", """
            {"name": "two", "stages": ["stage1", "stage2"], "defaults": {"stage1": {"steps": 3, "guidance": 4}, "stage2": {"steps": 2, "guidance": 3, "noise_level": 250}}}
            """);
        return _folder.Path;
    }
}
