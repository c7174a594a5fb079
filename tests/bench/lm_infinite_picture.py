#!/usr/bin/env python3
"""Draws resources/pictures/lm_infinite.svg: perplexity of the bundled model to 16 times its trained length under full
attention, LM-Infinite, and its two halves alone. Needs matplotlib.

    tests/bench/lm_infinite_picture.py [PROGRAM]          PROGRAM: ./ropescope
"""
import json
import pathlib
import subprocess
import sys

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

top = pathlib.Path(__file__).resolve().parents[2]
program = sys.argv[1] if len(sys.argv) > 1 else str(top / "ropescope")
forms = {
    "full": ("full attention", "#000000"),
    "lm-infinite-mask": ("its mask alone", "#E69F00"),
    "lm-infinite-ceiling": ("its ceiling alone", "#009E73"),
    "lm-infinite": ("LM-Infinite", "#0072B2"),
}
lengths = [256, 512, 1024, 2048, 4096]


def perplexity(form, length):
    """Windows side by side over the whole text, every token but a window's first scored."""
    command = [program, "perplexity", "demo", "--text", "demo", "--lengths", str(length), "--protocol", "sliding",
               "--stride", str(length), "--factors", "none", "--attention", form, "--quiet", "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["results"][0]["perplexity"]


plt.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "ropescope", "font.family": "DejaVu Sans", "font.size": 9})
figure, axes = plt.subplots(figsize=(7, 3.4))
for form, (label, colour) in forms.items():
    values = [perplexity(form, length) for length in lengths]
    print(form, *(f"{value:.2f}" for value in values))
    axes.plot(lengths, values, color=colour, marker="o", markersize=3.5, linewidth=1.4)
    axes.annotate(f" {label}", (lengths[-1], values[-1]), color=colour, va="center", annotation_clip=False)
axes.set_xscale("log", base=2)
axes.set_yscale("log")
axes.set_xticks(lengths, [f"{length:,}" for length in lengths])
axes.set_yticks([20, 30, 50, 100], ["20", "30", "50", "100"])
axes.minorticks_off()
axes.set_xlabel("tokens in the window (trained at 256)")
axes.set_ylabel("perplexity, unseen text")
axes.spines[["top", "right"]].set_visible(False)
axes.grid(axis="y", linewidth=0.4, color="#dddddd")
figure.subplots_adjust(left=0.09, right=0.79, top=0.97, bottom=0.15)
figure.savefig(top / "resources" / "pictures" / "lm_infinite.svg", metadata={"Date": None})
