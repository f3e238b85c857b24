using RenderFarm.Diffusion.DalleMini;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Benchmarks;

/// <summary>
/// Seconds per picture of DALL-E Mini with random weights: its transformer's tokens, guided, and VQGAN's picture. There is no peer for it: the original needs
/// JAX, which none of the peers' Pythons has.
/// </summary>
internal sealed class TokensBenchmark : Benchmark
{
    private const int Rounds = 3;

    public override string Name => "tokens";

    public override string Usage => "FOLDER BATCH DTYPE   (FOLDER holds config.json and vqgan/config.json of a DALL-E Mini; its weights are not read)";

    public override void Run(string[] arguments, TextWriter output)
    {
        if (arguments.Length != 3) throw new ArgumentException($"The arguments are '{string.Join(' ', arguments)}'; expected are 3.");
        var (folder, batch) = (DalleMiniFolder.Read(arguments[0]), Count("BATCH", arguments[1]));
        var placement = new Placement(CPU, RandomNetwork.Dtype(arguments[2]));
        using var inference = inference_mode();
        using var transformer = RandomNetwork.Filled(() => new DalleBart(folder.Transformer, placement));
        using var decoder = RandomNetwork.Filled(() => new PictureDecoder(folder.Vqgan, placement));
        output.WriteLine($"{Parameters(transformer)} and {Parameters(decoder)} parameters, {torch.get_num_threads()} threads");
        for (var round = 0; round < Rounds; round++)
        {
            using var scope = NewDisposeScope();
            var tokens = empty(0);
            var writing = Timing.Once(() => tokens = Write(transformer, folder, batch));
            var decoding = Timing.Once(() => decoder.forward(tokens.narrow(0, 0, 1)));
            output.WriteLine(FormattableString.Invariant($"{writing / batch + decoding:0.000} s a picture (tokens {writing / batch:0.000}, VQGAN {decoding:0.000})"));
        }
    }

    private static Tensor Write(DalleBart transformer, DalleMiniFolder folder, int batch)
    {
        TokenChoice[] choices = [.. Enumerable.Repeat(new TokenChoice(Guidance: 10, TopK: 256, Temperature: 1), batch)];
        var (length, codes) = (folder.Transformer.ImageLength, folder.Vqgan.NEmbed);
        var noises = Enumerable.Range(0, batch).Select(seed => new PictureNoise(seed)).ToList();
        using var guidance = new Guidance([.. choices.Select(choice => choice.Guidance)], CPU);
        using var draw = new TokenDraw(choices, noises, codes, length, CPU);
        noises.ForEach(noise => noise.Dispose());
        var ids = randint(folder.Transformer.EncoderVocabSize, [2 * batch, folder.Transformer.MaxTextLength], ScalarType.Int64);
        return new TokenWriter(transformer, codes).Write(ids, ones_like(ids), guidance, draw, (_, _) => { });
    }

    private static string Parameters(nn.Module network) => FormattableString.Invariant($"{network.parameters().Sum(parameter => parameter.numel()):N0}");
}
