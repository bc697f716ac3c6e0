"""Records single steps of Gymnasium's pendulums and reacher.

    python control_steps.py --seed 20261128 > control_steps.json

Needs gymnasium 1.4.0, mujoco 4.0.0 and numpy. For each environment the file has the observation after a start
from a state, and samples of episodes that go on after their end, so that carts reach the end of the rail: a
state, an action, and observation, reward and end after one step from a cold start of the constraint solver.
`force` is the greatest magnitude of a constraint force seen.
"""

import argparse
import json

import gymnasium
import numpy as np

NAMES = {
    "inverted-pendulum": "InvertedPendulum-v5",
    "inverted-double-pendulum": "InvertedDoublePendulum-v5",
    "reacher": "Reacher-v5",
}


def record(name, seed):
    env = gymnasium.make(NAMES[name]).unwrapped
    rng = np.random.default_rng([seed, len(name)])
    bound = env.action_space.high
    starts, samples, force = [], [], 0.0
    for episode in range(5):
        env.reset(seed=seed + episode)
        data = env.data
        # a start on its own: nothing of an earlier step is left
        env.set_state(data.qpos, data.qvel)
        starts.append(
            {
                "qpos": data.qpos.tolist(),
                "qvel": data.qvel.tolist(),
                "observation": env._get_obs().tolist(),
            }
        )
        push = rng.uniform(-1, 1, bound.shape)
        for _ in range(20):
            data.qacc_warmstart[:] = 0
            qpos, qvel = data.qpos.tolist(), data.qvel.tolist()
            action = (0.6 * push + rng.uniform(-0.8, 0.8, bound.shape)) * bound
            observation, reward, terminated, *_ = env.step(action)
            force = max(force, float(abs(data.qfrc_constraint).max()))
            samples.append(
                {
                    "qpos": qpos,
                    "qvel": qvel,
                    "action": action.tolist(),
                    "observation": observation.tolist(),
                    "reward": float(reward),
                    "terminated": bool(terminated),
                }
            )
    return {"starts": starts, "samples": samples, "force": force}


parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=int, required=True)
seed = parser.parse_args().seed
print(json.dumps({name: record(name, seed) for name in NAMES}))
