using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Tests.Cascades;
using RenderFarm.Testing;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Residency;

/// <summary>The bundled cascade in too little memory for all of it.</summary>
public sealed class LentCascadeTests
{
    /// <summary>Less than the weights' 64 MB in float32, more than the base's 46.</summary>
    private const long Short = 60_000_000;

    private static readonly string Model = Path.Combine(Repository.Root, "Worker", "Models", "shapes");

    private static RenderRequest[] Requests => [.. Enumerable.Range(1, 2).Select(seed => new RenderRequest
    {
        Prompt = "a large red circle in the centre on a white background", Seed = seed,
        Settings = new Dictionary<string, StageSettings> { ["stage1"] = new() { Steps = 2 }, ["stage2"] = new() { Steps = 1 }, ["stage3"] = new() { Steps = 1 } },
    })];

    [Fact]
    public void Render_PartsThatTakeTurns_DrawTheSamePictures()
    {
        using var resident = Cascade.Load(Model, new CascadeOptions { Dtype = ScalarType.Float32 });
        using var lent = Cascade.Load(Model, new CascadeOptions { Dtype = ScalarType.Float32, Memory = Short });
        Assert.Equal((false, true), (resident.TakesTurns, lent.TakesTurns));

        var expected = resident.Draw(Requests);

        for (var time = 0; time < 2; time++)
        {
            var drawn = lent.Draw(Requests);
            Assert.All(expected.Zip(drawn), pair =>
            {
                Assert.Equal(pair.First.Picture!.Rgb.ToArray(), pair.Second.Picture!.Rgb.ToArray());
                Assert.Equal(pair.First.Provenance.ToPngText(), pair.Second.Provenance.ToPngText());
            });
        }
    }

    [Fact]
    public void Render_PartsThatTakeTurns_AreNotThereTogether()
    {
        Cascade? resident = null, lent = null;
        var all = Leaks.Of(() => resident = Cascade.Load(Model, new CascadeOptions { Dtype = ScalarType.Float32 }));
        var some = Leaks.Of(() => lent = Cascade.Load(Model, new CascadeOptions { Dtype = ScalarType.Float32, Memory = Short, TextCacheBytes = 0 }));
        using (resident)
        using (lent)
        {
            Assert.InRange(some, 1, all / 2);
            lent!.Draw(Requests);
            Assert.Equal(0, Leaks.Of(() => lent!.Draw(Requests)));
        }
        Assert.Equal(0, Leaks.Of(() => Cascade.Load(Model, new CascadeOptions { Dtype = ScalarType.Float32, Memory = Short }).Dispose()));
    }

    [Fact]
    public void Render_WeightsExchangedMeanwhile_IsRefused()
    {
        using var folder = new TemporaryFolder();
        Copy(Model, folder.Root);
        using var lent = Cascade.Load(folder.Root, new CascadeOptions { Dtype = ScalarType.Float32, Memory = Short });
        var file = Path.Combine(folder.Root, "base", "unet", "diffusion_pytorch_model.safetensors");
        var bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);

        var error = Assert.Throws<CascadeException>(() => lent.Draw(Requests));

        Assert.Contains("stage1: its weights are others than when the model was loaded", error.Message, StringComparison.Ordinal);
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
