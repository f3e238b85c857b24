using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.DeepFloyd;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Tests.Text;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Cascades;

/// <summary>The recorded states of the recorded prompts, under the names "0", "1", "negative" and "" (which is encoded here: its ids need no vocabulary).</summary>
internal sealed class RecordedStates : ITextStates, IDisposable
{
    private readonly Dictionary<string, Tensor> _states = [];

    public RecordedStates(SafetensorsFile golden)
    {
        using var scope = NewDisposeScope();
        using var encoder = T5Encoder.Load(TextGoldens.PathOf("t5", "text_encoder"), Placement.Cpu);
        var end = zeros([1, T5TextModel.Length], ScalarType.Int64);
        end[0, 0] = 1;
        _states[""] = encoder.forward(end, end)[0].DetachFromDisposeScope();
        _states["0"] = golden.Read("prompt_embeds")[0].DetachFromDisposeScope();
        _states["1"] = golden.Read("prompt_embeds")[1].DetachFromDisposeScope();
        _states["negative"] = golden.Read("negative_prompt_embeds")[0].DetachFromDisposeScope();
    }

    public Tensor Encode(IReadOnlyList<string> prompts) => stack(prompts.Select(prompt => _states[prompt]).ToArray(), 0);

    public void Dispose()
    {
        foreach (var states in _states.Values) states.Dispose();
    }
}
