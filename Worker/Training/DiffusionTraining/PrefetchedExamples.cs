namespace RenderFarm.Training.DiffusionTraining;

/// <summary>Makes the next step's examples while the present one trains. What a step gets depends on its number alone.</summary>
internal sealed class PrefetchedExamples(Func<long, TrainingExamples> make)
{
    private (long Step, Task<TrainingExamples> Examples)? _next;

    public TrainingExamples At(long step)
    {
        var examples = _next is { } ready && ready.Step == step ? ready.Examples : Task.Run(() => make(step));
        var taken = examples.GetAwaiter().GetResult();
        _next = (step + 1, Task.Run(() => make(step + 1)));
        return taken;
    }
}
