"""Seconds of one call of transformers' T5 encoder with random weights. Usage: text.py CONFIG.json BATCH TOKENS DTYPE"""
import json, sys, time
import torch
from transformers import T5Config, T5EncoderModel

path, batch, tokens, dtype = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), getattr(torch, sys.argv[4])
config = json.load(open(path))
config = T5Config(**config.get("config", config))
with torch.device("meta"): model = T5EncoderModel(config)
model = model.to(dtype).to_empty(device="cpu").eval()
model.tie_weights()
with torch.no_grad():
    for parameter in model.parameters(): parameter.uniform_(-0.02, 0.02)
ids, mask = torch.randint(0, config.vocab_size, (batch, tokens)), torch.ones(batch, tokens, dtype=torch.int64)
seconds = []
with torch.inference_mode():
    for run in range(4):
        began = time.perf_counter()
        model(input_ids=ids, attention_mask=mask)
        if run > 0: seconds.append(time.perf_counter() - began)
print(f"least {min(seconds):.3f} s, median {sorted(seconds)[1]:.3f} s of {len(seconds)}, {torch.get_num_threads()} threads")
