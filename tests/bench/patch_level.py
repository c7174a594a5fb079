#!/usr/bin/env python3
"""Patch-level training against token-level training on the demo model's shape, from scratch and at equal data: what it
costs, what is lost on unseen text, and what becomes of context extension.

    tests/bench/patch_level.py WORK [--program ./ropescope] [--tokens N] [--repeated 0.15] [--seed N] [--threads 1]

WORK keeps the text, the models and every result; what is there already isn't computed again. Prints tables and draws
resources/pictures/patch_level.svg (needs matplotlib). Needs the Debian packages bible-kjv and jargon-text.
"""
import argparse
import pathlib
import sys

top = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(top / "resources"))
import demo_text
from kept_run import run

LENGTH, BATCH = 256, 16
METHODS = {"token": (1, 0.0), "patch2": (2, 2 / 3), "patch4": (4, 2 / 3)}
NAMES = {"token": "tokens only", "patch2": "patches of 2", "patch4": "patches of 4"}
COLOURS = {"token": "#000000", "patch2": "#E69F00", "patch4": "#0072B2"}
LENGTHS = [256, 512, 1024, 2048, 4096]
PASSKEY_LENGTHS = [128, 256, 512]
TARGET = 1024


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--program", default=str(top / "ropescope"))
    parser.add_argument("--tokens", type=int, default=11_993_088)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeated", type=float, default=0.15, help="share of windows that only copying predicts")
    parser.add_argument("--characters", type=int, default=40_000, help="of each unseen text")
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def steps_of(tokens, patch, share):
    """As planned by the client: a share of the tokens in sequences of patch x LENGTH, the rest in those of LENGTH."""
    per_token_step = BATCH * LENGTH
    return round(tokens * share / (per_token_step * patch)) + round(tokens * (1 - share) / per_token_step)


def train(options, method):
    patch, share = METHODS[method]
    text = options.work / "text.json"
    if not text.exists():
        demo_text.write(text, options.program, "demo", LENGTH, options.tokens, options.seed, options.repeated)
    return run(options, f"train-{method}",
               ["train", "--from-scratch", top / "resources/demo/model", "--text", text, "--length", LENGTH,
                "--batch", BATCH, "--steps", steps_of(options.tokens, patch, share),
                *(["--method", f"patch:{patch},{share}"] if patch > 1 else []), "--lr", "3e-3", "--schedule", "cosine",
                "--warmup", 20, "--weight-decay", 0.1, "--clip", 1, "--seed", options.seed, "--dtype", "bf16",
                "--output", options.work / method])


def measure(options, method):
    """Perplexities by factors and length, passkey answers by factors and length."""
    model, work = options.work / method, options.work
    measured = {}
    for text in ("kjv", "jargon"):
        measured[text] = work / f"unseen_{text}.txt"
        whole = (top / f"resources/demo/heldout_{text}.txt").read_text()
        measured[text].write_text(whole[:options.characters])
    unseen = {text: run(options, f"unseen-{method}-{text}",
                        ["perplexity", model, "--text", measured[text], "--lengths", LENGTH,
                         "--protocol", "sliding", "--stride", LENGTH, "--dtype", "fp32"])["results"][0]["nll"]
              for text in ("kjv", "jargon")}
    factors = work / f"{method}-searched.json"
    search = run(options, f"search-{method}",
                 ["search", model, "--text", measured["jargon"], "--target", TARGET, "--method", "gradient",
                  "--study", work / f"{method}.ropescope", "--output", factors, "--dtype", "fp32"])
    sets = {"none": "none", "yarn:4": "yarn:4", "yarn:8": "yarn:8", "searched": factors}
    table = {}
    for name, spec in sets.items():
        word = f"{method}-{name.replace(':', '')}"
        perplexities = [run(options, f"ppl-{word}-{length}",
                            ["perplexity", model, "--text", measured["kjv"], "--lengths", length,
                             "--protocol", "sliding", "--stride", length, "--factors", spec, "--dtype", "fp32"])
                        ["results"][0]["perplexity"] for length in LENGTHS]
        passkey = run(options, f"passkey-{word}",
                      ["passkey", model, "--lengths", ",".join(map(str, PASSKEY_LENGTHS)), "--depths",
                       "0.1,0.3,0.5,0.7,0.9", "--trials", 2, "--keys", "1,50000", "--factors", spec, "--dtype", "fp32"])
        right = {length: sum(cell["correct"] for cell in passkey["cells"] if cell["length"] == length)
                 for length in PASSKEY_LENGTHS}
        asked = sum(cell["trials"] for cell in passkey["cells"]) // len(PASSKEY_LENGTHS)
        table[name] = (perplexities, right, asked)
    return unseen, search, table


