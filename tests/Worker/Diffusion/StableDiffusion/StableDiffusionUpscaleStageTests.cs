using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.StableDiffusion;
using RenderFarm.Diffusion.Tests.Cascades;
using RenderFarm.Diffusion.Tests.Networks;
using RenderFarm.Diffusion.Tests.Text;
using RenderFarm.Diffusion.Weights;
using RenderFarm.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.StableDiffusion;

/// <summary>The upscaler on recorded text states draws what diffusers' pipeline drew.</summary>
public sealed class StableDiffusionUpscaleStageTests : IDisposable
{
    private const double Tolerance = 1e-4;

    private const int SizeBefore = 16;

    private static readonly string Goldens = Path.Combine(Repository.Root, "tests", "Worker", "Diffusion", "Cascades", "Goldens", "x4-upscaler");

    private readonly TemporaryFolder _folder = new();
    private readonly SafetensorsFile _golden = SafetensorsFile.Open(Path.Combine(Goldens, "golden.safetensors"));
    private readonly DisposeScope _scope = NewDisposeScope();

    [Fact]
    public void Draw_Golden_EqualsDiffusers()
    {
        using var stage = Load();
        using var inference = inference_mode();
        var plan = stage.Plan(new() { Steps = 3, Guidance = 4, NoiseLevel = 20 });
        using var first = new PictureNoise(87);
        using var second = new PictureNoise(88);

        var drawn = stage.Draw([new("0", "negative", first, plan), new("1", "negative", second, plan)], LowResolution(), _ => { });

        // Recorded in [0, 1].
        TensorAssert.Close(_golden.Read("images"), drawn.Over(2).PlusInPlace(0.5), Tolerance);
    }

    [Fact]
    public void Draw_Repeatedly_KeepsNoTensor()
    {
        using var stage = Load();
        using var inference = inference_mode();
        using var noise = new PictureNoise(1);
        using var picture = LowResolution().narrow(0, 0, 1);
        var plan = stage.Plan(new() { Steps = 2 });
        Assert.Equal(0, Leaks.Of(() =>
        {
            for (var time = 0; time < 3; time++) stage.Draw([new("0", "negative", noise, plan)], picture, _ => { }).Dispose();
        }));
    }

    [Fact]
    public void Plan_NoiseLevelBeyondTheModels_NamesTheLimit()
    {
        using var stage = Load();
        Assert.Contains("noise_level is 351; expected 0 to 350", Assert.Throws<SettingsException>(() => stage.Plan(new() { NoiseLevel = 351 })).Message, StringComparison.Ordinal);
        Assert.Contains("top_k is 5, but a diffusion stage has no such setting", Assert.Throws<SettingsException>(() => stage.Plan(new() { TopK = 5 })).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _scope.Dispose();
        _golden.Dispose();
        _folder.Dispose();
    }

    /// <summary>float32 [2, 3, 16, 16] in [−1, 1].</summary>
    private Tensor LowResolution() => _golden.Read("low_res");

    private StableDiffusionUpscaleStage Load()
    {
        Copy(Path.Combine(NetworkGolden.Folder("unet-x4"), "config.json"), "unet/config.json");
        Copy(Path.Combine(NetworkGolden.Folder("unet-x4"), "diffusion_pytorch_model.safetensors"), "unet/diffusion_pytorch_model.safetensors");
        var autoencoder = Path.Combine(Repository.Root, "tests", "Worker", "Diffusion", "Autoencoders", "Goldens", "vae");
        Copy(Path.Combine(autoencoder, "config.json"), "vae/config.json");
        Copy(Path.Combine(autoencoder, "diffusion_pytorch_model.safetensors"), "vae/diffusion_pytorch_model.safetensors");
        Copy(TextGoldens.PathOf("clip", "text_encoder", "config.json"), "text_encoder/config.json");
        foreach (var part in (string[])["scheduler", "low_res_scheduler"]) Copy(Path.Combine(Goldens, $"{part}.json"), $"{part}/scheduler_config.json");
        var index = new ModelIndex(_folder.Root, "StableDiffusionUpscalePipeline", new Dictionary<string, string> { ["tokenizer"] = "CLIPTokenizer", ["text_encoder"] = "CLIPTextModel" });
        var configs = LatentConfigs.Read(index, otherChannels: 3);
        var diffusion = LatentDiffusion.Load(index, configs, new NamedStates(_golden), Placement.Cpu, StableDiffusionUpscaleStage.ScalingFactor);
        return new StableDiffusionUpscaleStage(diffusion, SizeBefore, UpscaleNoising.Of(index, configs.UNet.NumClassEmbeds));
    }

    private void Copy(string source, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[target])!);
        File.Copy(source, _folder[target], overwrite: true);
    }
}
