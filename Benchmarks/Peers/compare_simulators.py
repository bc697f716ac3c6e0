#!/usr/bin/env python3
"""Physics steps per second of MetaTape, MuJoCo's batched rollout and EnvPool, in turn on one core.

usage: compare_simulators.py PATH/TO/metatape [--rounds 9] [--seconds 1.5] [--core 0] [--json FILE]

Needs what requirements-simulators.txt names. The programs take turns, so that a busy machine slows
all of them: compare ratios, not rates. A ratio is the median over rounds of neighbouring runs.
MuJoCo's rollout is compared with the physics alone, EnvPool with the whole environment
(observations, rewards, resets).
"""
import argparse
import json
import os
import platform
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
MODELS = {"half_cheetah": "half-cheetah", "swimmer": "swimmer"}


def run(core, command):
    """Standard output of a command pinned to one core."""
    return subprocess.run(["taskset", "-c", str(core)] + command, capture_output=True,
                          text=True, check=True).stdout


def metatape(options, model):
    """Rates of the physics alone and of the whole environment."""
    text = run(options.core, [options.program, "benchmark", "simulator", MODELS[model],
                              "--rounds", "31", "--warm-up", "2", "--json"])
    return {entry["name"]: entry["per_second"] for entry in json.loads(text)["timings"]}


def peer(options, script, model):
    """Rate that a peer's script prints."""
    text = run(options.core, [sys.executable, os.path.join(HERE, script), "--model", model,
                              "--seconds", str(options.seconds)])
    lines = [line for line in text.splitlines() if line.startswith("{")]
    return json.loads(lines[-1])["physics_steps_per_second"]


def processor():
    """The name of this machine's processor."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--core", type=int, default=0)
    parser.add_argument("--json")
    options = parser.parse_args()
    rows = []
    for model in MODELS:
        rounds = []
        for _ in range(options.rounds):
            own = metatape(options, model)
            rounds.append((own["physics"], peer(options, "mujoco_rollout.py", model),
                           own["environment"], peer(options, "envpool_rollout.py", model)))
        physics, mujoco, environment, envpool = (statistics.median(c) for c in zip(*rounds))
        rows.append({"model": model, "what": "physics", "peer": "mujoco.rollout",
                     "metatape": physics, "other": mujoco,
                     "ratio": statistics.median(r[0] / r[1] for r in rounds)})
        rows.append({"model": model, "what": "environment", "peer": "EnvPool",
                     "metatape": environment, "other": envpool,
                     "ratio": statistics.median(r[2] / r[3] for r in rounds)})
    print(f"{'model':14}{'what':14}{'peer':18}{'MetaTape/s':>14}{'peer/s':>12}{'ratio':>8}")
    for row in rows:
        print(f"{row['model']:14}{row['what']:14}{row['peer']:18}{row['metatape']:14,.0f}"
              f"{row['other']:12,.0f}{row['ratio']:8.1f}")
    print(f"\n{options.rounds} rounds, one core of {processor()}, physics steps per second.")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"schema_version": 1, "processor": processor(), "rounds": options.rounds,
                       "rows": rows}, file, indent=2)


if __name__ == "__main__":
    main()
