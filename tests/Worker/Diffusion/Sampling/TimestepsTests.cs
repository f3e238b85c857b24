using System.Text.Json;
using RenderFarm.Diffusion.Sampling;
using Xunit;

namespace RenderFarm.Diffusion.Tests.Sampling;

public sealed class TimestepsTests
{
    [Theory]
    [InlineData("fast27", 27)]
    [InlineData("smart27", 27)]
    [InlineData("smart50", 50)]
    [InlineData("smart100", 100)]
    [InlineData("smart185", 185)]
    [InlineData("super27", 27)]
    [InlineData("super40", 40)]
    [InlineData("super100", 100)]
    public void Find_NamedList_IsTheOneDiffusersShips(string name, int count)
    {
        var lists = JsonSerializer.Deserialize<Dictionary<string, int[]>>(File.ReadAllText(Path.Combine(Goldens.Folder, "named-timesteps.json")))!;

        var steps = NamedTimesteps.Find(name);

        Assert.NotNull(steps);
        Assert.Equal(count, steps.Length);
        Assert.Equal(lists[name], steps);
    }

    [Fact]
    public void Find_UnknownName_IsNull() => Assert.Null(NamedTimesteps.Find("fast28"));

    [Theory]
    [InlineData(100, 990, 980)]
    [InlineData(50, 980, 960)]
    [InlineData(27, 962, 925)]
    public void Spread_Leading_StartsBelowTheLastTrainingStep(int count, int first, int second)
    {
        var steps = Timesteps.Spread(Config(TimestepSpacing.Leading), count);
        Assert.Equal((count, first, second, 0), (steps.Length, steps[0], steps[1], steps[^1]));
    }

    [Fact]
    public void Spread_Trailing_EndsAboveZeroAndStartsAtTheLastTrainingStep()
    {
        var steps = Timesteps.Spread(Config(TimestepSpacing.Trailing), 10);
        Assert.Equal([999, 899, 799, 699, 599, 499, 399, 299, 199, 99], steps);
    }

    [Fact]
    public void SpreadForSolver_CosineScheduleWithClippedLambda_StartsWhereTheSignalSuffices()
    {
        var config = Config(TimestepSpacing.Linspace) with { Kind = SamplerKind.DpmSolver, LambdaMinClipped = -5.1 };
        var steps = Timesteps.SpreadForSolver(config, new NoiseSchedule(config), 25);
        Assert.Equal([995, 955, 915, 876], steps[..4]);
        Assert.Equal([80, 40], steps[^2..]);
    }

    public static MatrixTheoryData<string, string> Spreads => new(Enum.GetNames<SamplerKind>(), Enum.GetNames<TimestepSpacing>());

    [Theory]
    [MemberData(nameof(Spreads))]
    public void Create_AnyNumberOfSteps_SamplesThatManyDifferentTrainedLevelsOrRefuses(string kindName, string spacingName)
    {
        var spacing = Enum.Parse<TimestepSpacing>(spacingName);
        var config = Config(spacing) with { Kind = Enum.Parse<SamplerKind>(kindName), Variance = VarianceType.FixedSmall };
        var refused = new List<int>();
        foreach (var count in Enumerable.Range(1, 130).Concat([333, 499, 500, 769, 800, 950, 998, 999, 1000]))
        {
            try
            {
                using var sampler = Sampler.Create(config, count);
                Assert.Equal(count, sampler.Timesteps.Distinct().Count());
                Assert.Equal(sampler.Timesteps.OrderDescending(), sampler.Timesteps);
                Assert.InRange(sampler.Timesteps[^1], 0, 999);
                Assert.InRange(sampler.Timesteps[0], 0, 999);
            }
            catch (SettingsException error)
            {
                Assert.Contains($"steps is {count}", error.Message, StringComparison.Ordinal);
                refused.Add(count);
            }
        }
        Assert.Equal(config.Kind == SamplerKind.DpmSolver && spacing != TimestepSpacing.Trailing ? [1000] : [], refused);
    }

    [Fact]
    public void Spread_OffsetBeyondTheLastTrainingStep_NamesIt()
    {
        var error = Assert.Throws<SettingsException>(() => Timesteps.Spread(Config(TimestepSpacing.Leading) with { StepsOffset = 1 }, 1000));
        Assert.Contains("steps_offset 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("noise level 1000", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public void Spread_ImpossibleNumberOfSteps_NamesItAndTheRange(int count)
    {
        var error = Assert.Throws<SettingsException>(() => Timesteps.Spread(Config(TimestepSpacing.Leading), count));
        Assert.Contains($"{count}", error.Message, StringComparison.Ordinal);
        Assert.Contains("1000", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { 10, 10 }, "descend")]
    [InlineData(new[] { 1000, 10 }, "1000")]
    [InlineData(new[] { 10, -1 }, "-1")]
    [InlineData(new int[0], "empty")]
    public void Custom_ListThatCannotBeSampled_SaysWhy(int[] steps, string reason)
    {
        var error = Assert.Throws<SettingsException>(() => Timesteps.Custom(Config(TimestepSpacing.Leading), steps));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    private static SchedulerConfig Config(TimestepSpacing spacing) =>
        new() { Kind = SamplerKind.Ddpm, BetaSchedule = BetaSchedule.SquaredCosine, Spacing = spacing };
}
