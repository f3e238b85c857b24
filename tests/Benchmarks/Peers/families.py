"""Saves a model folder with random weights in float16 and few steps, for diffusers and ours to draw from.

Usage: families.py FAMILY small|full OUT VOCABULARIES GOLDENS
FAMILY is if, stable-diffusion, x4 or unclip. VOCABULARIES is a cascade folder with T5's tokenizer in stage1 and CLIP's in stage3;
GOLDENS the folder that holds full-size configurations (tests/Worker/Diffusion). full has the published networks' sizes, but for these:
if has 2 of T5 XXL's 24 layers (measure the encoder by itself), x4 enlarges a 64 px picture that a small first stage draws."""
import json, pathlib, shutil, sys
import torch
from diffusers import *
from diffusers.pipelines.deprecated.unclip.text_proj import UnCLIPTextProjModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer, T5Config, T5EncoderModel, T5Tokenizer

family, size, (out, vocabularies, goldens) = sys.argv[1], sys.argv[2], map(pathlib.Path, sys.argv[3:6])
full = size == "full"
torch.manual_seed(0)


def golden(name): return json.loads((goldens / name).read_text())["config"]


def half(model): return model.to(torch.float16)


def unet(name, **small): return half(UNet2DConditionModel.from_config(golden(f"Networks/Goldens/full-size/{name}.json")) if full else UNet2DConditionModel(**small))


def clip(kind, name, **small):
    config = CLIPTextConfig(**golden(name)) if name and full else CLIPTextConfig(vocab_size=49408, hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4, max_position_embeddings=77, **small)
    return half(kind(config))


def clip_tokenizer(pad): return CLIPTokenizer.from_pretrained(vocabularies / "stage3" / "tokenizer", pad_token=pad)


def deepfloyd():
    tokenizer = T5Tokenizer.from_pretrained(vocabularies / "stage1" / "tokenizer")
    text = T5Config(**(golden("Text/Goldens/t5-v1_1-xxl-encoder.json") | dict(num_layers=2))) if full else T5Config(vocab_size=32128, d_model=128, d_kv=32, d_ff=256, num_layers=4, num_heads=4, feed_forward_proj="gated-gelu", is_encoder_decoder=False)
    blocks = dict(down_block_types=("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"), up_block_types=("SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"), mid_block_type="UNetMidBlock2DSimpleCrossAttn", block_out_channels=(64, 128),
        layers_per_block=2, out_channels=6, cross_attention_dim=128, attention_head_dim=32, encoder_hid_dim=128, encoder_hid_dim_type="text_proj", resnet_time_scale_shift="scale_shift", act_fn="gelu", addition_embed_type="text", addition_embed_type_num_heads=4)
    def ddpm(schedule): return DDPMScheduler(beta_schedule=schedule, variance_type="learned_range", thresholding=True, dynamic_thresholding_ratio=0.95, sample_max_value=1.5)
    off = dict(safety_checker=None, feature_extractor=None, watermarker=None, requires_safety_checker=False)
    first = IFPipeline(tokenizer=tokenizer, text_encoder=half(T5EncoderModel(text)), unet=unet("unet-if-i-m", sample_size=32, in_channels=3, **blocks), scheduler=ddpm("squaredcos_cap_v2"), **off)
    second = IFSuperResolutionPipeline(tokenizer=None, text_encoder=None, unet=unet("unet-if-ii-m-candidate", sample_size=64, in_channels=6, class_embed_type="timestep", **blocks), scheduler=ddpm("squaredcos_cap_v2"), image_noising_scheduler=DDPMScheduler(beta_schedule="squaredcos_cap_v2"), **off)
    return [(first, dict(steps=2 if full else 20, guidance=7.0)), (second, dict(steps=2 if full else 10, guidance=4.0, noise_level=250))]


def attended(levels): return dict(block_out_channels=levels, down_block_types=("CrossAttnDownBlock2D",) * (len(levels) - 1) + ("DownBlock2D",), up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * (len(levels) - 1))


def vae(*channels): return half(AutoencoderKL(block_out_channels=channels, down_block_types=("DownEncoderBlock2D",) * len(channels), up_block_types=("UpDecoderBlock2D",) * len(channels), latent_channels=4, layers_per_block=2 if channels[0] > 64 else 1))


