using RenderFarm.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Training.TextPretraining;

/// <summary>
/// Questions asked of a text encoder's states, thrown away after pre-training: one learned query a question attends to the states, and a
/// linear layer of its own names the class. It is deliberately weak, so that the encoder has to do the understanding.
/// </summary>
internal sealed class TextProbe : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly long _questions;
    private readonly long _classes;
    private readonly long _heads;

    [ComponentName(Name = "queries")]
    private readonly Parameter _queries;

    [ComponentName(Name = "key")]
    private readonly Linear _key;

    [ComponentName(Name = "value")]
    private readonly Linear _value;

    [ComponentName(Name = "answers")]
    private readonly Parameter _answers;

    /// <param name="width">Width D of the states.</param>
    /// <param name="questions">Number Q of questions.</param>
    /// <param name="classes">Number of classes of the question that has most; the others leave some unused.</param>
    /// <param name="heads">Attention heads.</param>
    public TextProbe(long width, long questions, long classes, long heads, Placement placement) : base(nameof(TextProbe))
    {
        (_questions, _classes, _heads) = (questions, classes, heads);
        _queries = placement.Parameter(questions, width);
        _key = new Linear(width, width, placement);
        _value = new Linear(width, width, placement);
        _answers = placement.Parameter(questions, width, classes);
        RegisterComponents();
    }

    /// <param name="states">[B, L, D]</param>
    /// <param name="mask">[B, L], 1 over words</param>
    /// <returns>Logits [B, Q, classes] in float32.</returns>
    public override Tensor forward(Tensor states, Tensor mask)
    {
        var (batch, length, width) = (states.shape[0], states.shape[1], states.shape[2]);
        var size = width / _heads;
        var query = _queries.view(1, _questions, _heads, size).transpose(1, 2).expand(batch, _heads, _questions, size); // [B, N, Q, K]
        var key = _key.forward(states).view(batch, length, _heads, size).transpose(1, 2);                                // [B, N, L, K]
        var value = _value.forward(states).view(batch, length, _heads, size).transpose(1, 2);
        var scores = query.matmul(key.transpose(2, 3)).to(ScalarType.Float32) * Math.Pow(size, -0.5);                    // [B, N, Q, L]
        scores = scores.masked_fill(mask.view(batch, 1, 1, length).eq(0), float.NegativeInfinity);
        var read = scores.softmax(-1).to(states.dtype).matmul(value);                                                    // [B, N, Q, K]
        read = read.transpose(1, 2).reshape(batch, _questions, 1, width);
        return read.matmul(_answers).view(batch, _questions, _classes).to(ScalarType.Float32);
    }
}
