"""MetaTape: meta-reinforcement learning with exact meta-gradients and a fast simulator.

- `Environment`, `VectorEnvironment`: for Gymnasium, `gymnasium.make_vec("metatape/HalfCheetah-v5")`
- `Model`, `rollout`: the simulator
- `certify`, `certify_presets`, `study`: is an estimator of the meta-gradient unbiased?
- `load_run`, `load_trajectories`: what `metatape train` and `metatape evaluate` wrote
- `Policy`: log-probabilities and their derivatives
"""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from ._library import lock
from .certificates import Verdict, certify, certify_presets, study
from .errors import (
    CallbackError,
    ForkedError,
    InvalidArgumentError,
    InvalidHandleError,
    InvalidStateError,
    InvalidTypeError,
    LoadError,
    MetaTapeError,
    UnsupportedError,
)
from .estimators import Estimator, PairwiseEstimator, Problem
from .information import build, catalog
from .networks import RunPolicy
from .policies import Policy
from .runs import Run, Trajectories, load_run, load_trajectories
from .simulator import Model, rollout

if TYPE_CHECKING:
    from .environments import Environment, VectorEnvironment

__version__ = "0.1.0"

__all__ = [
    "CallbackError",
    "Environment",
    "Estimator",
    "ForkedError",
    "InvalidArgumentError",
    "InvalidHandleError",
    "InvalidStateError",
    "InvalidTypeError",
    "LoadError",
    "MetaTapeError",
    "Model",
    "PairwiseEstimator",
    "Policy",
    "Problem",
    "Run",
    "RunPolicy",
    "Trajectories",
    "UnsupportedError",
    "VectorEnvironment",
    "Verdict",
    "build",
    "catalog",
    "certify",
    "certify_presets",
    "load_run",
    "load_trajectories",
    "rollout",
    "study",
]


def __getattr__(name: str) -> Any:
    """The environments are imported when they are used, since they need Gymnasium."""
    if name in ("Environment", "VectorEnvironment"):
        # a fork waits for it: a child could not end the import of another thread
        with lock:
            return getattr(importlib.import_module(".environments", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


if find_spec("gymnasium") is not None:
    from .registration import register

    register()
