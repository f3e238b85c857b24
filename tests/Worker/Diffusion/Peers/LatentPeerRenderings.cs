using System.Text.Json.Nodes;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Testing;

namespace RenderFarm.Diffusion.Tests.Peers;

/// <summary>Small Stable Diffusion folders with random weights, made, saved and rendered by diffusers when the first test asks.</summary>
public sealed class LatentPeerRenderings : IDisposable
{
    /// <summary>
    /// Saves one folder for each case. The decoders' last layers are made strong enough for pictures with contrast; the networks are left as
    /// they are initialised.
    /// </summary>
    private const string Script = """
        import json, os, pathlib, sys, torch
        os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
        from diffusers import *
        from transformers import CLIPTextModel, CLIPTextConfig, CLIPTokenizer
        root, vocabulary = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv.pop())
        published = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1)
        pndm = PNDMScheduler(skip_prk_steps=True, set_alpha_to_one=False, **published)
        attn_down, attn_up = ("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"), ("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D")

        def parts(seed, act, pad, unet, vae):
            torch.manual_seed(seed)
            tokenizer = CLIPTokenizer.from_pretrained(vocabulary, pad_token=pad)
            text = CLIPTextModel(CLIPTextConfig(vocab_size=49408, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, hidden_act=act, max_position_embeddings=77, initializer_range=0.2))
            unet = UNet2DConditionModel(**(dict(sample_size=16, in_channels=4, out_channels=4, layers_per_block=1, block_out_channels=(32, 32, 64), down_block_types=attn_down, up_block_types=attn_up, cross_attention_dim=32, attention_head_dim=2) | unet))
            vae = AutoencoderKL(**(dict(sample_size=32, in_channels=3, out_channels=3, latent_channels=4, block_out_channels=(32, 64), layers_per_block=1, down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2) | vae))
            with torch.no_grad(): vae.decoder.conv_out.weight *= 3
            return dict(tokenizer=tokenizer, text_encoder=text, unet=unet, vae=vae)

        def save(name, stages, defaults):
            for i, pipe in enumerate(stages): pipe.save_pretrained(root / name / f"stage{i + 1}")
            (root / name / "cascade.json").write_text(json.dumps(dict(name=name, stages=[f"stage{i + 1}" for i in range(len(stages))], defaults={f"stage{i + 1}": d for i, d in enumerate(defaults)})))

        def first(seed, act="quick_gelu", pad="<|endoftext|>", unet={}, vae={}, scheduler=pndm):
            return StableDiffusionPipeline(**parts(seed, act, pad, unet, vae), scheduler=scheduler, safety_checker=None, feature_extractor=None, requires_safety_checker=False)

        save("sd1-pndm", [first(1)], [dict(steps=7, guidance=7.5)])
        saved = PNDMScheduler.from_pretrained(root / "sd1-pndm" / "stage1" / "scheduler").config
        save("sd1-euler", [first(1, scheduler=EulerDiscreteScheduler.from_config(saved))], [dict(steps=7, guidance=7.5)])
        save("sd1-ddim", [first(1, scheduler=DDIMScheduler.from_config(saved))], [dict(steps=7, guidance=7.5)])
        second = dict(attention_head_dim=(1, 2, 4), use_linear_projection=True, upcast_attention=True, transformer_layers_per_block=(1, 2, 1), only_cross_attention=(True, False, True))
        ddim = DDIMScheduler(prediction_type="v_prediction", clip_sample=False, set_alpha_to_one=False, **published)
        save("sd2-v-ddim", [first(2, "gelu", "!", second, scheduler=ddim)], [dict(steps=6, guidance=5.0)])
        save("sd2-v-runge-kutta", [first(2, "gelu", "!", second, scheduler=PNDMScheduler.from_config(ddim.config))], [dict(steps=6, guidance=5.0)])
        save("sd2-v-pndm", [first(3, "gelu", "!", dict(use_linear_projection=True), scheduler=PNDMScheduler(skip_prk_steps=True, prediction_type="v_prediction", timestep_spacing="trailing", **published))], [dict(steps=5, guidance=3.0)])
        save("sd1-dpm-solver", [first(4, unet=dict(block_out_channels=(32, 64), down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), layers_per_block=2, act_fn="gelu", resnet_time_scale_shift="scale_shift"),
            vae=dict(use_quant_conv=False, use_post_quant_conv=False, mid_block_add_attention=False, force_upcast=False, scaling_factor=0.3),
            scheduler=DPMSolverMultistepScheduler(use_karras_sigmas=True, **published))], [dict(steps=6, guidance=1.0)])
        upscaler = StableDiffusionUpscalePipeline(**parts(6, "gelu", "!", dict(in_channels=7, num_class_embeds=1000, sample_size=32, use_linear_projection=True, only_cross_attention=(True, True, False)), dict(scaling_factor=0.08333)),
            low_res_scheduler=DDPMScheduler(beta_schedule="scaled_linear", beta_start=0.0001, beta_end=0.02), scheduler=EulerDiscreteScheduler(prediction_type="v_prediction", beta_schedule="scaled_linear", beta_start=0.0001, beta_end=0.02), max_noise_level=350)
        save("sd1-then-upscaler", [first(5), upscaler], [dict(steps=3, guidance=4.0), dict(steps=4, guidance=6.0, noise_level=50)])
        """;

    private readonly TemporaryFolder _folder = new();
    private bool _rendered;

    public static IReadOnlyList<string> Names { get; } = ["sd1-pndm", "sd1-euler", "sd1-ddim", "sd2-v-ddim", "sd2-v-runge-kutta", "sd2-v-pndm", "sd1-dpm-solver", "sd1-then-upscaler"];

    public static IReadOnlyList<RenderRequest> Requests { get; } =
    [
        new() { Prompt = "a photo of an Astronaut riding a horse, can't stop!", NegativePrompt = "blurry", Seed = 11 },
        new() { Prompt = "雪の日 ☂ and 12 more", Seed = 12 },
    ];

    /// <summary>The folder of a case, with diffusers' pictures in <c>expected/</c>.</summary>
    public string FolderOf(string name)
    {
        if (!_rendered) Render();
        return PeerRenderings.Demand(_folder[name]);
    }

    public void Dispose() => _folder.Dispose();

    private void Render()
    {
        foreach (var name in Names)
        {
            Directory.CreateDirectory(_folder[name]);
            File.WriteAllLines(Path.Combine(_folder[name], "requests.jsonl"), Requests.Select((request, index) => new JsonObject
            {
                ["custom_id"] = $"{index}", ["prompt"] = request.Prompt, ["negative_prompt"] = request.NegativePrompt, ["seed"] = request.Seed,
            }.ToJsonString()));
        }
        PeerRenderings.Draw(Script, Path.GetDirectoryName(Reference.PathOf("cascade", "stage3", "tokenizer", "vocab.json"))!, _folder.Root, Names);
        _rendered = true;
    }
}
