#!/usr/bin/env python3
"""Physics steps per second of EnvPool, one thread, with observations, rewards and resets.

usage: taskset -c 0 envpool_rollout.py [--model half_cheetah|swimmer] [--seconds 4] [--batch 64]

Needs envpool (1.2.5 from PyPI works with Python 3.11). Random actions in [-1, 1]; episodes of 200
environment steps, 5 physics steps each for the half-cheetah, 4 for the swimmer.
"""
import argparse
import json
import time

import envpool
import numpy as np

TASKS = {"half_cheetah": ("HalfCheetah-v4", 5, 6), "swimmer": ("Swimmer-v4", 4, 2)}


def measure(name, seconds, batch):
    """Physics steps per second."""
    task, frames, motors = TASKS[name]
    env = envpool.make(task, env_type="gymnasium", num_envs=batch, num_threads=1,
                       max_episode_steps=200, seed=0)
    rng = np.random.default_rng(0)
    actions = rng.uniform(-1, 1, (64, batch, motors))
    env.reset()
    steps, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        for action in actions:
            env.step(action)
        steps += len(actions)
    return steps * batch * frames / (time.perf_counter() - start)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", choices=sorted(TASKS), action="append")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--batch", type=int, default=64)
    options = parser.parse_args()
    for name in options.model or sorted(TASKS):
        rate = measure(name, options.seconds, options.batch)
        print(json.dumps({"peer": "envpool", "version": envpool.__version__, "model": name,
                          "physics_steps_per_second": round(rate)}))
