using Microsoft.Extensions.Logging.Abstractions;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Models;
using RenderFarm.Contracts.Pictures;
using RenderFarm.FarmTesting;
using RenderFarm.Worker.Devices;
using RenderFarm.Worker.Rendering;
using Xunit;

namespace RenderFarm.Worker.Tests.Devices;

public sealed class GroupRendererTests
{
    [Fact]
    public void Render_OutOfMemory_HalvesAndRemembers()
    {
        using var renderer = new TestRenderer { MaxBatch = 16, Memory = 5 };
        var group = new GroupRenderer(renderer, NullLogger.Instance);
        var works = Works(16);

        var outcomes = group.Render(works, _ => { }, CancellationToken.None);
        group.Render(works, _ => { }, CancellationToken.None);

        Assert.Equal(works.Select(work => work.Id), outcomes.Select(outcome => outcome.Id));
        Assert.All(outcomes, outcome => Assert.Null(outcome.Error));
        Assert.Equal(4, group.Limit);
        Assert.Equal([4, 4, 4, 4, 4, 4, 4, 4], renderer.Groups);
    }

    /// <summary>Long start pictures make larger pictures: one tenant's do not slow everybody's down.</summary>
    [Fact]
    public void Render_OutOfMemoryWithStartPictures_RemembersForSuchGroupsAlone()
    {
        using var renderer = new TestRenderer { MaxBatch = 16, Memory = 5 };
        var group = new GroupRenderer(renderer, NullLogger.Instance);
        List<RenderWork> works = [.. Works(16).Select(work => work with { Inputs = new Dictionary<string, ReadOnlyMemory<byte>> { [InputRole.Start] = default } })];

        group.Render(works, _ => { }, CancellationToken.None);
        group.Render(works, _ => { }, CancellationToken.None);

        Assert.Equal([4, 4, 4, 4, 4, 4, 4, 4], renderer.Groups);
        Assert.Equal(16, group.Limit);
    }

    [Fact]
    public void Render_OutOfMemoryAlone_IsThatWorksError()
    {
        using var renderer = new TestRenderer { Memory = 0 };
        var outcome = Assert.Single(new GroupRenderer(renderer, NullLogger.Instance).Render(Works(1), _ => { }, CancellationToken.None));
        Assert.IsType<DeviceMemoryException>(outcome.Error);
    }

    [Fact]
    public void Render_OneWorkBreaksTheGroup_ItsNeighboursHaveTheirPictures()
    {
        using var renderer = new BrittleRenderer();
        var works = Works(8);
        works[5] = works[5] with { Prompt = "breaks" };
        var outcomes = new GroupRenderer(renderer, NullLogger.Instance).Render(works, _ => { }, CancellationToken.None);

        Assert.Equal(works.Select(work => work.Id), outcomes.Select(outcome => outcome.Id));
        Assert.Equal([5], Enumerable.Range(0, 8).Where(i => outcomes[i].Error is not null));
    }

    [Fact]
    public void Render_PicturesInAnotherOrder_AreNotBelieved()
    {
        using var renderer = new BrittleRenderer { Swaps = true };
        Assert.Throws<DeviceFailedException>(() => new GroupRenderer(renderer, NullLogger.Instance).Render(Works(2), _ => { }, CancellationToken.None));
    }

    private static List<RenderWork> Works(int count) => [.. Enumerable.Range(0, count).Select(i => new RenderWork
    {
        Id = Guid.NewGuid(), Prompt = $"{i}", Seed = i, Settings = new Dictionary<string, StageSettings>(),
    })];

    private sealed class BrittleRenderer : IRenderer
    {
        public bool Swaps { get; init; }
        public ModelDescription Model => TestRenderer.Describe("brittle");
        public int MaxBatch => 8;

        public IReadOnlyList<RenderOutcome> Render(IReadOnlyList<RenderWork> works, Action<RenderStep> progress, CancellationToken cancellationToken)
        {
            if (works.Any(work => work.Prompt == "breaks"))
                throw new InvalidOperationException("A row of zeros.");
            var outcomes = works.Select(work => new RenderOutcome { Id = work.Id });
            return [.. Swaps ? outcomes.Reverse() : outcomes];
        }

        public void Dispose() { }
    }
}
