using RenderFarm.Diffusion.DalleMini;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Benchmarks;

/// <summary>
/// Seconds per picture of DALL-E Mini with random weights: its transformer's tokens, guided, and VQGAN's picture; alternately with min-dalle, its torch port, where that is asked for:
/// the original needs JAX.
/// </summary>
internal sealed class TokensBenchmark : Benchmark
{
    private const int Rounds = 3;
    private const string Port = "MIN_DALLE";

    public override string Name => "tokens";

    public override string Usage => "FOLDER BATCH DTYPE [--peer]   (FOLDER holds config.json and vqgan/config.json of a DALL-E Mini; its weights are not read. --peer: MIN_DALLE names a clone of kuprel/min-dalle)";

    public override void Run(string[] arguments, TextWriter output)
    {
        var peer = HasPeer(arguments, 3) ? Peer.FromEnvironment() : null;
        var port = peer is null ? null : Environment.GetEnvironmentVariable(Port) ?? throw new ArgumentException($"{Port} is not set; set it to a clone of kuprel/min-dalle.");
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
            output.WriteLine(FormattableString.Invariant($"ours   {writing / batch + decoding:0.000} s a picture (tokens {writing / batch:0.000}, VQGAN {decoding:0.000})"));
            if (peer is not null) output.WriteLine($"theirs {peer.Run(Peer.Own("tokens.py"), [port!, .. arguments[..3]])}");
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
