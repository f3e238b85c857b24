using System.Globalization;
using RenderFarm.Chaos.Farms;

namespace RenderFarm.Chaos.Load;

/// <summary>Who sends what when: nothing but the seed, the time and the number of jobs decides.</summary>
internal static class LoadPlan
{
    public const string Bulk = "bulk";
    public const string Studio = "studio";
    public const string Hobby = "hobby";

    /// <summary>Sends pictures of the cascade, each prompt and seed in two batches.</summary>
    public const string Gallery = "gallery";

    private const string FewSteps = """{"stage1": {"steps": 4}, "stage2": {"steps": 2}, "stage3": {"steps": 2}}""";
    private static readonly string[] Scenes = ["a big red star in the centre on a white background", "a small blue circle on a black background"];

    public static IReadOnlyList<Submission> Of(int seed, TimeSpan duration, int jobs)
    {
        var random = new Random(seed);
        var plan = new List<Submission>();
        void Add(TimeSpan at, string tenant, int count)
        {
            plan.Add(new(at, tenant, $"{tenant}-{plan.Count}", string.Join('\n', Enumerable.Range(0, count).Select(number => Line(random, number))), count));
            jobs -= count;
        }

        // One tenant's backlog, behind which nobody else's jobs may have to wait.
        Add(TimeSpan.Zero, Bulk, jobs / 3);
        while (jobs > 0)
        {
            var (tenant, most) = random.Next(5) switch { 0 => (Bulk, 120), 1 or 2 => (Studio, 30), _ => (Hobby, 4) };
            Add(duration * (0.9 * random.NextDouble()), tenant, Math.Min(jobs, 1 + random.Next(most)));
        }

        for (var i = 0; i < 2; i++)
            plan.Add(new(duration * (0.05 + 0.35 * i), Gallery, $"{Gallery}-{i}", string.Join('\n', Scenes.Select(Picture)), Scenes.Length));
        return [.. plan.OrderBy(submission => submission.At)];
    }

    private static string Line(Random random, int number)
    {
        var prompt = random.Next(100) switch { < 78 => "a circle", < 93 => "a slow circle", < 97 => "a flaky circle", _ => "a poison circle" };
        return string.Create(CultureInfo.InvariantCulture, $$"""{"custom_id":"{{number}}","prompt":"{{prompt}}","seed":{{random.Next()}},"model":"{{ChaosFarm.Model}}"}""");
    }

    private static string Picture(string prompt, int number) => string.Create(CultureInfo.InvariantCulture,
        $$"""{"custom_id":"{{number}}","prompt":"{{prompt}}","seed":{{number}},"model":"{{ChaosFarm.Cascade}}","stages":{{FewSteps}}}""");
}
