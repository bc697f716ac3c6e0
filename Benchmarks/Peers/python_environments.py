#!/usr/bin/env python3
"""MetaTape's vector environment in Python against EnvPool's, on one core.

Usage::

    python python_environments.py [--rounds N] [--count N] [--core N] [--json FILE]

A measurement is an episode of 200 steps of every environment after a reset, with
observations, rewards and infos, and actions of NumPy. The two take turns, and each
round gives a ratio. The infos of both have the positions and the parts of the reward.

The overhead of a call is the time of a step of one point on 2D navigation, less the
time that the library itself takes: what remains are Python, NumPy and ctypes.

It needs the packages metatape, gymnasium and envpool.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import statistics
import sys
import time
import timeit

STEPS = 200
# name, MetaTape's environment, EnvPool's, motors
PAIRS = (
    ("half-cheetah", "metatape:metatape/HalfCheetah-v5", "HalfCheetah-v5", 6),
    ("swimmer", "metatape:metatape/Swimmer-v5", "Swimmer-v5", 2),
)


def episode(env, actions):
    """Return a function that runs an episode and returns its seconds."""

    def run():
        env.reset()
        start = time.perf_counter()
        for action in actions:
            env.step(action)
        return time.perf_counter() - start

    return run


def compare(ours, theirs, count, motors, rounds):
    """Return the steps per second of both sides and the ratios, round by round."""
    import envpool
    import gymnasium
    import numpy as np

    actions = np.random.default_rng(0).uniform(-1, 1, (STEPS, count, motors))
    mine = episode(gymnasium.make_vec(ours, count, max_episode_steps=STEPS), actions)
    peer = episode(
        envpool.make(
            theirs,
            env_type="gymnasium",
            num_envs=count,
            num_threads=1,
            max_episode_steps=STEPS,
            seed=0,
        ),
        actions,
    )
    mine(), peer()  # warm up
    seconds = []
    for index in range(rounds):
        # who begins changes, so that a drift of the machine favours nobody
        if index % 2:
            second, first = peer(), mine()
        else:
            first, second = mine(), peer()
        seconds.append((first, second))
    work = STEPS * count
    return {
        "metatape": work / statistics.median(first for first, _ in seconds),
        "envpool": work / statistics.median(second for _, second in seconds),
        "ratios": sorted(second / first for first, second in seconds),
    }


def overhead():
    """Return the microseconds that Python adds to a step."""
    import metatape
    import numpy as np
    from metatape._library import library

    envs = metatape.VectorEnvironment("navigation-2d", 1, task=[0.1, 0.1])
    envs.reset(seed=1)
    action, batch = np.zeros((1, 2)), envs._batch

    def least(call):
        return min(timeit.repeat(call, number=2000, repeat=50)) / 2000 * 1e6

    step = least(lambda: envs.step(action))
    nothing = least(library().functions.metatape_interface)
    inside = least(lambda: batch._advance(batch._handle)) - nothing
    return {"step": step, "library": inside, "overhead": step - inside}


def processor():
    """Return the processor's name, family and model."""
    facts = {}
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            key, _, value = line.partition(":")
            facts.setdefault(key.strip(), value.strip())
    name = facts.get("model name", platform.processor())
    return f"{name} (family {facts.get('cpu family')}, model {facts.get('model')})"


def main():
    """Run all comparisons and print them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument("--count", type=int, default=64, help="environments (default: 64)")
    parser.add_argument("--core", type=int, help="the core that both use (default: the first)")
    parser.add_argument("--json", metavar="FILE", help="also write the figures to a file")
    arguments = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[0] if arguments.core is None else arguments.core})
    versions = {p: importlib.metadata.version(p) for p in ("envpool", "gymnasium", "numpy")}
    result = {"processor": processor(), "python": platform.python_version(), **versions}
    print(", ".join(f"{key} {value}" for key, value in result.items()))
    print(f"{arguments.count} environments, one core, {arguments.rounds} rounds\n")
    print("environment    MetaTape    EnvPool   ratio  quartiles     least  greatest")
    for name, ours, theirs, motors in PAIRS:
        found = compare(ours, theirs, arguments.count, motors, arguments.rounds)
        result[name] = found
        ratios = found["ratios"]
        low, middle, high = statistics.quantiles(ratios, n=4)
        print(
            f"{name:13}{found['metatape']:10,.0f} {found['envpool']:10,.0f}"
            f"  {middle:6.2f}  {low:.2f} … {high:.2f}  {ratios[0]:6.2f}    {ratios[-1]:6.2f}"
        )
        sys.stdout.flush()
    result["call"] = overhead()
    print("\nsteps per second; a ratio above 1 says that MetaTape is faster")
    print(
        f"a call: {result['call']['step']:.2f} µs on one point, of which {result['call']['overhead']:.2f}"
        f" µs are Python's and {result['call']['library']:.2f} µs the library's"
    )
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(result, file, indent=1)


if __name__ == "__main__":
    main()
