using RenderFarm.Diffusion.DalleMini;
using RenderFarm.Diffusion.Layers;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.DalleMini;

public sealed class VqganTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Decode_RecordedTokens_GivesTheRecordedPictures()
    {
        using var decoder = Decoder();
        using var golden = DalleReference.Golden();
        using var inference = inference_mode();

        var pictures = decoder.forward(golden.Read("greedy.scale3.tokens").to(ScalarType.Int64)); // [2, 3, 128, 128]

        TensorAssert.Close(golden.Read("vqgan.decoded"), pictures.permute(0, 2, 3, 1), DalleReference.Tolerance);
    }

    [Fact]
    public void Encode_RecordedPicture_GivesTheRecordedTokens()
    {
        using var weights = DalleReference.VqganWeights();
        using var encoder = PictureEncoder.Load(weights, DalleReference.Vqgan, Placement.Cpu);
        using var golden = DalleReference.Golden();
        using var inference = inference_mode();

        var tokens = encoder.forward(golden.Read("vqgan.pixels").permute(0, 3, 1, 2)); // [1, 64]

        TensorAssert.Equal(golden.Read("vqgan.encoded.indices").to(ScalarType.Int64), tokens);
    }

    [Fact]
    public void Decode_TwoPictures_EqualsEachAloneAndLeavesNothing()
    {
        using var decoder = Decoder();
        using var golden = DalleReference.Golden();
        using var inference = inference_mode();
        var tokens = golden.Read("greedy.scale3.tokens").to(ScalarType.Int64);

        var together = decoder.forward(tokens);

        for (var row = 0; row < 2; row++) TensorAssert.Close(decoder.forward(tokens.narrow(0, row, 1)), together.narrow(0, row, 1), 1e-5);
        Assert.Equal(0, Leaks.Of(() => decoder.forward(tokens).Dispose()));
    }

    [Fact]
    public void Decode_TokensOfAnotherCount_AreRefused()
    {
        using var decoder = Decoder();

        Assert.Contains("[1, 63]; expected [B, 64]", Assert.Throws<ArgumentException>(() => decoder.forward(zeros([1, 63], ScalarType.Int64))).Message, StringComparison.Ordinal);
    }

    /// <summary>dalle-mini/vqgan_imagenet_f16_16384: ch 128, ch_mult 1 1 2 2 4, z 256, 16384 codes.</summary>
    [Fact]
    public void Constructor_PublishedSizeOnMeta_HasItsParameters()
    {
        var config = DalleMiniFolder.Read(DalleReference.FullSize("mini")).Vqgan;
        using var decoder = new PictureDecoder(config, Placement.Meta);
        using var encoder = new PictureEncoder(config, Placement.Meta);

        Assert.Equal(16, config.Side);
        Assert.Equal((46_709_891, 33_558_272), (Count(decoder), Count(encoder)));
    }

    private static PictureDecoder Decoder()
    {
        using var weights = DalleReference.VqganWeights();
        return PictureDecoder.Load(weights, DalleReference.Vqgan, Placement.Cpu);
    }

    private static long Count(nn.Module network) => network.parameters().Sum(parameter => parameter.numel());
}
