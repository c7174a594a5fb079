"""The client run once: an experiment's script can be stopped and started again, and nothing is computed twice."""
import json
import resource
import subprocess
import sys


def run(options, name, words):
    """The client's JSON and its processor seconds, kept in WORK/name.json."""
    kept = options.work / f"{name}.json"
    if not kept.exists():
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [options.program, *map(str, words), "--threads", str(options.threads), "--quiet", "--json"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{' '.join(command)}\n{done.stderr}")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        result = json.loads(done.stdout)
        result["cpu_seconds"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        kept.write_text(json.dumps(result))
        print(name, f"{result['cpu_seconds']:.1f} s", file=sys.stderr, flush=True)
    return json.loads(kept.read_text())
