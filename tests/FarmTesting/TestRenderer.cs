using System.Collections.Concurrent;
using System.Security.Cryptography;
using RenderFarm.Contracts.Models;
using RenderFarm.Contracts.Pictures;
using RenderFarm.Worker.Rendering;
using SkiaSharp;

namespace RenderFarm.FarmTesting;

/// <summary>
/// A renderer made by hand: fast, deterministic, drawing a small real PNG from the seed. What a prompt says decides what goes wrong:
/// "staged" finishes its first stage at once, "seen" can be looked at, "poison" fails for good, "flaky" fails at its first attempt, "slow" takes half a second, "hold" stops before its second step until released, "breaks" then takes the device with it.
/// </summary>
public sealed class TestRenderer : IRenderer
{
    public const int Side = 8;
    public const int Steps = 4;
    private static readonly TimeSpan StepTime = TimeSpan.FromMilliseconds(125);
    private static readonly RenderCheckpoint Rest = new() { Stage = 0, Fingerprint = "00ff", Content = new byte[] { 1, 2, 3 } };
    private readonly ConcurrentDictionary<Guid, int> _attempts = new();
    private readonly ManualResetEventSlim _release = new();

    private volatile bool _isHolding;

    /// <summary>Whether a call waits to be released.</summary>
    public bool IsHolding => _isHolding;

    public ModelDescription Model { get; init; } = Describe("test");

    public int MaxBatch { get; init; } = 8;

    /// <summary>More works at once than this are out of memory.</summary>
    public int Memory { get; init; } = int.MaxValue;

    /// <summary>False makes looking at works fail.</summary>
    public bool CanLook { get; init; } = true;

    /// <summary>Sizes of the groups rendered, in order.</summary>
    public ConcurrentQueue<int> Groups { get; } = new();

    /// <summary>Ids of works in the order in which they were begun.</summary>
    public ConcurrentQueue<Guid> Begun { get; } = new();

    /// <summary>Works in the order in which they were begun.</summary>
    public ConcurrentQueue<RenderWork> Works { get; } = new();

    public static ModelDescription Describe(string name) => new()
    {
        Name = name,
        Inputs = InputRole.All,
        Stages =
        [
            new() { Name = "stage1", Width = 4, Height = 4, Steps = Steps, Guidance = 7, TakesStart = true, Sampler = "ddpm", Samplers = ["ddpm", "ddim", "pndm"], TimestepLists = new Dictionary<string, int> { ["fast3"] = 3 } },
            new() { Name = "stage2", Width = Side, Height = Side, Steps = 2, Guidance = 4, NoiseLevel = 50, TakesStart = true, Sampler = "ddim", Samplers = ["ddpm", "ddim"] },
        ],
    };

    /// <summary>The PNG that a seed gives.</summary>
    public static byte[] Draw(long seed)
    {
        using var bitmap = new SKBitmap(Side, Side);
        for (var y = 0; y < Side; y++)
            for (var x = 0; x < Side; x++)
                bitmap.SetPixel(x, y, new SKColor((byte)(seed + x), (byte)((seed >> 8) + y), (byte)(seed >> 16)));
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    /// <summary>The PNG that a seed gives over pictures: it tells which.</summary>
    public static byte[] Draw(long seed, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> inputs) =>
        Draw(inputs.OrderBy(input => input.Key, StringComparer.Ordinal).Aggregate(seed, (sum, input) => (sum * 31) + BitConverter.ToUInt16(SHA256.HashData(input.Value.Span))));

    /// <summary>The PNG that a seed gives while it is drawn.</summary>
    public static byte[] DrawUnfinished(long seed, int step) => Draw(seed + (step << 12));

    /// <summary>Lets everything go on that holds.</summary>
    public void Release() => _release.Set();

    public IReadOnlyList<RenderOutcome> Render(IReadOnlyList<RenderWork> works, Action<RenderStep> progress, CancellationToken cancellationToken)
    {
        if (works.Count > Memory)
            throw new DeviceMemoryException($"{works.Count} works do not fit.");
        Groups.Enqueue(works.Count);
        foreach (var work in works)
        {
            Begun.Enqueue(work.Id);
            Works.Enqueue(work);
        }

        foreach (var work in works.Where(work => work.Prompt.Contains("staged", StringComparison.Ordinal)))
            work.AfterStage?.Invoke(new(Rest.Stage, StepTime, () => Rest));
        for (var step = 1; step <= Steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress(new("stage1", step, Steps) { Looks = Looks(works, step) });
            if (works.Any(work => work.Prompt.Contains("slow", StringComparison.Ordinal)))
                cancellationToken.WaitHandle.WaitOne(StepTime);
            if (step == 1 && works.Any(work => work.Prompt.Contains("hold", StringComparison.Ordinal)))
                Hold(cancellationToken);
        }

        if (works.Any(work => work.Prompt.Contains("breaks", StringComparison.Ordinal)))
            throw new DeviceFailedException("The device fell off the bus.");
        if (works.Any(work => work.Prompt.Contains("flaky", StringComparison.Ordinal) && _attempts.AddOrUpdate(work.Id, 1, (_, n) => n + 1) == 1))
            throw new IOException("The network hiccuped.");
        return [.. works.Select(Outcome)];
    }

    private List<WorkLook> Looks(IReadOnlyList<RenderWork> works, int step) => [.. works.Where(work => work.Prompt.Contains("seen", StringComparison.Ordinal)).Select(work => new WorkLook(work.Id, () =>
        CanLook ? new(new(Side, Side, () => DrawUnfinished(work.Seed, step)), TimeSpan.Zero) : throw new DeviceMemoryException("Looking takes memory.")))];

    private void Hold(CancellationToken cancellationToken)
    {
        _isHolding = true;
        _release.Wait(cancellationToken);
        _isHolding = false;
    }

    public void Dispose() => _release.Dispose();

    private static RenderOutcome Outcome(RenderWork work) => work.Prompt.Contains("poison", StringComparison.Ordinal)
        ? new() { Id = work.Id, Error = new PermanentRenderException("The prompt cannot be drawn.") }
        : new()
        {
            Id = work.Id,
            Pictures = [new(Side, Side, () => Draw(work.Seed, work.Inputs))],
            Timings = [new() { Stage = "stage1", Seconds = 0.25 }, new() { Stage = "stage2", Seconds = 0.5 }],
            UnknownWords = [.. work.Prompt.Split(' ').Where(word => word == "gallimaufry")],
            Provenance = new Dictionary<string, string> { ["model"] = "test" },
        };
}
