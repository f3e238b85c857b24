"""Seconds of one tiled decoding by diffusers' AutoencoderKL with random weights. Usage: autoencoder.py CONFIG.json HEIGHT WIDTH DTYPE"""
import json, sys, time
import torch
from diffusers import AutoencoderKL

config = json.load(open(sys.argv[1]))
height, width, dtype = int(sys.argv[2]), int(sys.argv[3]), getattr(torch, sys.argv[4])
model = AutoencoderKL.from_config(config.get("config", config)).to(dtype).eval()
model.enable_tiling()
latents = torch.randn(1, model.config.latent_channels, height, width, dtype=dtype)
with torch.inference_mode():
    began = time.perf_counter()
    model.decode(latents)
print(f"{time.perf_counter() - began:.3f} s, {torch.get_num_threads()} threads")
