using RenderFarm.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Training.TextPretraining;

/// <summary>
/// Questions asked of a text encoder's states, thrown away after pre-training. One learned query a topic (a place, or the background) attends to the
/// states with a single head, and every question about that topic is answered from what it read by a linear layer of its own. It is deliberately
/// weak: the encoder has to bring all that is said of a place together, under one key, where a diffusion model's attention then finds it.
/// Padding is not masked, because IF's networks attend to it, too: the encoder has to keep it out of the way.
/// </summary>
internal sealed class TextProbe : nn.Module<Tensor, Tensor>
{
    private readonly long[] _topics;
    private readonly long _classes;

    [ComponentName(Name = "queries")]
    private readonly Parameter _queries;

    [ComponentName(Name = "key")]
    private readonly Linear _key;

    [ComponentName(Name = "value")]
    private readonly Linear _value;

    [ComponentName(Name = "answers")]
    private readonly Parameter _answers;

    /// <param name="width">Width D of the states.</param>
    /// <param name="topics">For each of Q questions, the number of its topic, from 0.</param>
    /// <param name="classes">Number of classes of the question that has most; the others leave some unused.</param>
    public TextProbe(long width, IReadOnlyList<long> topics, long classes, Placement placement) : base(nameof(TextProbe))
    {
        (_topics, _classes) = ([.. topics], classes);
        _queries = placement.Parameter(topics.Max() + 1, width);
        _key = new Linear(width, width, placement);
        _value = new Linear(width, width, placement);
        _answers = placement.Parameter(topics.Count, width, classes);
        RegisterComponents();
    }

    /// <param name="states">[B, L, D]</param>
    /// <returns>Logits [B, Q, classes] in float32.</returns>
    public override Tensor forward(Tensor states)
    {
        var scores = _queries.matmul(_key.forward(states).transpose(1, 2)).to(ScalarType.Float32) * Math.Pow(states.shape[2], -0.5); // [B, topics, L]
        var read = scores.softmax(-1).to(states.dtype).matmul(_value.forward(states)); // [B, topics, D]
        using var topics = torch.tensor(_topics).to(states.device);
        var answers = read.index_select(1, topics).unsqueeze(2).matmul(_answers);      // [B, Q, 1, classes]
        return answers.view(states.shape[0], _topics.Length, _classes).to(ScalarType.Float32);
    }
}
