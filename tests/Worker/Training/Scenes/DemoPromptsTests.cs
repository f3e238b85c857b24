using System.Text.Json;
using System.Text.RegularExpressions;
using RenderFarm.Testing;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using Xunit;

namespace RenderFarm.Training.Tests.Scenes;

public sealed partial class DemoPromptsTests
{
    [Fact]
    public void Prompts_OfTheDemo_AreTwentyFourInTheWorldsWords()
    {
        var sampler = new SceneSampler(world: World.Wide);
        var words = Enumerable.Range(0, 20_000).Select(i => new SceneRandom(41).Split((ulong)i))
            .SelectMany(random => Word().Matches(CaptionWriter.Describe(sampler.Draw(random), random)).Select(match => match.Value)).ToHashSet();
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "Worker", "Cli", "Demo", "prompts.jsonl"));
        var requests = lines.Select(line => JsonSerializer.Deserialize<JsonElement>(line)).ToArray();
        Assert.Equal(24, requests.Select(request => request.GetProperty("custom_id").GetString()).Distinct().Count());
        Assert.All(requests, request => Assert.True(request.GetProperty("seed").GetInt64() >= 0));
        foreach (var request in requests)
            Assert.Empty(Word().Matches(request.GetProperty("prompt").GetString()!).Select(match => match.Value).Except(words));
    }

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
