"""Answer `metatape certify --external` from Python. Copy this file beside your program; it needs NumPy alone.

    import metatape_external as external

    class Mine(external.Estimator):
        name = "mine"

        def adapt(self, problem, chains, parameters):  # int [n, t, innerBatch], float [n, d] -> float [n, d]
            ...

        def estimate(self, problem, chains, outer):  # int [n, zeta, innerBatch], int [n, outerBatch] -> [n, d]
            ...

    external.serve(Mine())

Batches are arrays of numbers of trajectories, rows of the problem's tables. Prints go to the standard error.
"""

import json
import os
import sys
import traceback
from types import SimpleNamespace

import numpy as np

PROTOCOL = 1


class Estimator:
    """What is certified: an inner step and an estimate of the meta-gradient, for whole arrays of chains."""

    name = "estimator"
    dtype = "float64"  # or "float32"
    ordered = False  # whether the order of the trajectories of a batch matters
    unbiased = False  # whether it claims to be unbiased

    def pose(self, problem):
        """Called once for each problem, before its chains."""

    def adapt(self, problem, chains, parameters):
        """The parameters after the inner steps of each chain."""
        raise NotImplementedError

    def estimate(self, problem, chains, outer):
        """The estimate of the meta-gradient, an ascent direction, for each chain and outer batch."""
        raise NotImplementedError


def read_problem(message):
    """The tables as arrays, with `mask [N, steps]` (1 within an episode) and `returns [N, steps]`,
    the discounted return from each step on, R^h = sum over k >= h of discount^k r_k."""
    arrays = ("features", "parameters", "states", "actions", "rewards", "lengths", "tasks")
    problem = SimpleNamespace(
        **{k: np.asarray(v) if k in arrays else v for k, v in message.items() if k not in ("id", "request")}
    )
    problem.mask = (np.arange(problem.steps) < problem.lengths[:, None]).astype(float)
    discounted = problem.rewards * problem.mask * float(problem.discount) ** np.arange(problem.steps)
    problem.returns = np.flip(np.cumsum(np.flip(discounted, 1), 1), 1) * problem.mask
    return problem


def numbers(values, key, count, size):
    """Checks a result's shape and that JSON can hold it."""
    values = np.asarray(values, dtype=float)
    if values.shape != (count, size):
        raise ValueError(f"{key} should have the shape ({count}, {size}), not {values.shape}")
    bad = ~np.isfinite(values).all(1)
    if bad.any():
        raise ValueError(f"{key}[{bad.argmax()}] is not finite: {values[bad.argmax()]}")
    return values.tolist()  # repr has 17 digits


def answer(estimator, state, message):
    """The reply to one request, without its id."""
    if message["request"] == "hello":
        keys = ("name", "dtype", "ordered", "unbiased")
        return {"protocol": PROTOCOL} | {key: getattr(estimator, key) for key in keys}
    if message["request"] == "problem":
        state.problem = read_problem(message)
        estimator.pose(state.problem)
        return {}
    problem, chains = state.problem, np.asarray(message["chains"], dtype=int)
    shape = (len(chains), len(problem.parameters))
    if message["request"] == "adapt":
        start = np.asarray(message.get("parameters") or np.broadcast_to(problem.parameters, shape))
        return {"parameters": numbers(estimator.adapt(problem, chains, start), "parameters", *shape)}
    if message["request"] == "estimate":
        outer = np.asarray(message["outer"], dtype=int)
        return {"gradients": numbers(estimator.estimate(problem, chains, outer), "gradients", *shape)}
    raise ValueError(f"unknown request {message['request']!r}")


def serve(estimator):
    """Answers requests until the input ends."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what libraries print
    sys.stdout = sys.stderr
    state = SimpleNamespace(problem=None)
    for line in sys.stdin:
        message = json.loads(line)
        try:
            reply = answer(estimator, state, message)
        except Exception as error:  # the other side says what it was
            traceback.print_exc()
            reply = {"error": f"{type(error).__name__}: {error}"}
        replies.write(json.dumps({"id": message.get("id")} | reply, allow_nan=False) + "\n")
        replies.flush()