def latent(large):
    """Stable Diffusion 1.5, or a small one that draws 64 px."""
    net = unet("unet-stable-diffusion-1-5") if large else half(UNet2DConditionModel(sample_size=32, in_channels=4, out_channels=4, layers_per_block=1, cross_attention_dim=64, attention_head_dim=4, **attended((32, 64, 64))))
    text = clip(CLIPTextModel, "UnClip/Goldens/full-size/text_encoder.json" if large else None)
    scheduler = PNDMScheduler(skip_prk_steps=True, set_alpha_to_one=False, steps_offset=1, beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
    return StableDiffusionPipeline(vae=vae(128, 256, 512, 512) if large else vae(32, 64), text_encoder=text, tokenizer=clip_tokenizer("<|endoftext|>"), unet=net, scheduler=scheduler, safety_checker=None, feature_extractor=None, requires_safety_checker=False)


def stable_diffusion(): return [(latent(full), dict(steps=2 if full else 20, guidance=7.5))]


def x4():
    net = unet("unet-x4-upscaler", sample_size=64, in_channels=7, out_channels=4, layers_per_block=1, cross_attention_dim=64, attention_head_dim=4, num_class_embeds=1000, use_linear_projection=True, only_cross_attention=(True, True, False), **attended((32, 64, 64)))
    decoder = half(AutoencoderKL.from_config(golden("Autoencoders/Goldens/vae-x4-upscaler.json"))) if full else vae(32, 64, 64)
    steps = dict(beta_schedule="scaled_linear", beta_start=0.0001, beta_end=0.02)
    upscaler = StableDiffusionUpscalePipeline(vae=decoder, text_encoder=clip(CLIPTextModel, "Text/Goldens/clip-text-x4-upscaler.json", hidden_act="gelu"), tokenizer=clip_tokenizer("!"), unet=net, low_res_scheduler=DDPMScheduler(**steps),
        scheduler=DDIMScheduler(prediction_type="v_prediction", clip_sample=False, set_alpha_to_one=False, steps_offset=1, **steps), max_noise_level=350)
    return [(latent(False), dict(steps=5, guidance=7.5)), (upscaler, dict(steps=2 if full else 20, guidance=9.0, noise_level=20))]


def unclip():
    def part(kind, name, **small): return half(kind.from_config(golden(f"UnClip/Goldens/full-size/{name}.json")) if full else kind(**small))
    def plain(*channels): return dict(block_out_channels=channels, down_block_types=("ResnetDownsampleBlock2D",) * len(channels), up_block_types=("ResnetUpsampleBlock2D",) * len(channels))
    enlarge = dict(in_channels=6, out_channels=3, layers_per_block=1, add_attention=False, **plain(32, 64, 64))
    decoder = dict(sample_size=32, in_channels=3, out_channels=6, layers_per_block=2, block_out_channels=(64, 128), cross_attention_dim=64, class_embed_type="identity", attention_head_dim=32, resnet_time_scale_shift="scale_shift",
        down_block_types=("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"), mid_block_type="UNetMidBlock2DSimpleCrossAttn", up_block_types=("SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"))
    pipe = UnCLIPPipeline(
        tokenizer=clip_tokenizer("<|endoftext|>"), text_encoder=clip(CLIPTextModelWithProjection, "UnClip/Goldens/full-size/text_encoder.json", projection_dim=64),
        prior=part(PriorTransformer, "prior", num_attention_heads=4, attention_head_dim=32, embedding_dim=64, num_layers=4), text_proj=part(UnCLIPTextProjModel, "text_proj", clip_embeddings_dim=64, time_embed_dim=256, cross_attention_dim=64),
        decoder=part(UNet2DConditionModel, "decoder", **decoder), super_res_first=part(UNet2DModel, "super_res_first", sample_size=64, **enlarge), super_res_last=part(UNet2DModel, "super_res_last", sample_size=64, **enlarge),
        prior_scheduler=UnCLIPScheduler(variance_type="fixed_small_log", prediction_type="sample", clip_sample_range=5.0), decoder_scheduler=UnCLIPScheduler(variance_type="learned_range", prediction_type="epsilon"),
        super_res_scheduler=UnCLIPScheduler(variance_type="fixed_small_log", prediction_type="epsilon"))
    few = dict(prior_steps=4, steps=2, super_resolution_steps=2)
    return [(pipe, dict(prior_guidance=4.0, guidance=8.0) | (few if full else dict(prior_steps=25, steps=25, super_resolution_steps=7)))]


stages = {"if": deepfloyd, "stable-diffusion": stable_diffusion, "x4": x4, "unclip": unclip}[family]()
names = [f"stage{number}" for number in range(1, len(stages) + 1)]
for name, (pipe, _) in zip(names, stages): pipe.save_pretrained(out / name, safe_serialization=True)
# Published folders have the SentencePiece model; this version of transformers saves another form of it alone.
if family == "if": shutil.copy(vocabularies / "stage1" / "tokenizer" / "spiece.model", out / "stage1" / "tokenizer")
(out / "cascade.json").write_text(json.dumps(dict(name=f"{family}-{size}", stages=names, defaults={name: settings for name, (_, settings) in zip(names, stages)})))
