"""The names of the environments in Gymnasium's registry."""

from __future__ import annotations

from typing import Any

# the catalog's tasks, and after how many steps an episode is truncated; a test compares the names
# with the library's, which is not loaded here
TASKS = {
    "navigation-2d": 100,
    "navigation-2d-corners": 100,
    "sparse-point-robot": 20,
    "point-robot-wind": 20,
    "half-cheetah-direction": 200,
    "half-cheetah-velocity": 200,
    "half-cheetah-random-masses": 200,
    "half-cheetah-random-limbs": 200,
    "swimmer-direction": 200,
    "swimmer-velocity": 200,
    "walker2d-direction": 200,
    "walker2d-velocity": 200,
    "hopper-direction": 200,
    "walker2d-random-parameters": 200,
    "hopper-random-parameters": 200,
    "inverted-pendulum": 200,
    "inverted-double-pendulum": 200,
    "reacher": 50,
    "body": 100,
    "tabular": 100,
    "bernoulli-bandit": 10,
    "gaussian-bandit": 10,
    "random-mdp": 10,
}

# Gymnasium's environments of the same names: reward, control cost and steps
GYMNASIUM: dict[str, dict[str, Any]] = {
    "HalfCheetah-v5": {"name": "half-cheetah-direction", "control_cost": 0.1, "task": [1.0]},
    "Swimmer-v5": {"name": "swimmer-direction", "control_cost": 1e-4, "task": [1.0]},
    "Walker2d-v5": {
        "name": "walker2d-direction",
        "control_cost": 1e-3,
        "action_repeat": 1,
        "pays_fall": False,
        "task": [1.0],
    },
    "Hopper-v5": {
        "name": "hopper-random-parameters",
        "control_cost": 1e-3,
        "pays_fall": False,
        "task": [1.0] * 16,  # of all masses, inertias, dampings and frictions
    },
    "InvertedPendulum-v5": {"name": "inverted-pendulum", "task": [1.0, 1.0]},
    "InvertedDoublePendulum-v5": {"name": "inverted-double-pendulum", "task": [1.0, 1.0]},
    "Reacher-v5": {
        "name": "reacher",
        "control_cost": 1.0,
        "sees_target": True,
        "draws_target": True,
        "task": [0.1, -0.1],  # without effect: every episode draws a target
    },
}
GYMNASIUM_STEPS = {name: 50 if name == "Reacher-v5" else 1000 for name in GYMNASIUM}


def environment_name(task: str) -> str:
    """The name of a task of the catalog: HalfCheetahDirection of half-cheetah-direction.

    Tasks around one of Gymnasium's environments have `Tasks` behind its name: Gymnasium takes
    another version of a name for an outdated one.
    """
    words = task.split("-")
    name = "".join(w.upper() if w[0].isdigit() else w[0].upper() + w[1:] for w in words)
    return f"{name}Tasks" if f"{name}-v5" in GYMNASIUM else name


def specifications() -> dict[str, tuple[int, dict[str, Any]]]:
    """The steps of an episode and the arguments of each environment, by name."""
    names: dict[str, tuple[int, dict[str, Any]]] = {
        f"metatape/{environment_name(task)}-v1": (steps, {"name": task})
        for task, steps in TASKS.items()
    }
    for name, arguments in GYMNASIUM.items():
        names[f"metatape/{name}"] = (GYMNASIUM_STEPS[name], arguments)
    return names


def register() -> None:
    """Adds all environments to Gymnasium's registry, once."""
    import gymnasium

    for name, (steps, arguments) in specifications().items():
        if name not in gymnasium.registry:
            gymnasium.register(
                name,
                entry_point="metatape.environments:Environment",
                vector_entry_point="metatape.environments:VectorEnvironment",
                max_episode_steps=steps,
                kwargs=arguments,
            )
