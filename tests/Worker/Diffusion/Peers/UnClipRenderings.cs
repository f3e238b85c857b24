using System.Text.Json;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Testing;

namespace RenderFarm.Diffusion.Tests.Peers;

/// <summary>Small unCLIP folders with random weights, made, saved and rendered by diffusers when the first test asks.</summary>
public sealed class UnClipRenderings : IDisposable
{
    /// <summary>
    /// Saves one folder for each case, with the pictures and the prior's embeddings. What diffusers initialises with zeros (positions, CLIP's statistics) is drawn
    /// at random. With the usual 1000 noise levels the first step divides the difference of sample and noise by 4.9e-5 and clips it, so that rounding decides about the grey of single
    /// pixels; most cases have 50 levels, whose first step divides by 1e-3.
    /// </summary>
    private const string Script = """
        import json, os, pathlib, sys, torch
        os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
        from diffusers import UnCLIPPipeline, UnCLIPScheduler, PriorTransformer, UNet2DConditionModel, UNet2DModel
        from diffusers.pipelines.deprecated.unclip.text_proj import UnCLIPTextProjModel
        from transformers import CLIPTextModelWithProjection, CLIPTextConfig, CLIPTokenizer
        from safetensors.torch import save_file
        root, vocabulary, requests = pathlib.Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
        def attended(levels): return dict(down_block_types=("ResnetDownsampleBlock2D",) + ("SimpleCrossAttnDownBlock2D",) * (levels - 1), mid_block_type="UNetMidBlock2DSimpleCrossAttn", up_block_types=("SimpleCrossAttnUpBlock2D",) * (levels - 1) + ("ResnetUpsampleBlock2D",))
        def plain(levels): return dict(down_block_types=("ResnetDownsampleBlock2D",) * levels, up_block_types=("ResnetUpsampleBlock2D",) * levels)
        def save(name, seed, width=32, heads=4, text={}, prior={}, proj={}, decoder={}, first={}, last={}, prior_scheduler={}, decoder_scheduler={}, super_scheduler={}, levels=50, strength=1, **defaults):
            torch.manual_seed(seed)
            channels, super_channels = decoder.get("block_out_channels", (32, 64)), first.get("block_out_channels", (32, 64))
            cross = decoder.get("cross_attention_dim", 64)
            pipe = UnCLIPPipeline(
                tokenizer=CLIPTokenizer.from_pretrained(vocabulary, pad_token="<|endoftext|>"),
                text_encoder=CLIPTextModelWithProjection(CLIPTextConfig(**(dict(vocab_size=49408, hidden_size=width, projection_dim=width, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=77, initializer_range=0.2, eos_token_id=49407) | text))),
                prior=PriorTransformer(**(dict(num_attention_heads=heads, attention_head_dim=12, embedding_dim=width, num_layers=2) | prior)),
                text_proj=UnCLIPTextProjModel(**(dict(clip_embeddings_dim=width, time_embed_dim=decoder.get("time_embedding_dim", 4 * channels[0]), cross_attention_dim=cross) | proj)),
                decoder=UNet2DConditionModel(**(dict(sample_size=16, in_channels=3, out_channels=6, layers_per_block=1, block_out_channels=channels, cross_attention_dim=cross, class_embed_type="identity", attention_head_dim=8, resnet_time_scale_shift="scale_shift", **attended(len(channels))) | decoder)),
                super_res_first=UNet2DModel(**(dict(sample_size=32, in_channels=6, out_channels=3, layers_per_block=1, block_out_channels=super_channels, add_attention=False, **plain(len(super_channels))) | first)),
                super_res_last=UNet2DModel(**(dict(sample_size=32, in_channels=6, out_channels=3, layers_per_block=1, block_out_channels=(32, 64), add_attention=False, **plain(2)) | last)),
                prior_scheduler=UnCLIPScheduler(**(dict(variance_type="fixed_small_log", prediction_type="sample", clip_sample_range=5.0) | prior_scheduler)),
                decoder_scheduler=UnCLIPScheduler(**(dict(variance_type="learned_range", prediction_type="epsilon", num_train_timesteps=levels) | decoder_scheduler)),
                super_res_scheduler=UnCLIPScheduler(**(dict(variance_type="fixed_small_log", prediction_type="epsilon", num_train_timesteps=levels) | super_scheduler)))
            with torch.no_grad():
                for parameter in (pipe.prior.positional_embedding, pipe.prior.prd_embedding, pipe.prior.clip_mean, pipe.text_proj.learned_classifier_free_guidance_embeddings): parameter.normal_()
                pipe.prior.clip_std.uniform_(0.5, 1.5)
                for unet in (pipe.super_res_first, pipe.super_res_last): unet.conv_out.weight *= strength
            folder = root / name
            pipe.save_pretrained(folder / "karlo", safe_serialization=True)
            (folder / "cascade.json").write_text(json.dumps(dict(name=name, stages=["karlo"], defaults=dict(stage1=defaults))))
            pipe.set_progress_bar_config(disable=True)
            embeddings, scale = {}, pipe.prior.post_process_latents
            (folder / "expected").mkdir()
            for i, request in enumerate(requests):
                def keep(latents, i=i): embeddings[str(i)] = scale(latents); return embeddings[str(i)]
                pipe.prior.post_process_latents = keep
                pipe(request["prompt"], generator=torch.Generator().manual_seed(request["seed"]), prior_num_inference_steps=defaults["prior_steps"], decoder_num_inference_steps=defaults["steps"],
                    super_res_num_inference_steps=defaults["super_resolution_steps"], prior_guidance_scale=defaults["prior_guidance"], decoder_guidance_scale=defaults["guidance"]).images[0].save(folder / "expected" / f"{i}-stage1.png")
            save_file(embeddings, folder / "expected" / "embeddings.safetensors")
        save("karlo-like", 1, levels=1000, strength=3, decoder=dict(block_out_channels=(32, 64, 96), layers_per_block=2, sample_size=16), first=dict(layers_per_block=2, block_out_channels=(32, 64, 64), sample_size=64), last=dict(sample_size=64), prior=dict(num_layers=3),
            prior_steps=5, prior_guidance=4.0, steps=4, guidance=8.0, super_resolution_steps=3)
        save("no-guidance", 2, levels=1000, width=48, prior=dict(norm_in_type="layer", embedding_proj_norm_type="layer", time_embed_act_fn="gelu", time_embed_dim=40), text=dict(hidden_act="gelu", eos_token_id=2),
            decoder=dict(attention_head_dim=16, act_fn="gelu", cross_attention_norm="group_norm", resnet_time_scale_shift="default"), first=dict(add_attention=True), last=dict(add_attention=True, attention_head_dim=None, mid_block_scale_factor=1.5),
            prior_steps=7, prior_guidance=1.0, steps=6, guidance=1.0, super_resolution_steps=5)
        save("prior-guided", 3, heads=2, prior=dict(attention_head_dim=18, num_layers=4), proj=dict(clip_extra_context_tokens=7), first=dict(add_attention=True, attn_norm_num_groups=16, resnet_time_scale_shift="scale_shift", out_channels=6, sample_size=48),
            last=dict(add_attention=True, resnet_time_scale_shift="scale_shift", out_channels=6, sample_size=48), super_scheduler=dict(variance_type="learned_range", clip_sample_range=1.2), prior_scheduler=dict(prediction_type="epsilon", clip_sample_range=2.0),
            prior_steps=4, prior_guidance=3.0, steps=3, guidance=1.0, super_resolution_steps=9)
        save("decoder-guided", 4, proj=dict(clip_extra_context_tokens=2), decoder=dict(block_out_channels=(32, 64, 64, 96), sample_size=24, time_embedding_dim=72, norm_num_groups=16), first=dict(down_block_types=("DownBlock2D", "ResnetDownsampleBlock2D"), up_block_types=("UpBlock2D", "ResnetUpsampleBlock2D"), sample_size=40, norm_num_groups=8), last=dict(sample_size=40, layers_per_block=3, time_embedding_dim=50),
            decoder_scheduler=dict(prediction_type="sample", num_train_timesteps=500), prior_scheduler=dict(clip_sample=False), prior_steps=3, prior_guidance=1.0, steps=11, guidance=2.5, super_resolution_steps=4)
        """;

