#!/usr/bin/env python3
"""Physics of MuJoCo's own batched rollout on one thread.

Usage::

    python mujoco_rollout.py half_cheetah|swimmer|... [--rounds N] [--core N]
    python mujoco_rollout.py half_cheetah|swimmer|... --interactive [--core N]

Random actions in [-1, 1] are held for one environment step, which has as many
physics steps as Gymnasium's. A round is an episode of 200 environment
steps of every environment, starting near the authored pose, as in
``metatape benchmark simulator``. ``--interactive`` uses the protocol of
``protocol.py``.
"""

import os

import protocol

FRAMES = {
    "half_cheetah": 5,
    "swimmer": 4,
    "walker2d": 4,
    "hopper": 4,
    "inverted_pendulum": 2,
    "inverted_double_pendulum": 5,
    "reacher": 2,
}
FILES = {"walker2d": "walker2d_v5"}  # that of Gymnasium's version 5, where it is another one
STEPS = 200


def make_measurement(name, batch):
    """Return a function that times a round; states are recorded, as rollout() does."""
    import gymnasium
    import mujoco
    import numpy as np
    from mujoco import rollout

    assets = os.path.join(os.path.dirname(gymnasium.__file__), "envs", "mujoco", "assets")
    model = mujoco.MjModel.from_xml_path(os.path.join(assets, FILES.get(name, name) + ".xml"))
    data = mujoco.MjData(model)
    frames = FRAMES[name]
    rng = np.random.default_rng(0)
    size = mujoco.mj_stateSize(model, mujoco.mjtState.mjSTATE_FULLPHYSICS)
    states = np.zeros((batch, STEPS * frames, size))
    sensors = np.zeros((batch, STEPS * frames, model.nsensordata))
    runner = rollout.Rollout(nthread=0)

    def measure():
        initial = np.zeros((batch, size))
        qpos, qvel = np.split(initial[:, 1:], [model.nq], axis=1)
        qpos[:] = model.qpos0 + rng.uniform(-0.1, 0.1, qpos.shape)
        qvel[:, : model.nv] = rng.uniform(-0.1, 0.1, (batch, model.nv))
        control = np.repeat(rng.uniform(-1, 1, (batch, STEPS, model.nu)), frames, axis=1)
        seconds = protocol.timed(
            lambda: runner.rollout(
                [model] * batch,
                [data],
                initial,
                control,
                skip_checks=False,
                state=states,
                sensordata=sensors,
            )
        )
        return {"physics": seconds}

    return measure


if __name__ == "__main__":
    protocol.run_rollouts(
        "Time physics steps of MuJoCo's batched rollout.", FRAMES, make_measurement
    )
