using RenderFarm.Contracts.Batches;
using RenderFarm.Persistence.Batches;
using Xunit;

namespace RenderFarm.Persistence.Tests.Batches;

public sealed class BatchStateMachineTests
{
    [Fact]
    public void Table_EveryStateAndEvent_IsEitherAcceptedOrIgnored()
    {
        foreach (var state in Enum.GetValues<BatchState>())
            foreach (var @event in Enum.GetValues<BatchEvent>())
                Assert.True(BatchStateMachine.Next(state, @event) is not null ^ BatchStateMachine.Ignores(state, @event), $"{@event} in {state}");
    }

    [Fact]
    public void Table_Finished_IsNeverLeft() =>
        Assert.All(Enum.GetValues<BatchEvent>(), @event => Assert.Null(BatchStateMachine.Next(BatchState.Finished, @event)));
}
