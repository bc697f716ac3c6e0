"""The policies of runs, in NumPy: what a trained policy does, without the library."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._arrays import Floats, numbers, to_numpy
from .errors import InvalidArgumentError, UnsupportedError

ACTIVATIONS: dict[str, Callable[[Floats], Floats]] = {
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "sigmoid": lambda z: np.exp(-np.logaddexp(0, -z)),
    "softplus": lambda z: np.logaddexp(0, z),
}
CONTEXT = "adaptedContext"


class RunPolicy:
    """A policy with its parameters.

    `policy(observations)` gives the mean action, or the most likely index.
    """

    parameters: dict[str, Floats]  # by block
    kind: str

    def __init__(self, kind: str, parameters: Mapping[str, Floats], **options: Any) -> None:
        """`options` are the configuration's: `activation`, `standard_deviation_floor`."""
        if kind not in DISTRIBUTIONS:
            raise UnsupportedError(f"There is no policy {kind!r} here, only {list(DISTRIBUTIONS)}.")
        self.kind, self.parameters = kind, dict(parameters)
        self._require_blocks()
        activation = options.get("activation", "relu")
        if activation not in ACTIVATIONS:
            raise InvalidArgumentError(f"There is no activation {activation!r}.")
        self._activation = ACTIVATIONS[activation]
        self._floor = float(options.get("standard_deviation_floor", 0))
        first = self.parameters["weight" if kind == "softmax" else "weight0"]
        context = self.parameters.get(CONTEXT, np.zeros((1, 0)))
        self.observation_size = first.shape[0] - context.shape[1]

    def _require_blocks(self) -> None:
        """The blocks of the kind, and of every layer that follows another."""
        names, parts = list(BLOCKS[self.kind]), ("weight", "bias")
        if self.kind != "softmax":
            layers = [name.removeprefix(part) for part in parts for name in self.parameters]
            count = 1 + max((int(layer) for layer in layers if layer.isdecimal()), default=0)
            names += [f"{part}{layer}" for layer in range(count) for part in parts]
        missing = [name for name in names if name not in self.parameters]
        if missing:
            raise InvalidArgumentError(f"The parameters have no block {', '.join(missing)}.")

    @property
    def vector(self) -> Floats:
        """All parameters: [d]"""
        return np.concatenate([block.ravel() for block in self.parameters.values()])

    def __call__(self, observations: Any) -> NDArray[Any]:
        """The mean action, or the most likely index.

        Shapes: [n, o] to [n, a] or [n]; [o] to [a] or an index.
        """
        seen, is_single = self._rows(observations)
        actions: NDArray[Any] = DISTRIBUTIONS[self.kind](self, seen).mode()
        return actions[0] if is_single else actions

    def sample(self, observations: Any, rng: np.random.Generator | None = None) -> NDArray[Any]:
        """Draws actions. Shapes as those of a call."""
        seen, is_single = self._rows(observations)
        actions = DISTRIBUTIONS[self.kind](self, seen).sample(rng or np.random.default_rng())
        return actions[0] if is_single else actions

    def log_probabilities(self, observations: Any, actions: Any) -> Floats:
        """`log pi(a_n | o_n)`. Shapes: [n, o] and [n, a], or [n] indices, to [n]."""
        seen, _ = self._rows(observations)
        taken = to_numpy(actions, "actions")
        if len(taken) != len(seen):
            raise InvalidArgumentError(f"{len(taken)} actions for {len(seen)} observations.")
        return DISTRIBUTIONS[self.kind](self, seen).log_probabilities(taken)

    def _rows(self, observations: Any) -> tuple[Floats, bool]:
        array = to_numpy(observations, "observations")
        is_single = array.ndim == 1
        rows = array[None] if is_single else array
        return numbers(rows, "observations", None, self.observation_size), is_single

    def output(self, x: Floats) -> Floats:
        """The network's output for each observation; of a softmax, the logits."""
        if CONTEXT in self.parameters:
            context = np.repeat(self.parameters[CONTEXT], len(x), axis=0)
            x = np.concatenate([x, context], axis=1)
        if self.kind == "softmax":
            return x @ self.parameters["weight"]
        layer = 0
        while f"weight{layer}" in self.parameters:
            if layer:
                x = self._activation(x)
            x = x @ self.parameters[f"weight{layer}"] + self.parameters[f"bias{layer}"]
            layer += 1
        return x

    @property
    def factor(self) -> Floats:
        """The Cholesky factor of the covariance: [a, a]"""
        if self.kind == "gaussian-network":
            floor = np.log(self._floor) if self._floor > 0 else -np.inf
            return np.diag(np.exp(np.maximum(self.parameters["logStandardDeviation"][0], floor)))
        free = self.parameters["choleskyFactor"]
        return np.tril(free, -1) + np.diag(np.exp(np.diag(free)))


class _Gaussian:
    """Means [n, a] and the factor [a, a] of their common covariance."""

    def __init__(self, policy: RunPolicy, observations: Floats) -> None:
        self.mean, self.factor = policy.output(observations), policy.factor

    def mode(self) -> Floats:
        return self.mean

    def sample(self, rng: np.random.Generator) -> Floats:
        return self.mean + rng.standard_normal(self.mean.shape) @ self.factor.T

    def log_probabilities(self, actions: Any) -> Floats:
        difference = numbers(actions, "actions", *self.mean.shape) - self.mean
        z = np.linalg.solve(self.factor, difference.T)
        constant = np.log(np.diag(self.factor)).sum() + 0.5 * len(z) * np.log(2 * np.pi)
        log_probabilities: Floats = -0.5 * (z**2).sum(0) - constant
        return log_probabilities


class _Categorical:
    """Logits [n, actions]."""

    def __init__(self, policy: RunPolicy, observations: Floats) -> None:
        logits = policy.output(observations)
        shifted = logits - logits.max(1, keepdims=True)
        self.logarithms = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))

    def mode(self) -> NDArray[np.int64]:
        return self.logarithms.argmax(1)

    def sample(self, rng: np.random.Generator) -> NDArray[np.int64]:
        noise = rng.gumbel(size=self.logarithms.shape)
        return (self.logarithms + noise).argmax(1)

    def log_probabilities(self, actions: Any) -> Floats:
        indices = np.asarray(actions).reshape(len(self.logarithms)).astype(np.int64)
        return self.logarithms[np.arange(len(indices)), indices]


# the blocks that each kind has at least
BLOCKS: dict[str, list[str]] = {
    "gaussian-network": ["weight0", "bias0", "logStandardDeviation"],
    "full-covariance-gaussian-network": ["weight0", "bias0", "choleskyFactor"],
    "categorical-network": ["weight0", "bias0"],
    "softmax": ["weight"],
}

DISTRIBUTIONS: dict[str, Any] = {
    "gaussian-network": _Gaussian,
    "full-covariance-gaussian-network": _Gaussian,
    "categorical-network": _Categorical,
    "softmax": _Categorical,
}