    private readonly TemporaryFolder _folder = new();
    private bool _rendered;

    public static IReadOnlyList<string> Names { get; } = ["karlo-like", "no-guidance", "prior-guided", "decoder-guided"];

    public static IReadOnlyList<RenderRequest> Requests { get; } =
    [
        new() { Prompt = "a photo of an Astronaut riding a horse, can't stop!", Seed = 11 },
        new() { Prompt = string.Join(' ', Enumerable.Range(0, 50).Select(i => $"and then {i} more birds")), Seed = 12 },
        new() { Prompt = "雪の日 ☂ <|endoftext|> and 12 more", Seed = 13 },
        new() { Prompt = "x", Seed = 14 },
    ];

    /// <summary>The folder of a case, with diffusers' pictures and embeddings in <c>expected/</c>.</summary>
    public string FolderOf(string name)
    {
        if (!_rendered) Render();
        return _folder[name];
    }

    public void Dispose() => _folder.Dispose();

    private void Render()
    {
        var vocabulary = Path.GetDirectoryName(Reference.PathOf("cascade", "stage3", "tokenizer", "vocab.json"))!;
        Peer.Run(Script, [_folder.Root, vocabulary, JsonSerializer.Serialize(Requests.Select(request => new Dictionary<string, object> { ["prompt"] = request.Prompt, ["seed"] = request.Seed }))]);
        _rendered = true;
    }
}
