#!/usr/bin/env python3
"""CEPE on the demo model, by the product's commands: an encoder on masked tokens, warm-up on random ids and on text,
main stage; then what true context is worth on unseen text, against context from elsewhere, whether keys in it are
found, and what it costs beside a decoder that reads it all.

    tests/bench/cepe_context.py WORK [--program ./ropescope] [--steps 1000,1500,600,2000]
        [--rates 3e-3,3e-3,1e-3,1e-3] [--init zero] [--windows 24] [--seed 1]

WORK keeps the text, the models and every result; what is there already isn't computed again. Needs the Debian packages
bible-kjv and jargon-text.
"""
import argparse
import json
import pathlib
import random
import subprocess
import sys

top = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(top / "resources"))
import demo_text
from kept_run import run

CHUNK, DECODED = 64, 256
TRAINED_CONTEXT = 8 * CHUNK
MAIN_BATCH = 4
CHUNKS = [0, 1, 2, 4, 8, 16]
COST_CONTEXTS = [256, 1024, 4096, 16384]
ENCODER = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 1025, "hidden_size": 128,
           "intermediate_size": 320, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 2,
           "rms_norm_eps": 1e-6, "max_position_embeddings": 512, "rope_theta": 10000.0, "hidden_act": "silu",
           "is_decoder": False, "tie_word_embeddings": True}


