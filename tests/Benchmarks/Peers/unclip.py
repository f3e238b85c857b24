"""Draws an unCLIP folder with diffusers. Arguments and output are render.py's: --model DIR --requests FILE.jsonl --out DIR --dtype T [--time]"""
import argparse, json, pathlib, time
import torch
from diffusers import PriorTransformer, UNet2DConditionModel, UNet2DModel, UnCLIPPipeline, UnCLIPScheduler
from diffusers.pipelines.deprecated.unclip.text_proj import UnCLIPTextProjModel
from transformers import CLIPTextModelWithProjection, CLIPTokenizer

parser = argparse.ArgumentParser()
for name in ("--model", "--requests", "--out"): parser.add_argument(name, required=True, type=pathlib.Path)
parser.add_argument("--dtype", default="float32")
parser.add_argument("--time", action="store_true")
arguments = parser.parse_args()
torch.set_num_threads(2)
cascade = json.loads((arguments.model / "cascade.json").read_text())
folder, dtype = arguments.model / cascade["stages"][0], getattr(torch, arguments.dtype)
# Part by part: diffusers 0.42 does not find the text projection's class by the name that it saves.
networks = dict(prior=PriorTransformer, decoder=UNet2DConditionModel, text_proj=UnCLIPTextProjModel, text_encoder=CLIPTextModelWithProjection, super_res_first=UNet2DModel, super_res_last=UNet2DModel)
schedulers = {name: UnCLIPScheduler.from_pretrained(folder / name) for name in ("prior_scheduler", "decoder_scheduler", "super_res_scheduler")}
pipe = UnCLIPPipeline(tokenizer=CLIPTokenizer.from_pretrained(folder / "tokenizer"), **schedulers, **{name: kind.from_pretrained(folder / name, torch_dtype=dtype) for name, kind in networks.items()})
pipe.set_progress_bar_config(disable=True)
settings = cascade["defaults"]["stage1"]
requests = [json.loads(line) for line in arguments.requests.read_text().splitlines()]
began = time.time()
for request in requests:
    picture = pipe(request["prompt"], generator=torch.Generator().manual_seed(request["seed"]), prior_num_inference_steps=settings["prior_steps"], decoder_num_inference_steps=settings["steps"],
        super_res_num_inference_steps=settings["super_resolution_steps"], prior_guidance_scale=settings["prior_guidance"], decoder_guidance_scale=settings["guidance"]).images[0]
    picture.save(arguments.out / f"{request['custom_id']}-stage1.png")
if arguments.time: print(json.dumps(dict(pictures=len(requests), seconds_per_picture=[round((time.time() - began) / len(requests), 3)])))
