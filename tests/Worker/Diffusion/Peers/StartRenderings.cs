using System.Text.Json.Nodes;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Testing;

namespace RenderFarm.Diffusion.Tests.Peers;

/// <summary>Some of the cases drawn over a picture, with a mask and without, by diffusers' image-to-image and inpainting pipelines.</summary>
public sealed class StartRenderings : IDisposable
{
    private const string Script = """
        import os, json, pathlib, sys, traceback
        os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
        import torch
        from PIL import Image
        from diffusers import IFImg2ImgPipeline, IFImg2ImgSuperResolutionPipeline, IFInpaintingPipeline, IFInpaintingSuperResolutionPipeline
        torch.set_num_threads(2)
        root = pathlib.Path(sys.argv[1])
        def draw(folder, shape, masked):
            start, mask = Image.open(root / f"{shape}-start.png").convert("RGB"), Image.open(root / f"{shape}-mask.png")
            cascade = json.loads((folder / "cascade.json").read_text())
            request = json.loads((folder / "requests.jsonl").read_text().splitlines()[0])
            first, later = (IFInpaintingPipeline, IFInpaintingSuperResolutionPipeline) if masked else (IFImg2ImgPipeline, IFImg2ImgSuperResolutionPipeline)
            generator, image = torch.Generator().manual_seed(request["seed"]), None
            for i, name in enumerate(cascade["stages"]):
                defaults = cascade["defaults"][f"stage{i + 1}"]
                off = {k: None for k in json.loads((folder / name / "model_index.json").read_text()) if k in ("safety_checker", "feature_extractor", "watermarker")}
                if i > 0: off |= dict(tokenizer=None, text_encoder=None)
                pipe = (first if i == 0 else later).from_pretrained(folder / name, **off); pipe.set_progress_bar_config(disable=True)
                if i == 0: embeds, negative = pipe.encode_prompt(request["prompt"], negative_prompt=request["negative_prompt"], do_classifier_free_guidance=True, device="cpu")
                strength = (1.0 if masked else 0.7) if i == 0 else 0.8
                kw = dict(num_inference_steps=defaults["steps"], guidance_scale=defaults["guidance"], generator=generator, output_type="pt", strength=strength, prompt_embeds=embeds, negative_prompt_embeds=negative)
                kw |= dict(image=start) if i == 0 else dict(image=image, original_image=start, noise_level=defaults["noise_level"])
                if masked: kw["mask_image"] = mask
                with torch.inference_mode(): image = pipe(**kw).images
                pixels = ((image[0].float() / 2 + 0.5).clamp(0, 1).permute(1, 2, 0) * 255).round().to(torch.uint8).numpy()
                (folder / "expected").mkdir(exist_ok=True)
                Image.fromarray(pixels).save(folder / "expected" / f"{shape}-{int(masked)}-stage{i + 1}.png")
        for name in sys.argv[2:]:
            try:
                for start in root.glob("*-start.png"):
                    for masked in (False, True): draw(root / name, start.name.split("-")[0], masked)
            except BaseException: (root / name / "error.txt").write_text(traceback.format_exc())
        """;

    private readonly TemporaryFolder _folder = new();
    private bool _rendered;

    /// <summary>Those with samplers of each kind: noise per step, none, and a scale of their own.</summary>
    internal static IReadOnlyList<PeerCase> Cases { get; } =
        [.. PeerCases.All.Where(model => model.Name is "ddpm-deep-two-stages" or "ddim-fixed-variance" or "dpm-solver-many-steps" or "dpm-solver-sde-two-stages" or "euler-two-stages")];

    /// <summary>None of a stage's own, so that picture and mask are resized, the long ones to another shape in each stage.</summary>
    internal static IReadOnlyDictionary<string, PictureSize> Shapes { get; } =
        new Dictionary<string, PictureSize> { ["square"] = new(50, 50), ["landscape"] = new(65, 50), ["portrait"] = new(50, 90) };

    /// <param name="shape">One of <see cref="Shapes"/>.</param>
    public byte[] Start(string shape) => File.ReadAllBytes(_folder[$"{shape}-start.png"]);

    /// <param name="shape">One of <see cref="Shapes"/>.</param>
    public byte[] Mask(string shape) => File.ReadAllBytes(_folder[$"{shape}-mask.png"]);

    /// <summary>The folder of a case, with diffusers' pictures in <c>expected/</c>: SHAPE-0 without the mask and SHAPE-1 with it.</summary>
    public string FolderOf(string name)
    {
        if (!_rendered) Render();
        return PeerRenderings.Demand(_folder[name]);
    }

    public void Dispose() => _folder.Dispose();

    private void Render()
    {
        foreach (var (shape, size) in Shapes)
        {
            Save($"{shape}-start.png", size, (x, y) => ((byte)(x * 5), (byte)(y * 5), (byte)((x * y) % 251)));
            Save($"{shape}-mask.png", size, (x, y) => x + (y / 2) > size.Width / 2 ? ((byte)250, (byte)240, (byte)230) : ((byte)20, (byte)10, (byte)0));
        }
        ulong seed = 101;
        foreach (var model in Cases)
        {
            foreach (var stage in model.Stages) stage.UNet["encoder_hid_dim"] = JsonNode.Parse(model.Text["d_model"]!.ToJsonString());
            using var writer = new RandomModel(_folder[model.Name], seed++);
            writer.Write(model);
        }
        Peer.Run(Script, [_folder.Root, .. Cases.Select(model => model.Name)]);
        _rendered = true;
    }

    private void Save(string name, PictureSize size, Func<int, int, (byte Red, byte Green, byte Blue)> colour)
    {
        var rgb = new byte[size.Pixels * Picture.Channels];
        for (var pixel = 0; pixel < size.Pixels; pixel++)
            (rgb[pixel * 3], rgb[(pixel * 3) + 1], rgb[(pixel * 3) + 2]) = colour(pixel % size.Width, pixel / size.Width);
        new Picture(size.Width, size.Height, rgb).SavePng(_folder[name]);
    }
}
