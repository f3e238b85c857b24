using RenderFarm.Testing;
using RenderFarm.Training.Progress;
using Xunit;

namespace RenderFarm.Training.Tests.Progress;

public sealed class LossLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void AddAndPlot_OlderFiles_AreReplacedWhole() => WholeFile.DemandReplaced(_folder.Path, ["run-loss.csv", "run-loss.png"], () =>
    {
        var log = new LossLog(_folder.Path, "run");
        log.Add(At(50));
        log.Add(At(100));
        log.Plot("test");
    });

    [Fact]
    public void RewindTo_LaterLinesAndHalfALine_AreDropped()
    {
        var log = new LossLog(_folder.Path, "run");
        log.Add(At(50));
        log.Add(At(100));
        File.AppendAllText(_folder.File("run-loss.csv"), "150,2400,1.");

        var again = new LossLog(_folder.Path, "run");
        again.RewindTo(50);
        again.Add(At(60));

        Assert.Equal(["50", "60"], File.ReadAllLines(_folder.File("run-loss.csv")).Skip(1).Select(line => line.Split(',')[0]));
    }

    public void Dispose() => _folder.Dispose();

    private static TrainingProgress At(long step) => new(step, 200, step * 16, 1, 0.5, 1, 0.001);
}
