using System.Security.Cryptography;
using RenderFarm.Contracts.Messages;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.FarmTesting;
using RenderFarm.Chaos.Farms;
using RenderFarm.Chaos.Load;

namespace RenderFarm.Chaos.Evidence;

/// <summary>What must hold of every run (design.md, section 4). Each answers with what breaks it, in words; nothing where it holds.</summary>
internal static class Invariants
{
    private const string Succeeded = "succeeded";
    private const string Failed = "failed";
    private const string Canceled = "canceled";

    /// <summary>
    /// In bfloat16 a batch of another size rounds otherwise: 3 to 5 levels of 255 were measured between a picture of the bundled cascade drawn alone
    /// and among two or eight.
    /// </summary>
    private const int SamePicture = 8;
    private static readonly string[] Terminal = [Succeeded, Failed, Canceled, "expired"];

    /// <summary>Every accepted job reaches exactly one terminal state and never leaves it.</summary>
    public static IEnumerable<string> I1(Findings findings)
    {
        foreach (var unrest in findings.Unrest)
            yield return unrest;
        foreach (var job in findings.Jobs)
        {
            if (!job.IsTerminal)
                yield return $"Job {job.Id} ('{job.Prompt}', {job.Attempts} attempts) is still {job.State}: {job.Error}";
            foreach (var change in findings.History[job.Id].Where(change => Terminal.Contains(change.OldState)))
                yield return $"Job {job.Id} left {change.OldState} for {change.NewState} (epoch {change.NewEpoch}).";
        }
    }

    /// <summary>Accepted means: survives. Nothing that was accepted is missing, and nothing sound ends otherwise than drawn.</summary>
    public static IEnumerable<string> I2(Findings findings)
    {
        var counts = findings.Jobs.CountBy(job => job.Batch).ToDictionary();
        foreach (var (batch, submission) in findings.Accepted)
            if (counts.GetValueOrDefault(batch) != submission.Jobs)
                yield return $"Batch {batch} ('{submission.Key}') was accepted with {submission.Jobs} jobs and has {counts.GetValueOrDefault(batch)}.";
        foreach (var job in findings.Jobs.Where(job => job.IsTerminal && job.State != Canceled && job.State != job.Due))
            yield return $"Job {job.Id} ('{job.Prompt}') ended {job.State} after {job.Attempts} attempts: {job.ErrorKind} {job.Error}";
    }

    /// <summary>At most one committed result per job; pictures as requested, or an error.</summary>
    public static IEnumerable<string> I3(Findings findings)
    {
        var pictures = findings.Outputs.CountBy(output => output.Job).ToDictionary();
        foreach (var job in findings.Jobs)
        {
            var commits = findings.History[job.Id].Count(change => change.NewState == Succeeded);
            if (commits > 1)
                yield return $"Job {job.Id} was committed {commits} times.";
            var due = job.State == Succeeded ? 1 : 0;
            if (pictures.GetValueOrDefault(job.Id) != due)
                yield return $"Job {job.Id} is {job.State} and has {pictures.GetValueOrDefault(job.Id)} pictures.";
            if (job.State == Failed && string.IsNullOrEmpty(job.Error))
                yield return $"Job {job.Id} failed, and no error is recorded.";
        }
    }

    /// <summary>Every committed key exists as recorded; every stored key is referred to, once what is old was collected.</summary>
    public static IEnumerable<string> I4(Findings findings)
    {
        foreach (var output in findings.Outputs)
            if (!findings.Objects.TryGetValue(output.Key, out var stored))
                yield return $"'{output.Key}' is committed and not in the bucket.";
            else if (stored != (output.Size, output.Sha256))
                yield return $"'{output.Key}' is committed with {output.Size} bytes, {output.Sha256}, and stored with {stored.Size}, {stored.Sha256}.";
        var committed = findings.Outputs.Select(output => output.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var key in findings.Objects.Keys.Where(key => !committed.Contains(key)))
            yield return $"'{key}' is in the bucket and nobody's.";
    }

    /// <summary>A batch's counters equal the count of its jobs by state.</summary>
    public static IEnumerable<string> I5(Findings findings) => findings.WrongCounters;

    /// <summary>Epochs never decrease, and rise by one with each claim; no write with a stale epoch succeeds.</summary>
    public static IEnumerable<string> I6(Findings findings)
    {
        foreach (var job in findings.Jobs)
        {
            var epoch = 0;
            foreach (var change in findings.History[job.Id])
            {
                if (change.OldEpoch != epoch || change.NewEpoch != epoch + (change.IsClaim ? 1 : 0))
                    yield return $"Job {job.Id} went from epoch {change.OldEpoch} to {change.NewEpoch} as it went from {change.OldState} to {change.NewState}; it was at {epoch}.";
                epoch = change.NewEpoch;
            }
        }

        var epochs = findings.History.ToDictionary(job => job.Key, job => job.Last().NewEpoch);
        foreach (var output in findings.Outputs.Where(output => Persistence.Storage.ObjectKey.Attempt(output.Key) is var held && held?.Epoch != epochs.GetValueOrDefault(output.Job)))
            yield return $"'{output.Key}' is committed; the job's epoch is {epochs.GetValueOrDefault(output.Job)}.";
    }

