#!/usr/bin/env python3
"""Physics steps per second of MuJoCo's own batched rollout, one thread.

usage: taskset -c 0 mujoco_rollout.py [--model half_cheetah|swimmer] [--seconds 4] [--batch 64]

Needs mujoco==4.0.0 gymnasium==1.4.0. Random actions in [-1, 1] are held for one environment step
(5 physics steps for the half-cheetah, 4 for the swimmer); episodes of 200 environment steps start
near the authored pose, as in the Swift benchmark.
"""
import argparse
import json
import os
import time

import gymnasium
import mujoco
import numpy as np
from mujoco import rollout

FRAMES = {"half_cheetah": 5, "swimmer": 4}


def measure(name, seconds, batch, steps=200):
    """Physics steps per second, states recorded at every physics step as rollout() does."""
    assets = os.path.join(os.path.dirname(gymnasium.__file__), "envs", "mujoco", "assets")
    model = mujoco.MjModel.from_xml_path(os.path.join(assets, name + ".xml"))
    data = mujoco.MjData(model)
    frames = FRAMES[name]
    rng = np.random.default_rng(0)
    size = mujoco.mj_stateSize(model, mujoco.mjtState.mjSTATE_FULLPHYSICS)
    done, elapsed = 0, 0.0
    states = np.zeros((batch, steps * frames, size))
    sensors = np.zeros((batch, steps * frames, model.nsensordata))
    with rollout.Rollout(nthread=0) as runner:
        while elapsed < seconds:
            initial = np.zeros((batch, size))
            initial[:, 1:1 + model.nq] = model.qpos0 + rng.uniform(-0.1, 0.1, (batch, model.nq))
            initial[:, 1 + model.nq:1 + model.nq + model.nv] = rng.uniform(
                -0.1, 0.1, (batch, model.nv))
            control = np.repeat(rng.uniform(-1, 1, (batch, steps, model.nu)), frames, axis=1)
            start = time.perf_counter()
            runner.rollout([model] * batch, [data], initial, control, skip_checks=False,
                           state=states, sensordata=sensors)
            elapsed += time.perf_counter() - start
            done += batch * steps * frames
    return done / elapsed


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", choices=sorted(FRAMES), action="append")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--batch", type=int, default=64)
    options = parser.parse_args()
    for name in options.model or sorted(FRAMES):
        rate = measure(name, options.seconds, options.batch)
        print(json.dumps({"peer": "mujoco.rollout", "version": mujoco.__version__,
                          "model": name, "physics_steps_per_second": round(rate)}))
