"""Seconds per picture of kuprel/min-dalle, the torch port of DALL-E Mini, with random weights. Usage: tokens.py CHECKOUT FOLDER BATCH DTYPE (float32)

CHECKOUT is a clone of that repository, whose models need nothing but torch; FOLDER has DALL-E Mini's config.json."""
import json, pathlib, sys, time
import torch

checkout, folder, batch = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
if sys.argv[4] != "float32": sys.exit(f"DTYPE is {sys.argv[4]}; min-dalle draws in float32 on a CPU.")
sys.path.insert(0, str(checkout / "min_dalle"))
from models.dalle_bart_decoder import DalleBartDecoder
from models.dalle_bart_encoder import DalleBartEncoder
from models.vqgan_detokenizer import VQGanDetokenizer

config = json.loads((folder / "config.json").read_text())
width, layers, length = config["d_model"], config["encoder_layers"], config["image_length"]


def filled(model):
    with torch.no_grad():
        for parameter in model.parameters(): parameter.uniform_(-0.02, 0.02)
    return model.eval()


encoder = filled(DalleBartEncoder(layer_count=layers, embed_count=width, attention_head_count=config["encoder_attention_heads"], text_vocab_count=config["encoder_vocab_size"], text_token_count=config["max_text_length"], glu_embed_count=config["encoder_ffn_dim"], device="cpu"))
decoder = filled(DalleBartDecoder(image_vocab_count=config["image_vocab_size"], embed_count=width, attention_head_count=config["decoder_attention_heads"], glu_embed_count=config["decoder_ffn_dim"], layer_count=config["decoder_layers"], device="cpu"))
detokenizer = filled(VQGanDetokenizer())
# As generate_raw_image_stream of min_dalle.py does, for BATCH pictures of one prompt that fills the text.
settings = torch.tensor([1.0, 256.0, 10.0])
with torch.inference_mode():
    began = time.perf_counter()
    words = torch.randint(2, config["encoder_vocab_size"], (2, config["max_text_length"]))
    rows = [0] * batch + [1] * batch
    states, mask = encoder(words)[rows], words[rows].not_equal(1)[:, None, None, :]
    memory, tokens, places = torch.zeros(layers, 4 * batch, length, width), torch.full((batch, length + 1), 2 ** 14 - 1), torch.arange(length)
    for place in range(length):
        tokens[:, place + 1], memory = decoder.sample_tokens(settings=settings, attention_mask=mask, encoder_state=states, attention_state=memory, prev_tokens=tokens[:, [place]], token_index=places[[place]])
    written = time.perf_counter()
    detokenizer(False, tokens[:1, 1:])
    ended = time.perf_counter()
writing, decoding = (written - began) / batch, ended - written
print(f"{writing + decoding:.3f} s a picture (tokens {writing:.3f}, VQGAN {decoding:.3f}); {torch.get_num_threads()} threads")
