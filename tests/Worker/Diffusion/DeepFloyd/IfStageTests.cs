using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.DeepFloyd;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.StartPictures;
using RenderFarm.Diffusion.Tests.Cascades;
using RenderFarm.Diffusion.Tests.Networks;
using RenderFarm.Diffusion.Weights;
using RenderFarm.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.DeepFloyd;

/// <summary>Both IF stages on recorded text states draw what diffusers' pipelines drew.</summary>
public sealed class IfStageTests : IDisposable
{
    private const double Tolerance = 1e-4;

    private readonly TemporaryFolder _folder = new();
    private readonly SafetensorsFile _golden = SafetensorsFile.Open(
        Path.Combine(Repository.Root, "tests", "Worker", "Diffusion", "Cascades", "Goldens", "if-cascade", "golden.safetensors"));
    private readonly RecordedStates _text;
    private readonly DisposeScope _scope = NewDisposeScope();

    public IfStageTests() => _text = new RecordedStates(_golden);

    public static TheoryData<string, string, string, double> FirstStages => new()
    {
        { "stage1", "ddpm_if_stage1", "negative", 4 },
        { "stage1_empty_negative", "ddpm_if_stage1", "", 4 },
        { "stage1_no_guidance", "ddpm_if_stage1", "negative", 1 },
        { "stage1_dpmpp", "dpmpp_2m_learned_range", "negative", 4 },
    };

    [Theory]
    [MemberData(nameof(FirstStages))]
    public void Draw_FirstStage_EqualsDiffusers(string name, string scheduler, string negative, double guidance)
    {
        using var stage = IfStage.Load(Index("unet-stage1", scheduler), _text, Placement.Cpu);
        var plan = stage.Plan(new() { Steps = 4, Guidance = guidance });
        using var first = new PictureNoise(57);
        using var second = new PictureNoise(58);

        var drawn = stage.Draw([new("0", negative, first, plan), new("1", negative, second, plan)], null, _ => { });

        TensorAssert.Close(_golden.Read(name), drawn, Tolerance);
    }

    [Fact]
    public void Draw_OverAPicture_EqualsDiffusers()
    {
        using var stage = IfStage.Load(Index("unet-stage1", "ddpm_if_stage1"), _text, Placement.Cpu);
        using var file = new MemoryStream();
        new Picture(1, 1, [0, 0, 0]).WritePng(file);
        var plan = stage.Plan(new() { Steps = 4, Guidance = 4, Strength = 0.7 }).From(StartPicture.Read(file.ToArray(), []), before: null);
        var init = _golden.Read("img2img_init");
        using var first = new PictureNoise(57);
        using var second = new PictureNoise(58);

        var drawn = stage.Draw([Row("0", 0, first), Row("1", 1, second)], null, _ => { });

        TensorAssert.Close(_golden.Read("img2img"), drawn, Tolerance);

        // Recorded from numbers, not from a file, so that nothing is resized.
        StageRow Row(string prompt, int index, PictureNoise noise) => new(prompt, "negative", noise, plan, new StartPixels(_ => init.narrow(0, index, 1), null));
    }

    [Fact]
    public void Draw_SuperResolution_EqualsDiffusers()
    {
        using var stage = IfSuperResolutionStage.Load(Index("unet-stage2", "ddpm_if_stage2"), _text, Placement.Cpu);
        var plan = stage.Plan(new() { Steps = 3, Guidance = 3, NoiseLevel = 250 });
        using var first = new PictureNoise(67);
        using var second = new PictureNoise(68);

        var drawn = stage.Draw([new("0", "negative", first, plan), new("1", "negative", second, plan)], _golden.Read("stage1"), _ => { });

        TensorAssert.Close(_golden.Read("stage2"), drawn, Tolerance);
    }

    [Fact]
    public void Draw_MixedGuidance_DrawsEachPictureAsAlone()
    {
        using var stage = IfStage.Load(Index("unet-stage1", "ddpm_if_stage1"), _text, Placement.Cpu);
        StageRow Row(string prompt, long seed, double guidance) => new(prompt, "negative", new PictureNoise(seed), stage.Plan(new() { Steps = 4, Guidance = guidance }));

        var drawn = stage.Draw([Row("0", 57, 1), Row("1", 58, 4), Row("0", 59, 7)], null, _ => { });

        TensorAssert.Close(stage.Draw([Row("0", 57, 1)], null, _ => { }), drawn.narrow(0, 0, 1), 1e-5);
        TensorAssert.Close(stage.Draw([Row("1", 58, 4)], null, _ => { }), drawn.narrow(0, 1, 1), 1e-5);
        TensorAssert.Close(stage.Draw([Row("0", 59, 7)], null, _ => { }), drawn.narrow(0, 2, 1), 1e-5);
    }

    [Fact]
    public void Draw_Repeatedly_KeepsNoTensor()
    {
        using var stage = IfSuperResolutionStage.Load(Index("unet-stage2", "ddpm_if_stage2"), _text, Placement.Cpu);
        var plan = stage.Plan(new() { Steps = 2 });
        using var noise = new PictureNoise(1);
        using var picture = _golden.Read("stage1").narrow(0, 0, 1);
        Assert.Equal(0, Leaks.Of(() =>
        {
            for (var time = 0; time < 3; time++) stage.Draw([new("0", "negative", noise, plan)], picture, _ => { }).Dispose();
        }));
    }

    public void Dispose()
    {
        _scope.Dispose();
        _text.Dispose();
        _golden.Dispose();
        _folder.Dispose();
    }

    /// <summary>A stage's folder put together from recorded parts.</summary>
    private ModelIndex Index(string unet, string scheduler)
    {
        var stage = _folder[unet];
        Directory.CreateDirectory(Path.Combine(stage, "unet"));
        foreach (var name in (string[])["config.json", "diffusion_pytorch_model.safetensors"]) File.Copy(Path.Combine(NetworkGolden.Folder(unet), name), Path.Combine(stage, "unet", name));
        foreach (var part in (string[])["scheduler", "image_noising_scheduler"])
        {
            Directory.CreateDirectory(Path.Combine(stage, part));
            var source = part == "scheduler" ? Sampling.Goldens.SchedulerConfig(scheduler) : Sampling.Goldens.SchedulerConfig("ddpm_if_stage1");
            File.Copy(source, Path.Combine(stage, part, "scheduler_config.json"));
        }
        return new ModelIndex(stage, "", new Dictionary<string, string>());
    }
}
