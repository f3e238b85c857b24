using RenderFarm.Cli.Farms;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using Xunit;

namespace RenderFarm.Cli.Tests.Farms;

public sealed class StageWeightsTests
{
    [Fact]
    public void Fraction_NothingKnown_CountsSteps()
    {
        Assert.Equal(0.5, new StageWeights().Fraction(Job("stage1", 10, 10)));
        Assert.Equal(0.75, new StageWeights().Fraction(Job("stage2", 5, 10)));
    }

    [Fact]
    public void Fraction_SecondsKnown_CountsSeconds()
    {
        var weights = new StageWeights();
        weights.Measure([new StageTiming { Stage = "stage1", Seconds = 1 }, new StageTiming { Stage = "stage2", Seconds = 3 }]);

        Assert.True(weights.AreMeasured);
        Assert.Equal(0.25, weights.Fraction(Job("stage1", 10, 10)));
        Assert.Equal(0.625, weights.Fraction(Job("stage2", 5, 10)));
    }

    [Fact]
    public void Fraction_NoStepYet_IsNothing() => Assert.Equal(0, new StageWeights().Fraction(Job(null, 0, 0)));

    private static JobStatus Job(string? stage, int step, int steps) => new()
    {
        Id = Guid.Empty, BatchId = Guid.Empty, Tenant = "default", CustomId = "a", State = JobState.Running, Model = "m", Priority = 0, Prompt = "p", Seed = 1,
        Settings = new Dictionary<string, StageSettings> { ["stage1"] = new() { Steps = 10 }, ["stage2"] = new() { Steps = 10 } },
        Attempts = 1, CreatedAt = default, Timings = [], UnknownWords = [], Provenance = new Dictionary<string, string>(), Outputs = [],
        Progress = stage is null ? null : new JobProgress { Stage = stage, Step = step, Steps = steps },
    };
}
