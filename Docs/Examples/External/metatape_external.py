"""Answer `metatape certify --external` from Python. Copy this file beside yours; it needs NumPy.

    import metatape_external as external

    class Mine(external.Estimator):
        name = "mine"

        def adapt(self, problem, chains, parameters):  # -> [count, d]
            ...

        def estimate(self, problem, chains, outer):  # -> [count, d]
            ...

    external.serve(Mine())

`external.Estimator(name="mine", adapt=..., estimate=...)` makes one from two functions, and
`PairwiseEstimator` is for programs that handle one chain at a time. From `serve` on prints go to
stderr; call `claim_streams()` before imports that print.

`Emitted.read(path)` reads a file of `metatape certify --emit`, for a loop of your own.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


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
        kinds = {key: float for key in ("features", "parameters", "rewards")}
        kinds |= {key: int for key in ("states", "actions", "lengths", "tasks")}
        names = {"stepSize": "step_size", "innerSteps": "inner_steps"}
        names |= {"innerBatch": "inner_batch", "outerBatch": "outer_batch"}
        known = {names.get(key, key): value for key, value in message.items()}
        known = {key: known[key] for key, entry in cls.__dataclass_fields__.items() if entry.init}
        return cls(**{k: np.asarray(v, kinds[k]) if k in kinds else v for k, v in known.items()})


@dataclass(frozen=True, eq=False)
class Emitted:
    """A file of `metatape certify --emit`: all pairs of a chain and an outer batch of a problem."""

    problem: Problem
    chains: Indices  # [pairs, inner_steps, inner_batch], rows of the problem's table
    outer: Indices  # [pairs, outer_batch]
    probabilities: Floats  # [pairs], with sum 1, if inner steps are those of equation 5
    adapted: Floats  # [pairs, d]: theta after these inner steps
    gradient: Floats  # [d]: that of V, the expected return after sampled inner steps
    mean_step_gradient: Floats  # [d]: that of V-hat, whose inner steps are the mean ones

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Emitted:
        """Reads a file."""
        data = Path(path).read_bytes()
        start = 8 + int.from_bytes(data[:8], "little")
        header = json.loads(data[8:start])
        metadata = header.pop("__metadata__")
        if metadata.pop("formatVersion") != "1":
            raise ValueError(f"{path} has another version of the format than 1")
        arrays: dict[str, Any] = {}
        for name, entry in header.items():
            first, end = (start + offset for offset in entry["data_offsets"])
            kind = {"F64": "<f8", "I64": "<i8"}[entry["dtype"]]
            arrays[name] = np.frombuffer(data[first:end], kind).reshape(entry["shape"])
        own = {key: arrays.pop(key) for key in cls.__dataclass_fields__ if key != "problem"}
        name = metadata.pop("name")
        sizes = {key: json.loads(value) for key, value in metadata.items()}
        return cls(Problem.read(arrays | sizes | {"name": name}), **own)

    def bias(self, estimates: Any) -> float:
        """How far the mean of `estimates` [pairs, d] is from `gradient`, relative to its norm."""
        mean = self.probabilities @ np.asarray(estimates, float)
        return float(np.linalg.norm(mean - self.gradient) / np.linalg.norm(self.gradient))


class Estimator:
    """What is certified: inner steps, and an estimate of the meta-gradient, of many chains at once.

    Batches are arrays of row numbers of the problem's table of trajectories.
    """

    name = "estimator"  # for reports
    dtype = "float64"  # or "float32"
    ordered = False  # whether results depend on the order of a batch's trajectories
    unbiased = False  # whether it claims to be unbiased

    def __init__(self, **members: Any) -> None:
        """Replaces members of the class: `Estimator(name="mine", adapt=f, estimate=g)`."""
        for key, value in members.items():
            if not hasattr(self, key):
                raise TypeError(f"an estimator has no {key!r}")
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


def rows(values: Any, key: str, request: Any, shape: tuple[int, int]) -> list[list[float]]:
    """The numbers of a reply, if they have the right shape and JSON has them."""
    try:
        values = np.asarray(values, float)
    except (TypeError, ValueError) as error:  # such as rows of different lengths
        raise ValueError(f"{key} of request {request}: expected shape {shape}: {error}") from error
    if values.shape != shape:
        raise ValueError(f"{key} of request {request}: expected shape {shape}, got {values.shape}")
    bad = ~np.isfinite(values).all(1)
    if bad.any():
        row = int(bad.argmax())
        raise ValueError(f"{key}[{row}] of request {request} is not finite: {values[row].tolist()}")
    return values.tolist()


def answer(estimator: Estimator, problem: Problem | None, message: dict[str, Any]) -> dict:
    """The reply to a request other than `problem`."""
    request = message["request"]
    if request == "hello":
        promises = {"ordered": bool(estimator.ordered), "unbiased": bool(estimator.unbiased)}
        return {"protocol": 1, "name": estimator.name, "dtype": estimator.dtype} | promises
    if request not in ("adapt", "estimate"):
        raise ValueError(f"unknown request {request!r}")
    if problem is None:
        raise ValueError(f"{request!r} came before a problem")
    shape = (len(message["chains"]), len(problem.parameters))
    chains = np.asarray(message["chains"], int).reshape(shape[0], -1, problem.inner_batch)
    if request == "adapt":
        start = np.asarray(message.get("parameters") or [problem.parameters] * shape[0], float)
        adapted = estimator.adapt(problem, chains, start)
        return {"parameters": rows(adapted, "parameters", message["id"], shape)}
    outer = np.asarray(message["outer"], int)
    gradients = estimator.estimate(problem, chains, outer)
    return {"gradients": rows(gradients, "gradients", message["id"], shape)}


@cache
def claim_streams() -> tuple[TextIO, TextIO]:
    """Takes the standard input and output for the protocol.

    What Python, a C library or a child prints from here on goes to stderr, as does what is still in
    a buffer. Who reads the standard input finds its end.
    """
    requests = open(os.dup(0), encoding="utf-8")
    replies = open(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    sys.stdout.flush()
    sys.stdout = sys.stderr
    return requests, replies


def serve(estimator: Estimator) -> None:
    """Answers requests until the input ends."""
    requests, replies = claim_streams()
    problem: Problem | None = None
    for line in requests:
        number, reply = None, {}
        try:
            message = json.loads(line)
            number = message["id"]
            if message["request"] == "problem":
                problem = None
                posed = Problem.read(message)
                estimator.pose(posed)
                problem = posed
            else:
                reply = answer(estimator, problem, message)
            text = json.dumps({"id": number} | reply, allow_nan=False)
        except Exception as error:  # the other side shows what happened, with the end of stderr
            traceback.print_exc()
            text = json.dumps({"id": number, "error": f"{type(error).__name__}: {error}"})
        print(text, file=replies, flush=True)
