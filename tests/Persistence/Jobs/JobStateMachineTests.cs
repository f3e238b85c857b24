using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence.Jobs;
using Xunit;

namespace RenderFarm.Persistence.Tests.Jobs;

public sealed class JobStateMachineTests
{
    [Fact]
    public void Table_EveryStateAndEvent_IsEitherAcceptedOrIgnored()
    {
        foreach (var state in Enum.GetValues<JobState>())
            foreach (var @event in Enum.GetValues<JobEvent>())
                Assert.NotEqual(JobStateMachine.Next(state, @event) is null, !JobStateMachine.Ignores(state, @event));
    }

    [Theory]
    [InlineData(JobState.Succeeded)]
    [InlineData(JobState.Failed)]
    [InlineData(JobState.Canceled)]
    [InlineData(JobState.Expired)]
    public void I1_TerminalState_AnyEvent_NeverLeft(JobState state)
    {
        Assert.True(JobStateMachine.IsTerminal(state));
        Assert.All(Enum.GetValues<JobEvent>(), @event => Assert.Null(JobStateMachine.Next(state, @event)));
    }

    [Theory]
    [InlineData(JobState.Queued, JobEvent.Claim, JobState.Running)]
    [InlineData(JobState.Queued, JobEvent.Return, JobState.Queued)]
    [InlineData(JobState.Queued, JobEvent.GiveUp, JobState.Failed)]
    [InlineData(JobState.Queued, JobEvent.Cancel, JobState.Canceled)]
    [InlineData(JobState.Queued, JobEvent.Expire, JobState.Expired)]
    [InlineData(JobState.Running, JobEvent.TakeOver, JobState.Running)]
    [InlineData(JobState.Running, JobEvent.Commit, JobState.Succeeded)]
    [InlineData(JobState.Running, JobEvent.Fail, JobState.Failed)]
    [InlineData(JobState.Running, JobEvent.Retry, JobState.Queued)]
    [InlineData(JobState.Running, JobEvent.Release, JobState.Queued)]
    [InlineData(JobState.Running, JobEvent.Cancel, JobState.Canceled)]
    public void Next_AcceptedEvent_LeadsOn(JobState state, JobEvent @event, JobState next) => Assert.Equal(next, JobStateMachine.Next(state, @event));

    [Theory]
    [InlineData(JobState.Queued, JobEvent.Commit)]
    [InlineData(JobState.Queued, JobEvent.Renew)]
    [InlineData(JobState.Running, JobEvent.Claim)]
    [InlineData(JobState.Running, JobEvent.Return)]
    [InlineData(JobState.Running, JobEvent.GiveUp)]
    public void Next_EventOfAnotherTime_Ignored(JobState state, JobEvent @event) => Assert.Null(JobStateMachine.Next(state, @event));
}
