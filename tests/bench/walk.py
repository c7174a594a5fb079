#!/usr/bin/env python3
"""The whole walk on the bundled model: search factors at four times the trained length, fine-tune on them with low-rank
adapters and with all parameters, measure before and after, and load the results in transformers.

    tests/bench/walk.py WORK [--program ./ropescope] [--steps 100] [--threads N]

Run with a Python that has torch and transformers. The training text is the Jargon File's part of resources/demo and the
measured one the King James Version's, or the other way round with --swap. Prints tables.
"""
import argparse
import json
import math
import pathlib
import subprocess
import sys

top = pathlib.Path(__file__).resolve().parents[2]
LENGTHS = [256, 512, 1024]
TARGET = 1024


def transformers_nll(model, ids):
    import torch
    from transformers import AutoModelForCausalLM

    loaded = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32).eval()
    with torch.no_grad():
        logits = loaded(torch.tensor([ids]), use_cache=False).logits[0, :-1].double()
    return torch.nn.functional.cross_entropy(logits, torch.tensor(ids[1:])).item()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--program", default=str(top / "ropescope"))
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--swap", action="store_true")
    options = parser.parse_args()
    texts = [str(top / f"resources/demo/heldout_{name}.txt") for name in ("jargon", "kjv")]
    training, measured = reversed(texts) if options.swap else texts
    options.work.mkdir(parents=True, exist_ok=True)

    def run(*words):
        command = [options.program, *map(str, words), "--threads", str(options.threads), "--dtype", "fp32", "--quiet",
                   "--json"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{' '.join(command)}\n{done.stderr}")
        return json.loads(done.stdout)

    factors = options.work / "factors.json"
    if not factors.exists():
        run("search", "demo", "--text", training, "--target", TARGET, "--method", "gradient", "--study",
            options.work / "walk.ropescope", "--output", factors)
    trained = {}
    for name, method in {"adapters": "lora:8", "all parameters": "token"}.items():
        output = options.work / method.replace(":", "")
        if not (output / "config.json").exists():
            run("train", "demo", "--text", training, "--length", TARGET, "--factors", factors, "--method", method,
                "--steps", options.steps, "--lr", "1e-3" if method != "token" else "2e-4", "--warmup",
                max(1, options.steps // 20), "--schedule", "linear", "--clip", 1, "--output", output)
        trained[name] = output
    rows = {"before, no factors": ("demo", "none"), "before, searched factors": ("demo", factors),
            **{f"after, {name}": (output, None) for name, output in trained.items()}}
    print("| model | " + " | ".join(f"perplexity {length:,}" for length in LENGTHS) + " | "
          + " | ".join(f"passkey {length:,}" for length in LENGTHS) + " |")
    print("|---|" + "---:|" * (2 * len(LENGTHS)))
    for name, (model, spec) in rows.items():
        chosen = [] if spec is None else ["--factors", spec]
        perplexities = [run("perplexity", model, "--text", measured, "--lengths", length, "--protocol", "sliding",
                            "--stride", length, *chosen)["results"][0]["perplexity"] for length in LENGTHS]
        cells = run("passkey", model, "--lengths", ",".join(map(str, LENGTHS)), "--depths", "0.1,0.3,0.5,0.7,0.9",
                    "--trials", 2, "--keys", "1,50000", *chosen)["cells"]
        keys = [sum(cell["correct"] for cell in cells if cell["length"] == length) for length in LENGTHS]
        print(f"| {name} | " + " | ".join(f"{value:.2f}" for value in perplexities) + " | "
              + " | ".join(f"{count}/10" for count in keys) + " |", flush=True)

    ids = json.loads(subprocess.run([options.program, "tokenize", "demo", "--json"], capture_output=True, text=True,
                                    check=True, input=pathlib.Path(measured).read_text()).stdout)["ids"]
    print("\n| model | tokens | ours, mean NLL | transformers | difference |")
    print("|---|---:|---:|---:|---:|")
    for name, output in trained.items():
        for length in (256, TARGET):
            text = options.work / f"ids{length}.json"
            text.write_text(json.dumps({"ids": ids[:length]}))
            ours = run("perplexity", output, "--text", text, "--lengths", length)["results"][0]["nll"]
            theirs = transformers_nll(output, ids[:length])
            print(f"| {name} | {length:,} | {ours:.7f} | {theirs:.7f} | {abs(ours - theirs):.1e} |")
            if not math.isclose(ours, theirs, abs_tol=1e-4):
                sys.exit("the two disagree")


if __name__ == "__main__":
    main()
