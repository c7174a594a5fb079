#!/usr/bin/env python3
"""Model FLOP utilisation of a Llama-8B-shaped model on one GPU.

    tests/bench/gpu_bench.py                 # builds forward_bench, writes the model, runs 8k, 32k and 64k tokens

Writes a checkpoint with random weights (16 GB, bf16; kept in --folder for the next run), scores every token of random
sequences in processes of their own, and prints per length the fastest of --repeats passes as tokens/s and as a share of
--peak TFLOP/s, with the peak of the GPU's memory beyond the weights. Counted are the floating-point operations that the
model needs: 2 per weight of every matrix product and token, and attention's two products over the causal half only.
Needs Python's standard library and nothing else.
"""
import argparse
import array
import json
import pathlib
import random
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
HIDDEN, LAYERS, HEADS, KV_HEADS, HEAD_DIM, FEED_FORWARD, VOCABULARY = 4096, 32, 32, 8, 128, 14336, 128256
BLOCK = 1 << 23  # random values, repeated: what they are has no influence on the time


def config():
    return {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": HIDDEN,
            "num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "num_key_value_heads": KV_HEADS,
            "head_dim": HEAD_DIM, "intermediate_size": FEED_FORWARD, "vocab_size": VOCABULARY, "rms_norm_eps": 1e-5,
            "rope_theta": 500000.0, "max_position_embeddings": 131072, "tie_word_embeddings": False,
            "hidden_act": "silu", "torch_dtype": "bfloat16", "attention_bias": False, "mlp_bias": False}


def shapes():
    """Name -> shape of every tensor, as Hugging Face names them."""
    queries, keys = HEADS * HEAD_DIM, KV_HEADS * HEAD_DIM
    tensors = {"model.embed_tokens.weight": [VOCABULARY, HIDDEN]}
    for layer in range(LAYERS):
        prefix = f"model.layers.{layer}."
        tensors |= {prefix + "input_layernorm.weight": [HIDDEN],
                    prefix + "self_attn.q_proj.weight": [queries, HIDDEN],
                    prefix + "self_attn.k_proj.weight": [keys, HIDDEN],
                    prefix + "self_attn.v_proj.weight": [keys, HIDDEN],
                    prefix + "self_attn.o_proj.weight": [HIDDEN, queries],
                    prefix + "post_attention_layernorm.weight": [HIDDEN],
                    prefix + "mlp.gate_proj.weight": [FEED_FORWARD, HIDDEN],
                    prefix + "mlp.up_proj.weight": [FEED_FORWARD, HIDDEN],
                    prefix + "mlp.down_proj.weight": [HIDDEN, FEED_FORWARD]}
    return tensors | {"model.norm.weight": [HIDDEN], "lm_head.weight": [VOCABULARY, HIDDEN]}


def count(shape):
    return shape[0] * (shape[1] if len(shape) == 2 else 1)


def flops(length):
    products = sum(count(shape) for name, shape in shapes().items()
                   if len(shape) == 2 and name != "model.embed_tokens.weight")
    return length * 2 * products + LAYERS * 2 * length * length * HEADS * HEAD_DIM


def random_block():
    generator = random.Random(1)
    wide = array.array("f", (generator.gauss(0, 0.02) for _ in range(BLOCK))).tobytes()
    narrow = bytearray(2 * BLOCK)  # the upper halves of little-endian float32
    narrow[0::2], narrow[1::2] = wide[2::4], wide[3::4]
    return bytes(narrow)


def write_model(folder):
    """One model.safetensors, written aside and renamed, so that an interrupted run leaves nothing that looks whole."""
    file = folder / "model.safetensors"
    if file.exists():
        return
    print(f"writing a random model to {folder}", file=sys.stderr)
    folder.mkdir(parents=True, exist_ok=True)
    header, end = {}, 0
    for name, shape in shapes().items():
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [end, end + 2 * count(shape)]}
        end += 2 * count(shape)
    text = json.dumps(header).encode()
    block = random_block()
    ones = b"\x80\x3f" * HIDDEN
    aside = file.with_suffix(".part")
    with open(aside, "wb") as out:
        out.write(len(text).to_bytes(8, "little") + text)
        for shape in shapes().values():
            left = 2 * count(shape)
            if len(shape) == 1:
                out.write(ones)
                continue
            while left:
                left -= out.write(block[:left])
    (folder / "config.json").write_text(json.dumps(config()))
    aside.rename(file)


def built_bench():
    for command in (["cmake", "--preset", "release", "-DROPESCOPE_WINDOW=OFF"],
                    ["cmake", "--build", "--preset", "release", "--target", "forward_bench"]):
        subprocess.run(command, cwd=TOP, check=True, stdout=sys.stderr)
    return TOP / "build" / "release" / "tests" / "bench" / "forward_bench"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", type=pathlib.Path, help="the forward_bench program (built when left out)")
    parser.add_argument("--folder", type=pathlib.Path, default=TOP / ".cache" / "llama-8b-shaped")
    parser.add_argument("--lengths", type=int, nargs="+", default=[8192, 32768, 65536])
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--repeats", type=int, default=4, help="the first also warms up")
    parser.add_argument("--peak", type=float, default=989, help="dense bf16 TFLOP/s of the GPU (default: H100 SXM)")
    arguments = parser.parse_args()
    bench = arguments.bench or built_bench()
    write_model(arguments.folder)
    generator = random.Random(2)
    ids = arguments.folder / "ids.json"
    ids.write_text(json.dumps({"ids": [generator.randrange(VOCABULARY) for _ in range(max(arguments.lengths))]}))
    print(f"{'tokens':>8}{'seconds':>10}{'tokens/s':>10}{'TFLOP/s':>9}{'of peak':>9}{'memory beyond weights':>23}")
    for length in arguments.lengths:
        command = [bench, arguments.folder, "--ids", ids, "--length", length, "--device", arguments.device,
                   "--dtype", "bf16", "--repeats", arguments.repeats]
        run = json.loads(subprocess.run([str(word) for word in command], check=True, capture_output=True,
                                        text=True).stdout)
        seconds = min(run["seconds"])
        rate = flops(length) / seconds / 1e12
        beyond = (run["peak_bytes"] - 2 * sum(count(shape) for shape in shapes().values())) / 1e9
        print(f"{length:8}{seconds:10.3f}{length / seconds:10.0f}{rate:9.0f}{rate / arguments.peak:9.1%}{beyond:20.2f} GB",
              flush=True)


if __name__ == "__main__":
    main()
