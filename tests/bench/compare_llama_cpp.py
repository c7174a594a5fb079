#!/usr/bin/env python3
"""Ours and llama.cpp on the same GGUF model, tokens and threads, in turn.

    compare_llama_cpp.py --bench build/release/tests/bench/forward_bench --model MODEL.gguf --ids ids.json

Run with a Python that has xllamacpp. llama.cpp's figure is the time its server reports for the prompt: a prefill that
makes the logits of the last position alone, where ours scores every token (so the comparison favours llama.cpp).
Every measurement is a process of its own, ours and theirs alternating. Prints medians and ratios.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys


def run_theirs(arguments):
    """One measurement with llama.cpp; the child process of this script."""
    import xllamacpp

    ids = json.load(open(arguments.ids))["ids"][: arguments.length]
    params = xllamacpp.CommonParams()
    params.model.path = arguments.model
    params.n_ctx = arguments.length + 64
    params.n_parallel = 1
    params.n_batch = arguments.batch
    params.n_ubatch = arguments.batch
    params.cpuparams.n_threads = arguments.threads
    params.cpuparams_batch.n_threads = arguments.threads
    params.warmup = True
    server = xllamacpp.Server(params)
    answer = server.handle_completions({"prompt": ids, "n_predict": 1, "temperature": 0, "cache_prompt": False})
    timings = answer["timings"]
    if timings["prompt_n"] != len(ids):
        sys.exit(f"llama.cpp read {timings['prompt_n']} tokens of {len(ids)}")
    print(json.dumps({"seconds": timings["prompt_ms"] / 1000}))


def run_ours(arguments, dtype):
    command = [arguments.bench, arguments.model, "--ids", arguments.ids, "--length", str(arguments.length),
               "--dtype", dtype, "--threads", str(arguments.threads), "--repeats", "1"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["seconds"][0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--bench", required=True, help="the forward_bench program")
    parser.add_argument("--model", required=True, help="a .gguf file")
    parser.add_argument("--ids", required=True, help='a file {"ids": [...]}')
    parser.add_argument("--length", type=int, default=2048)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=512, help="llama.cpp's batch (its default is 512)")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    if arguments.child:
        return run_theirs(arguments)
    seconds = {"fp32": [], "bf16": [], "llama.cpp": []}
    for _ in range(arguments.rounds):
        for dtype in ("fp32", "bf16"):
            seconds[dtype].append(run_ours(arguments, dtype))
        child = subprocess.run([sys.executable, __file__, "--child", *sys.argv[1:]], check=True,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=os.environ)
        seconds["llama.cpp"].append(json.loads(child.stdout.splitlines()[-1])["seconds"])
    theirs = statistics.median(seconds["llama.cpp"])
    print(f"{arguments.length} tokens, {arguments.threads} thread(s), median of {arguments.rounds}")
    for name, values in seconds.items():
        median = statistics.median(values)
        print(f"{name:10}{median:10.3f} s{arguments.length / median:10.0f} tokens/s{theirs / median:8.2f} x")


if __name__ == "__main__":
    main()
