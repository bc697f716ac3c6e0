#!/usr/bin/env python3
"""Whole environments of EnvPool on one thread: physics, observations, rewards and resets.

Usage::

    python envpool_rollout.py half_cheetah|swimmer|... [--rounds N] [--core N]
    python envpool_rollout.py half_cheetah|swimmer|... --interactive [--core N]

Actions are random in [-1, 1]. A round is a reset and an episode of 200 environment
steps of every environment, as in ``metatape benchmark simulator``. An environment
step has as many physics steps as Gymnasium's; bodies that fall start again. ``--interactive`` uses the protocol of ``protocol.py``.
"""

import protocol

TASKS = {
    "half_cheetah": ("HalfCheetah-v4", 6),
    "swimmer": ("Swimmer-v4", 2),
    "walker2d": ("Walker2d-v4", 6),
    "hopper": ("Hopper-v4", 3),
    "inverted_pendulum": ("InvertedPendulum-v4", 1),
    "inverted_double_pendulum": ("InvertedDoublePendulum-v4", 1),
    "reacher": ("Reacher-v4", 2),
}
STEPS = 200


def make_measurement(name, batch):
    """Return a function that runs a round and returns its seconds."""
    import envpool
    import numpy as np

    task, motors = TASKS[name]
    env = envpool.make(
        task,
        env_type="gymnasium",
        num_envs=batch,
        num_threads=1,
        max_episode_steps=STEPS,
        seed=0,
    )
    actions = np.random.default_rng(0).uniform(-1, 1, (STEPS, batch, motors))

    def episode():
        env.reset()
        for action in actions:
            env.step(action)

    return lambda: {"environment": protocol.timed(episode)}


if __name__ == "__main__":
    protocol.run_rollouts("Time whole environments of EnvPool.", TASKS, make_measurement)
