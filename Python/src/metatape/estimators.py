"""The estimators that `metatape.certify` examines.

The classes are those of `metatape_external.py`, so an estimator that was written for
`metatape certify --external` can be used here as it is, and the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ._arrays import Floats, Indices
from .errors import InvalidTypeError


@dataclass(frozen=True, eq=False)
class Problem:
    """A softmax policy with `logits(s) = features[s] @ theta`, and a table of all trajectories."""

    name: str
    features: Floats  # [S, A, d]
    parameters: Floats  # theta: [d]
    step_size: float  # of the inner steps
    discount: float
    inner_steps: int
    steps: int  # of the longest episode
    inner_batch: int
    outer_batch: int
    states: Indices  # [N, steps], 0 behind the end of an episode, as are actions and rewards
    actions: Indices  # [N, steps]
    rewards: Floats  # [N, steps]
    lengths: Indices  # [N], the steps of each trajectory
    tasks: Indices  # [N], the task that each trajectory is of
    mask: Floats = field(init=False)  # [N, steps], 1 within the episode and 0 behind its end
    discounted_rewards: Floats = field(init=False)  # [N, steps]: discount^h r_h
    returns_to_go: Floats = field(init=False)  # [N, steps]: R^h = sum_{k >= h} discount^k r_k

    def __post_init__(self) -> None:
        mask = (np.arange(self.steps) < self.lengths[:, None]).astype(float)
        discounted = mask * self.rewards * self.discount ** np.arange(self.steps)
        object.__setattr__(self, "mask", mask)
        object.__setattr__(self, "discounted_rewards", discounted)
        to_go = discounted[:, ::-1].cumsum(1)[:, ::-1]  # counted from the start of the episode
        object.__setattr__(self, "returns_to_go", to_go.copy())

    @classmethod
    def read(cls, message: dict[str, Any]) -> Problem:
        """The problem of a request."""
        kinds: dict[str, type] = dict.fromkeys(("features", "parameters", "rewards"), float)
        kinds |= dict.fromkeys(("states", "actions", "lengths", "tasks"), int)
        names = {"stepSize": "step_size", "innerSteps": "inner_steps"}
        names |= {"innerBatch": "inner_batch", "outerBatch": "outer_batch"}
        known = {names.get(key, key): value for key, value in message.items()}
        known = {key: known[key] for key, entry in cls.__dataclass_fields__.items() if entry.init}
        return cls(**{k: np.asarray(v, kinds[k]) if k in kinds else v for k, v in known.items()})


class Estimator:
    """What is certified: inner steps, and an estimate of the meta-gradient, of many chains at once.

    Batches are arrays of row numbers of the problem's table of trajectories. Results may be arrays
    of NumPy, JAX or PyTorch.
    """

    name = "estimator"  # for reports
    dtype = "float64"  # or "float32"
    ordered = False  # whether results depend on the order of a batch's trajectories
    unbiased = False  # whether it claims to be unbiased

    def __init__(self, **members: Any) -> None:
        """Replaces members of the class: `Estimator(name="mine", adapt=f, estimate=g)`."""
        for key, value in members.items():
            if not hasattr(self, key):
                raise InvalidTypeError(f"an estimator has no {key!r}")
            setattr(self, key, value)

    def pose(self, problem: Problem) -> None:
        """Called once for each problem, before its chains: the place to compute tables."""

    def adapt(self, problem: Problem, chains: Indices, parameters: Floats) -> Any:
        """Parameters after the inner steps.

        Shapes: `chains` [count, t, inner_batch] and `parameters` [count, d] to [count, d].
        """
        raise NotImplementedError("the estimator has no adapt")

    def estimate(self, problem: Problem, chains: Indices, outer: Indices) -> Any:
        """Estimates of the meta-gradient at `problem.parameters`, an ascent direction.

        Shapes: `chains` [count, inner_steps, inner_batch] and `outer` [count, outer_batch] to
        [count, d].
        """
        raise NotImplementedError("the estimator has no estimate")


class PairwiseEstimator(Estimator):
    """An estimator that handles one chain at a time."""

    def adapt_one(self, problem: Problem, chain: Indices, parameters: Floats) -> Any:
        """Parameters after inner steps. Shapes: [t, inner_batch] and [d] to [d]."""
        raise NotImplementedError("the estimator has no adapt_one")

    def estimate_one(self, problem: Problem, chain: Indices, outer: Indices) -> Any:
        """The estimate. Shapes: [inner_steps, inner_batch] and [outer_batch] to [d]."""
        raise NotImplementedError("the estimator has no estimate_one")

    def adapt(self, problem: Problem, chains: Indices, parameters: Floats) -> Any:
        pairs = zip(chains, parameters, strict=True)
        return [np.asarray(self.adapt_one(problem, *pair), float) for pair in pairs]

    def estimate(self, problem: Problem, chains: Indices, outer: Indices) -> Any:
        pairs = zip(chains, outer, strict=True)
        return [np.asarray(self.estimate_one(problem, *pair), float) for pair in pairs]