    /// <summary>Every terminal event reaches its hearers at least once, with the same id each time.</summary>
    public static IEnumerable<string> I7(Findings findings)
    {
        var due = findings.Jobs.Where(job => job.State is Succeeded or Failed).Select(job => (job.State == Succeeded ? nameof(JobSucceeded) : nameof(JobFailed), job.Id))
            .Concat(findings.Jobs.GroupBy(job => job.Batch).Where(batch => batch.All(job => job.IsTerminal)).Select(batch => (nameof(BatchFinished), batch.Key)));
        foreach (var (type, subject) in due)
            if (findings.Events[(type, subject)].Distinct().Count() is var ids and not 1)
                yield return $"{type} of {subject} came under {ids} ids.";
    }

    /// <summary>What was reported canceled commits nothing afterwards.</summary>
    public static IEnumerable<string> I8(Findings findings)
    {
        var now = findings.Jobs.ToLookup(job => job.Batch);
        foreach (var batch in findings.Canceled)
        {
            if (batch.Counts.Queued + batch.Counts.Running > 0)
                yield return $"Batch {batch.Id} was reported canceled with {batch.Counts.Queued} jobs waiting and {batch.Counts.Running} running.";
            var succeeded = now[batch.Id].Count(job => job.State == Succeeded);
            if (succeeded != batch.Counts.Succeeded)
                yield return $"Batch {batch.Id} was reported canceled with {batch.Counts.Succeeded} jobs drawn; now it has {succeeded}.";
        }
    }

    /// <summary>Same key and body: same batch. Same key, other body: refused. And no batch that nobody was told of.</summary>
    public static IEnumerable<string> I9(Findings findings) =>
        findings.KeyFaults.Concat(findings.Jobs.Select(job => job.Batch).Distinct().Except(findings.Accepted.Keys).Select(batch => $"Batch {batch} is there, and no sender knows it."));

    /// <summary>Same model, prompt, seed and settings: the same picture, whoever drew it in whatever company; a cascade's within <see cref="SamePicture"/>.</summary>
    public static IEnumerable<string> I10(Findings findings)
    {
        var drawn = findings.Outputs.ToDictionary(output => output.Job, output => output.Sha256);
        foreach (var job in findings.Jobs.Where(job => job.Model == ChaosFarm.Model && job.State == Succeeded && drawn.ContainsKey(job.Id)))
            if (drawn[job.Id] != Convert.ToHexStringLower(SHA256.HashData(TestRenderer.Draw(job.Seed))))
                yield return $"Job {job.Id} has another picture than that of its seed {job.Seed}.";
        foreach (var same in findings.Jobs.Where(job => findings.Pictures.ContainsKey(job.Id)).GroupBy(job => (job.Prompt, job.Seed)))
        {
            var pictures = same.Select(job => findings.Pictures[job.Id]).ToList();
            if (pictures.Max(picture => Distance(picture, pictures[0])) is > SamePicture and var levels)
                yield return $"'{same.Key.Prompt}' with seed {same.Key.Seed} gave pictures that are {levels} levels apart.";
        }
    }

    /// <summary>Memory is flat: the last third of each life's samples, of a worker's from its first picture on, does not lie far above its second.</summary>
    public static IEnumerable<string> I11(Findings findings)
    {
        const int enough = 30;
        const double growth = 1.5;
        const int slack = 100;
        var began = findings.History.SelectMany(job => job).Where(change => change.NewState == "succeeded" && change.Worker is not null)
            .GroupBy(change => change.Worker!).ToDictionary(life => life.Key, life => life.Min(change => change.At));
        foreach (var (life, all) in findings.Memory)
        {
            var samples = all.Where(sample => sample.At >= began.GetValueOrDefault(life)).Select(sample => sample.Size).ToList();
            if (samples.Count < enough)
                continue;
            var (middle, last) = (Median(samples[(samples.Count / 3)..(samples.Count * 2 / 3)]), Median(samples[(samples.Count * 2 / 3)..]));
            if (last > middle * growth + slack)
                yield return $"{life} grew from {middle} to {last} MiB.";
        }
    }

    /// <summary>No tenant starves: what a small one sends does not wait for a big one's backlog; and the Api says why a job waits.</summary>
    public static IEnumerable<string> I12(Findings findings)
    {
        // A runway of 64 messages, twice, because it may be refilled just before; and what the workers have in hand.
        const int bound = 2 * 64 + 64;
        foreach (var unexplained in findings.Unexplained)
            yield return unexplained;
        var claims = findings.Jobs.Where(job => job.Model == ChaosFarm.Model).Select(job => (Job: job, Claim: findings.History[job.Id].FirstOrDefault(change => change.IsClaim)?.At))
            .Where(pair => pair.Claim is not null).ToList();
        foreach (var (job, claim) in claims.Where(pair => pair.Job.Tenant == LoadPlan.Hobby))
        {
            // What a process that stood still, or an Api that was killed, had in hand is passed by others until it is taken from it, however fair the order is.
            var held = findings.Standstills.Where(time => time.From >= job.CreatedAt).ToList();
            var before = claims.Count(other => other.Job.Tenant == LoadPlan.Bulk && other.Claim > job.CreatedAt && other.Claim < claim
                && !held.Any(time => other.Claim >= time.From && other.Claim < time.Until));
            if (before > bound)
                yield return $"Job {job.Id} of {job.Tenant} waited for {before} jobs of {LoadPlan.Bulk}; at most {bound} may come before it.";
        }
    }

    /// <summary>The most that a value of one picture differs from the other's, of 255; more than any where they are of other sizes.</summary>
    private static int Distance(Picture one, Picture other) => one.Rgb.Length != other.Rgb.Length ? int.MaxValue
        : one.Rgb.ToArray().Zip(other.Rgb.ToArray(), (a, b) => Math.Abs(a - b)).Max();

    private static int Median(List<int> samples) => samples.Order().ElementAt(samples.Count / 2);
}
