using System.Globalization;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Safety;
using RenderFarm.Diffusion.Tests.Cascades;
using RenderFarm.Diffusion.Vision;
using RenderFarm.Diffusion.Weights;
using RenderFarm.Testing;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Peers;

/// <summary>diffusers' own safety checker and watermarker, saved with random weights, say and draw the same.</summary>
public sealed class SafetyPeerTests : IDisposable
{
    private const double Tolerance = 1e-4;

    private const string Script = """
        import os, pathlib, sys
        os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
        import numpy, torch
        from PIL import Image
        from transformers import CLIPConfig, CLIPImageProcessor
        from diffusers.pipelines.deepfloyd_if import IFSafetyChecker, IFWatermarker
        root = pathlib.Path(sys.argv[1]); torch.manual_seed(5)
        vision = dict(hidden_size=48, intermediate_size=96, num_hidden_layers=3, num_attention_heads=4, image_size=56, patch_size=14, projection_dim=24)
        checker = IFSafetyChecker(CLIPConfig(vision_config=vision, projection_dim=24)).eval()
        with torch.no_grad():
            for p in checker.parameters(): p.add_(torch.randn_like(p) * 0.2)
        checker.save_pretrained(root / "safety_checker")
        processor = CLIPImageProcessor(size={"shortest_edge": 56}, crop_size={"height": 56, "width": 56}); processor.save_pretrained(root / "feature_extractor")
        marker = IFWatermarker(); marker.watermark_image.copy_(torch.rand(62, 62, 4) * 255); marker.save_pretrained(root / "watermarker")
        for side in (64, 256, 768, 1024):
            ramp = numpy.linspace(0, 255, side)
            image = Image.fromarray(numpy.stack([ramp[None].repeat(side, 0), ramp[:, None].repeat(side, 1), numpy.random.RandomState(side).rand(side, side) * 255], 2).round().astype(numpy.uint8))
            image.save(root / f"{side}.png")
            with torch.no_grad():
                embeds = checker.vision_model(processor(image, return_tensors="pt").pixel_values)[0]
                print(side, checker.p_head(embeds).item(), checker.w_head(embeds).item())
            marker.apply_watermark([image], side)[0].save(root / f"{side}-marked.png")
            if side == 256:
                long = image.resize((640, 256)); long.save(root / "long.png"); marker.apply_watermark([long], 256)[0].save(root / "long-marked.png")
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SafetyCheckerAndWatermark_EqualDiffusers()
    {
        var lines = Peer.Run(Script, _folder.Root).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using var scope = NewDisposeScope();
        using var weights = WeightsFolder.Open(_folder["safety_checker"]);
        var config = ClipVisionConfig.LoadPart(_folder["safety_checker/config.json"], "vision_config");
        using var network = WeightsLoader.Build(weights, place => new SafetyNetwork(config, place), Placement.Cpu, SafetyNetwork.Key);
        var processor = ImageProcessor.Load(_folder["feature_extractor/preprocessor_config.json"]);
        var watermark = Watermark.Load(_folder["watermarker"]);

        Assert.Equal(4, lines.Length);
        foreach (var numbers in lines.Select(line => line.Split(' ')))
        {
            var picture = Read($"{numbers[0]}.png");
            using var inference = inference_mode();
            var scores = network.call(processor.Prepare(picture)).data<float>().ToArray();
            foreach (var (expected, score) in numbers.Skip(1).Zip(scores))
            {
                var value = double.Parse(expected, CultureInfo.InvariantCulture);
                Assert.InRange(score, value - (Math.Abs(value) * Tolerance), value + (Math.Abs(value) * Tolerance));
            }

            PictureAssert.Close(Read($"{numbers[0]}-marked.png"), watermark.On(picture), levels: 0);
        }

        PictureAssert.Close(Read("long-marked.png"), watermark.On(Read("long.png")), levels: 0);
    }

    private Picture Read(string name)
    {
        using var file = File.OpenRead(_folder[name]);
        return Picture.ReadPng(file);
    }
}
