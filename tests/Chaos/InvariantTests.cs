using RenderFarm.Chaos.Evidence;
using Xunit;

namespace RenderFarm.Chaos;

/// <summary>design.md section 4, after a run under faults. All look at the same run; tests/chaos.sh says how to have a longer one.</summary>
public sealed class InvariantTests
{
    private const int Told = 10;

    [Fact]
    public Task I1_EveryJob_ReachesOneTerminalStateAndNeverLeavesIt() => AssertAsync(Invariants.I1);

    [Fact]
    public Task I2_Accepted_Survives() => AssertAsync(Invariants.I2);

    [Fact]
    public Task I3_Results_AreCommittedOnce() => AssertAsync(Invariants.I3);

    [Fact]
    public Task I4_Bucket_HoldsWhatIsCommittedAndNothingElse() => AssertAsync(Invariants.I4);

    [Fact]
    public Task I5_Counters_AreThoseOfTheJobs() => AssertAsync(Invariants.I5);

    [Fact]
    public Task I6_Epochs_OnlyRise() => AssertAsync(Invariants.I6);

    [Fact]
    public Task I7_TerminalEvents_ReachTheirHearers() => AssertAsync(Invariants.I7);

    [Fact]
    public Task I8_Canceled_CommitsNothingAfterwards() => AssertAsync(Invariants.I8);

    [Fact]
    public Task I9_IdempotencyKeys_NameOneBatch() => AssertAsync(Invariants.I9);

    [Fact]
    public Task I10_SameJob_GivesTheSamePicture() => AssertAsync(Invariants.I10);

    [Fact]
    public Task I11_Memory_IsFlat() => AssertAsync(Invariants.I11);

    [Fact]
    public Task I12_SmallTenants_DoNotWaitForABacklog() => AssertAsync(Invariants.I12);

    private static async Task AssertAsync(Func<Findings, IEnumerable<string>> invariant)
    {
        var broken = invariant(await ChaosRun.FindingsAsync()).ToList();
        Assert.True(broken.Count == 0, $"Seed {ChaosSettings.FromEnvironment().Seed}: {broken.Count} violations.\n{string.Join('\n', broken.Take(Told))}");
    }
}