class ContextWindows(demo_text.Windows):
    """What the encoder reads and what the decoder reads after it: text that goes on; prompts with a key anywhere; text
    that says again, between new text, what stands in the context, so that copying and leaving it pay."""

    def echo(self):
        context, decoded = self.text(TRAINED_CONTEXT), []
        while len(decoded) < DECODED:
            decoded += self.text(self.random.randint(16, 64))
            first = self.random.randrange(TRAINED_CONTEXT - 64)
            decoded += context[first:first + self.random.randint(16, 64)]
        return context + decoded[:DECODED]

    def take(self, count):
        ids = []
        for _ in range(count):
            kind = self.random.random()
            ids += (self.passkey(whole=True) if kind < 0.25 else self.echo() if kind < 0.5 else self.text(self.length))
        return ids


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--program", default=str(top / "ropescope"))
    parser.add_argument("--steps", default="1000,1500,600,2000", help="encoder, random ids, warm-up, main stage")
    parser.add_argument("--rates", default="3e-3,3e-3,1e-3,1e-3", help="their learning rates")
    parser.add_argument("--init", default="zero", choices=("copy", "zero"))
    parser.add_argument("--windows", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def texts(options, main_steps):
    """What the stages read: text; random ids, which only copying predicts; windows with their context."""
    work, text = options.work, options.work / "text"
    text.mkdir(exist_ok=True)
    for name, part in zip(("kjv.txt", "jargon.txt"), demo_text.training_parts()):
        (text / name).write_text(part, encoding="utf-8")
    drawn = random.Random(options.seed)
    (work / "random.json").write_text(json.dumps({"ids": [drawn.randrange(1, 1024) for _ in range(2_000_000)]}))
    windows = work / "windows.json"
    if not windows.exists():
        made = ContextWindows(options.program, "demo", TRAINED_CONTEXT + DECODED, options.seed)
        windows.write_text(json.dumps({"ids": made.take(main_steps * MAIN_BATCH)}))
    return text, work / "random.json", windows


def train(options):
    """The stages, each from the one before it; the last model's folder and every stage's report."""
    work = options.work
    steps, rates = [int(word) for word in options.steps.split(",")], options.rates.split(",")
    text, noise, windows = texts(options, steps[3])
    (work / "encoder_config.json").write_text(json.dumps(ENCODER))
    reports = {}

    def stage(name, start, method, read, length, batch, *more):
        output, index = work / name, len(reports)
        resumed = ["--resume"] if output.exists() else []
        reports[name] = run(options, f"train_{name}",
                            ["train", *start, "--method", method, "--text", read, "--length", length, "--batch", batch,
                             "--lr", rates[index], "--steps", steps[index], "--output", output, "--seed", options.seed,
                             "--clip", 1, "--dtype", "bf16", "--checkpoint-interval", 500, *more, *resumed])

    cosine = ["--schedule", "cosine", "--warmup", 20]
    stage("encoder", ["--from-scratch", work / "encoder_config.json", "--tokenizer", "demo"], "cepe-encoder", text,
          CHUNK, 32, *cosine)
    if not (work / "start").exists():
        run(options, "init", ["cepe-init", "demo", "--encoder", work / "encoder", "--init", options.init,
                              "--output", work / "start"])
    stage("copy", [work / "start"], "cepe-warmup", noise, 64, 32, "--chunk", 32, "--schedule", "constant",
          "--warmup", 50, "--betas", "0.9,0.98")
    stage("warmup", [work / "copy"], "cepe-warmup", text, 128, 16, "--chunk", CHUNK, *cosine)
    stage("main", [work / "warmup"], "cepe", windows, TRAINED_CONTEXT + DECODED, MAIN_BATCH, "--chunk", CHUNK,
          "--context", TRAINED_CONTEXT, *cosine)
    return work / "main", reports


def ids_of(options, name):
    """The token ids of a held-out text."""
    text = (top / "resources/demo" / name).read_text(encoding="utf-8")
    done = subprocess.run([options.program, "tokenize", "demo", "--json"], input=text, check=True, capture_output=True,
                          text=True)
    return json.loads(done.stdout)["ids"]


def windows_of(own, other, kind, context, options):
    """Windows end to end, each its context and then what the decoder reads, which is the same for every context."""
    longest = max(CHUNKS) * CHUNK
    stride = (len(own) - longest - DECODED) // options.windows
    places = [longest + index * stride for index in range(options.windows)]
    shuffled = random.Random(f"{options.seed} {kind}")
    joined = []
    for place in places:
        source = other if kind == "other" else own
        if kind == "true":
            parts = [own[place - context:place]]
        else:  # chunks from anywhere, but not from near the window
            parts = []
            while len(parts) < context // CHUNK:
                first = shuffled.randrange(len(source) - CHUNK)
                if kind == "other" or abs(first - place) > longest + DECODED:
                    parts.append(source[first:first + CHUNK])
        joined += sum(parts, []) + own[place:place + DECODED]
    return joined + [0]  # the protocol wants a token behind the last window


def measure(options, name, model, ids, length, context, chunk=CHUNK, more=()):
    path = options.work / f"{name}_ids.json"
    path.write_text(json.dumps({"ids": ids}))
    result = run(options, name, ["perplexity", model, "--text", path, "--lengths", length, "--protocol", "cepe",
                                 "--stride", length, "--scored", min(DECODED, length - context), *more,
                                 *(["--context", context, "--chunk", chunk] if context else [])])
    return result["results"][0] | {"cpu_seconds": result["cpu_seconds"]}


def context_table(options, model, held):
    for name, own, other in (("heldout_kjv", held[0], held[1]), ("heldout_jargon", held[1], held[0])):
        print(f"\n| {name}: chunks of {CHUNK} | true context | from elsewhere in it | from the other text |\n"
              "|---|---|---|---|")
        for chunks in CHUNKS:
            row = []
            for kind in ("true", "elsewhere", "other"):
                context = chunks * CHUNK
                if chunks == 0 and kind != "true":
                    row.append("")
                    continue
                found = measure(options, f"{name}_{chunks}_{kind}", model,
                                windows_of(own, other, kind, context, options), context + DECODED, context)
                row.append(f"{found['perplexity']:.3f}")
                if chunks == 0:
                    tokens = found["tokens"]
            print(f"| {chunks} | {' | '.join(row)} |", flush=True)
        print(f"\n({options.windows} windows, {tokens} predictions each)")


def copy_table(options, work, ids):
    """What the warm-up teaches: a context that holds the very tokens to predict, against one of others."""
    count, length = 40, 128
    windows = [ids[index * length:(index + 1) * length] for index in range(count)]
    strange = ids[20000:20000 + length]
    print("\n| after the warm-up, the context is | perplexity |\n|---|---|")
    kinds = {"absent": lambda _: [], "what is predicted": lambda own: own, "other text": lambda _: strange}
    for name, context in kinds.items():
        joined = sum((context(window) + window for window in windows), []) + [0]
        found = measure(options, f"copy_{name.replace(' ', '_')}", work / "warmup", joined,
                        length + len(context(strange)), len(context(strange)))
        print(f"| {name} | {found['perplexity']:.3f} |", flush=True)


def passkey_table(options, model):
    """Keys found where the decoder reads the last 256 tokens and the encoder what comes before, by the key's place."""
    depths, trials = [0, 0.2, 0.4, 0.6, 0.8, 1], 5
    print(f"\n| chunks of {CHUNK} | {' | '.join(f'depth {depth}' for depth in depths)} |")
    print("|---|" + "---:|" * len(depths))
    for chunks in CHUNKS[1:]:
        context = chunks * CHUNK
        cells = run(options, f"passkey_{chunks}",
                    ["passkey", model, "--lengths", context + DECODED, "--depths", ",".join(map(str, depths)),
                     "--trials", trials, "--keys", "1,50000", "--context", context, "--chunk", CHUNK])["cells"]
        print(f"| {chunks} | {' | '.join(str(cell['correct']) for cell in cells)} |", flush=True)
    print(f"\n(of {trials})")


def cost_table(options, model, ids):
    """Processor seconds of one window more, and the peak of the process."""
    print("\n| context tokens | CEPE: seconds, peak | all in the decoder: seconds, peak |\n|---|---|---|")
    for context in COST_CONTEXTS:
        length, row = context + DECODED, []
        for kind, read in (("cepe", context), ("decoder", 0)):
            # 256 tokens a chunk, the authors' size.
            cost = [measure(options, f"cost_{kind}_{context}_{count}", model, ids[:length] * count + [0], length, read,
                            256) for count in (1, 3)]
            seconds = (cost[1]["cpu_seconds"] - cost[0]["cpu_seconds"]) / 2
            row.append(f"{seconds:.2f}, {cost[1]['peak_memory_bytes'] / 1e6:.0f} MB")
        print(f"| {context} | {' | '.join(row)} |", flush=True)


def main():
    options = arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    model, reports = train(options)
    print("| stage | steps | tokens | loss, first and last tenth | processor seconds |\n|---|---|---|---|---|")
    for name, report in reports.items():
        tenth = max(1, len(report["losses"]) // 10)
        first, last = (sum(part) / tenth for part in (report["losses"][:tenth], report["losses"][-tenth:]))
        print(f"| {name} | {report['steps']} | {report['tokens']} | {first:.3f}, {last:.3f} | "
              f"{report['cpu_seconds']:.0f} |")
    held = [ids_of(options, name) for name in ("heldout_kjv.txt", "heldout_jargon.txt")]
    copy_table(options, options.work, held[1])
    context_table(options, model, held)
    passkey_table(options, model)
    cost_table(options, model, held[0])


if __name__ == "__main__":
    main()
