using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Weights;
using RenderFarm.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Text;

/// <summary>Encoders of odd shapes, written by us, loaded and run by transformers.</summary>
public sealed class T5EncoderPeerTests
{
    private const string Script =
        """
        import sys, torch
        from safetensors.torch import load_file, save_file
        from transformers import T5EncoderModel
        folder = sys.argv[1]
        model, info = T5EncoderModel.from_pretrained(folder, output_loading_info=True)
        assert not info['missing_keys'] and not info['unexpected_keys'], info
        inputs = load_file(folder + '/inputs.safetensors')
        with torch.no_grad():
            states = model(inputs['ids'], attention_mask=inputs['mask']).last_hidden_state
        save_file({'states': states}, folder + '/states.safetensors')
        """;

    [Theory]
    [InlineData(48, 20, 3, 70, 5, 32, 128, 90)]
    [InlineData(64, 64, 2, 100, 1, 16, 40, 200)]
    [InlineData(32, 8, 7, 33, 3, 64, 300, 350)]
    public void Forward_OddConfiguration_AgreesWithTransformers(long width, long head, long heads, long inner, int layers, long buckets, long distance, long length)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var config = new T5Config
        {
            VocabSize = 300, DModel = width, DKv = head, NumHeads = heads, DFf = inner, NumLayers = layers,
            RelativeAttentionNumBuckets = buckets, RelativeAttentionMaxDistance = distance,
        };
        using var encoder = new T5Encoder(config, Placement.Cpu);
        using var generator = new Generator((ulong)width);
        using var inference = inference_mode();
        foreach (var (key, parameter) in encoder.named_parameters())
        {
            parameter.copy_(key.Contains("norm", StringComparison.Ordinal) ? rand(parameter.shape, generator: generator) + 0.5 : randn(parameter.shape, generator: generator) * 0.15);
        }
        var ids = randint(300, [3, length], ScalarType.Int64, generator: generator);
        var mask = arange(length).unsqueeze(0).lt(tensor(new long[] { length, 1, length / 2 }).unsqueeze(1)).to(ScalarType.Int64);
        File.WriteAllText(folder["config.json"], config.ToJson());
        SafetensorsWriter.Write(folder["model.safetensors"], encoder.state_dict());
        SafetensorsWriter.Write(folder["inputs.safetensors"], new Dictionary<string, Tensor> { ["ids"] = ids, ["mask"] = mask });

        Peer.Run(Script, folder.Root);

        using var recorded = SafetensorsFile.Open(folder["states.safetensors"]);
        TensorAssert.Close(recorded.Read("states"), encoder.forward(ids, mask), 1e-5);
    }
}
