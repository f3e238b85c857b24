using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Residency;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Residency;

public sealed class LendersTests
{
    private const long GiB = 1L << 30;
    private static readonly Placement Near = new(CPU, ScalarType.BFloat16), Far = new(META, ScalarType.BFloat16);

    /// <summary>Parameters of IF-XL, IF-II-L, T5 v1.1 XXL's encoder and the x4 upscaler with its encoder and decoder, two bytes each.</summary>
    private static readonly ModelPart[] IfXl =
    [
        new("stage1/text_encoder", Near, 4_762_310_656 * 2), new("stage1", Near, 4_304_700_000 * 2), new("stage2", Near, 1_200_000_000 * 2L), new("stage3/text_encoder", Near, 340_000_000 * 2L), new("stage3", Near, 530_000_000 * 2L),
    ];

    [Fact]
    public void For_IfXl_StaysLoadedIn40GiBAndTakesTurnsIn16()
    {
        Assert.False(Lenders.For(IfXl, 40 * GiB).Any);
        var scarce = Lenders.For(IfXl, 16 * GiB);
        Assert.True(scarce.Any);
        Assert.NotNull(scarce.Of(Near.Device));
        Assert.Null(scarce.Of(Far.Device));
        Assert.InRange(Lenders.MemoryForTurns(IfXl), 11 * GiB, 12 * GiB);
    }

    [Fact]
    public void For_PartsOnTwoDevices_LooksAtEachAlone()
    {
        ModelPart[] parts = [IfXl[0] with { Placement = Far }, .. IfXl[1..]];

        var lenders = Lenders.For(parts, 18 * GiB);

        Assert.False(lenders.Any);
    }

    [Fact]
    public void For_PartLargerThanTheMemory_IsRefusedByName()
    {
        var error = Assert.Throws<CascadeException>(() => Lenders.For(IfXl, 8 * GiB));

        Assert.Contains("stage1/text_encoder has 8.87 GiB of weights in bfloat16, and cpu has 8 GiB", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LendTo_Another_HasTheFirstGiveBackBefore()
    {
        var log = new List<string>();
        var (lender, first, second) = (new Lender(), new Part("first", log), new Part("second", log));

        lender.LendTo(first);
        lender.LendTo(first);
        lender.LendTo(second);
        lender.LendTo(first);

        Assert.Equal(["first", "second"], log);
    }

    [Fact]
    public void FreeOn_ThisMachine_IsSomeOfItsMemory() => Assert.InRange(DeviceMemory.FreeOn(CPU)!.Value, 1 << 20, 1L << 50);

    private sealed class Part(string name, List<string> log) : ILent
    {
        public void GiveBack() => log.Add(name);
    }
}