def smoothed(losses, weight=0.97):
    out, mean = [], 0.0
    for count, loss in enumerate(losses, 1):
        mean = weight * mean + (1 - weight) * loss
        out.append(mean / (1 - weight ** count))
    return out


def draw(options, trained, measured):
    import matplotlib
    matplotlib.use("svg")
    import matplotlib.pyplot as plt
    plt.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "ropescope", "font.family": "DejaVu Sans",
                         "font.size": 9})
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
    for method, (patch, share) in METHODS.items():
        result = trained[method]
        unseen = measured[method][0]
        mean = (unseen["kjv"] + unseen["jargon"]) / 2
        left.plot(result["cpu_seconds"], mean, "o", color=COLOURS[method])
        left.annotate(f"  {NAMES[method]}", (result["cpu_seconds"], mean), color=COLOURS[method], va="center")
        for name, style in (("none", ":"), ("yarn:4", "--"), ("searched", "-")):
            right.plot(LENGTHS, measured[method][2][name][0], style, color=COLOURS[method], marker="o", markersize=3,
                       linewidth=1.3)
    left.set_xlabel("processor seconds")
    left.set_ylabel("loss on unseen text, nats a token")
    left.margins(0.35, 0.25)
    right.set_xscale("log", base=2)
    right.set_yscale("log")
    right.set_xticks(LENGTHS, [f"{length:,}" for length in LENGTHS])
    right.set_yticks([20, 30, 50, 100, 200], ["20", "30", "50", "100", "200"])
    right.minorticks_off()
    right.set_xlabel("tokens in the window (trained at 256)")
    right.set_ylabel("perplexity, unseen text")
    for name, style in (("no factors", ":"), ("yarn:4", "--"), (f"searched at {TARGET:,}", "-")):
        right.plot([], [], style, color="#555555", label=name)
    right.legend(frameon=False, loc="upper left")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", linewidth=0.4, color="#dddddd")
    figure.tight_layout()
    figure.savefig(top / "resources" / "pictures" / "patch_level.svg", metadata={"Date": None})


def main():
    options = arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    trained = {method: train(options, method) for method in METHODS}
    measured = {method: measure(options, method) for method in METHODS}
    base = trained["token"]
    print("| training | tokens | steps | processor seconds | of token-level | lambda/K + 1 - lambda | counted operations | "
          "unseen loss, KJV | unseen loss, Jargon File |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for method, (patch, share) in METHODS.items():
        result, unseen = trained[method], measured[method][0]
        operations = result.get("estimate", {}).get("operations")
        print(f"| {NAMES[method]} | {result['tokens']:,} | {result['steps']} | {result['cpu_seconds']:.0f} | "
              f"{result['cpu_seconds'] / base['cpu_seconds']:.3f} | {share / patch + 1 - share:.3f} | "
              f"{f'{operations:.3g}' if operations else ''} | {unseen['kjv']:.4f} | {unseen['jargon']:.4f} |")
    print()
    print("| training | factors | " + " | ".join(f"perplexity {length:,}" for length in LENGTHS) + " | "
          + " | ".join(f"passkey {length:,}" for length in PASSKEY_LENGTHS) + " |")
    print("|---|---|" + "---:|" * (len(LENGTHS) + len(PASSKEY_LENGTHS)))
    for method in METHODS:
        for name, (perplexities, right, asked) in measured[method][2].items():
            print(f"| {NAMES[method]} | {name} | " + " | ".join(f"{value:.2f}" for value in perplexities) + " | "
                  + " | ".join(f"{right[length]}/{asked}" for length in PASSKEY_LENGTHS) + " |")
    draw(options, trained, measured)


if __name__ == "__main__":
    main()
