#!/usr/bin/env python3
"""Physics steps of an MJCF file as MuJoCo makes them, for ``metatape verify model``.

Usage::

    python record_steps.py FILE.xml STEPS.json [--steps N] [--seed S]

A run of N steps with random controls in [-1, 1] starts near the authored pose. Every
sample is one step from a state of that run, without a warm start of the solver.
"""

import argparse
import json

import mujoco
import numpy as np


def record(model, steps, seed):
    """Return the samples of a run."""
    rng = np.random.default_rng(seed)
    run, alone = mujoco.MjData(model), mujoco.MjData(model)
    run.qpos[:] = model.qpos0 + rng.uniform(-0.1, 0.1, model.nq)
    run.qvel[:] = rng.uniform(-0.1, 0.1, model.nv)
    samples = []
    for _ in range(steps):
        run.ctrl[:] = rng.uniform(-1, 1, model.nu)
        mujoco.mj_resetData(model, alone)
        alone.qpos[:], alone.qvel[:], alone.ctrl[:] = run.qpos, run.qvel, run.ctrl
        sample = {name: getattr(alone, name).tolist() for name in ("qpos", "qvel", "ctrl")}
        mujoco.mj_step(model, alone)
        sample.update(qpos_next=alone.qpos.tolist(), qvel_next=alone.qvel.tolist())
        samples.append(sample)
        mujoco.mj_step(model, run)
    return samples


def main():
    """Write the recording."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("model")
    parser.add_argument("output")
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    model = mujoco.MjModel.from_xml_path(options.model)
    samples = record(model, options.steps, options.seed)
    with open(options.output, "w") as file:
        json.dump({"mujoco": mujoco.__version__, "samples": samples}, file)


if __name__ == "__main__":
    main()
