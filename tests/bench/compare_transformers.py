#!/usr/bin/env python3
"""Ours and Hugging Face transformers on the same model, tokens, threads and type, in turn.

    compare_transformers.py --bench build/release/tests/bench/forward_bench --model FOLDER --ids ids.json

Run with a Python that has torch and transformers. Every measurement is a process of its own (so that peak memory is
its own), ours and theirs alternating. Loads: the time until the weights are ready, with the file in the page cache.
Prints a table of medians and ratios; seconds are wall time, cpu_seconds the processor time of the whole process.
"""
import argparse
import json
import resource
import statistics
import subprocess
import sys
import time


def run_theirs(arguments):
    """One measurement with transformers; the child process of this script."""
    import torch
    from transformers import AutoModelForCausalLM

    torch.set_num_threads(arguments.threads)
    base = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    dtype = torch.bfloat16 if arguments.dtype == "bf16" else torch.float32
    model = AutoModelForCausalLM.from_pretrained(arguments.model, dtype=dtype, attn_implementation="sdpa").eval()
    load = time.perf_counter() - start
    ids = torch.tensor([json.load(open(arguments.ids))["ids"][: arguments.length]])
    start = time.perf_counter()
    with torch.inference_mode():
        logits = model(ids, use_cache=False).logits[0, :-1]
        nll = torch.nn.functional.cross_entropy(logits.float(), ids[0, 1:], reduction="mean").item()
    seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime - base.ru_utime - base.ru_stime
    print(json.dumps({"load_seconds": load, "seconds": seconds, "cpu_seconds": cpu, "nll": nll,
                      "peak_bytes": used.ru_maxrss * 1024}))


def run_ours(arguments):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [arguments.bench, arguments.model, "--ids", arguments.ids, "--length", str(arguments.length),
               "--dtype", arguments.dtype, "--threads", str(arguments.threads), "--repeats", "1"]
    result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    result["seconds"] = result["seconds"][0]
    result["cpu_seconds"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return result


def measure(arguments):
    ours, theirs = [], []
    for _ in range(arguments.rounds):
        ours.append(run_ours(arguments))
        child = subprocess.run([sys.executable, __file__, "--child", *sys.argv[1:]], check=True,
                               capture_output=True, text=True)
        theirs.append(json.loads(child.stdout.splitlines()[-1]))
    print(f"{arguments.length} tokens, {arguments.dtype}, {arguments.threads} thread(s), median of {arguments.rounds}")
    print(f"{'':14}{'ours':>12}{'transformers':>14}{'ratio':>8}")
    for key in ("load_seconds", "seconds", "cpu_seconds", "peak_bytes", "nll"):
        a = statistics.median(run[key] for run in ours)
        b = statistics.median(run[key] for run in theirs)
        print(f"{key:14}{a:12.6g}{b:14.6g}{b / a:8.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--bench", required=True, help="the forward_bench program")
    parser.add_argument("--model", required=True, help="a model folder")
    parser.add_argument("--ids", required=True, help='a file {"ids": [...]}')
    parser.add_argument("--length", type=int, default=2048)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--dtype", choices=["fp32", "bf16"], default="fp32")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    if arguments.child:
        run_theirs(arguments)
    else:
        measure(arguments)


main()
