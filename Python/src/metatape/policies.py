"""Policies of the catalog: log-probabilities and their derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._arrays import Floats, numbers, seed_number, to_numpy
from ._library import Owner, encode, library
from .errors import InvalidTypeError


class Policy(Owner):
    """A stochastic policy `pi(a | o; theta)` of the catalog, with all parameters in one vector."""

    count: int  # of the parameters, d
    observation_size: int
    action_size: int
    blocks: dict[str, tuple[slice, tuple[int, int]]]  # the place and the shape of each block

    def __init__(self, kind: str, observations: Any, actions: Any, **options: Any) -> None:
        """Makes a policy.

        - `kind`: such as "gaussian-network".
        - `observations`, `actions`: how many numbers; `{"n": 3}` for indices; or a space of
          Gymnasium.
        - `options`: the catalog's, such as `hidden_sizes=[64, 64]`.
        """
        lib = library()
        self.kind = kind
        request = {"kind": kind, "observations": _space(observations), "actions": _space(actions)}
        request["options"] = {key.replace("_", "-"): value for key, value in options.items()}
        self._own("policy", lib.create("policy_create", encode(request)))
        facts = lib.document("policy_describe", self._handle)
        self.count = int(facts["parameters"])
        self.observation_size = int(facts["observation_size"])
        self.action_size = int(facts["action_size"])
        self.blocks = {}
        for block in facts["blocks"]:
            rows, columns, start = int(block["rows"]), int(block["columns"]), int(block["start"])
            place = slice(start, start + rows * columns)
            self.blocks[block["name"]] = (place, (rows, columns))

    def split(self, parameters: Any) -> dict[str, Floats]:
        """The blocks of a parameter vector, each [rows, columns]."""
        vector = numbers(parameters, "parameters", self.count)
        return {name: vector[place].reshape(shape) for name, (place, shape) in self.blocks.items()}

    def initialize(self, seed: int = 0) -> Floats:
        """Initial parameters: [d]"""
        parameters = np.empty(self.count)
        library().call("policy_initialize", self._handle, seed_number(seed), parameters)
        return parameters

    def sample(self, parameters: Any, observations: Any, seed: int = 0) -> Floats:
        """Draws an action for each observation.

        Shapes: `observations` [n, o] to [n, a].
        """
        theta = numbers(parameters, "parameters", self.count)
        seen = numbers(_columns(observations), "observations", None, self.observation_size)
        actions = np.empty((len(seen), self.action_size))
        if len(seen):
            number = seed_number(seed)
            library().call("policy_sample", self._handle, number, theta, seen, actions)
        return actions

    def log_probabilities(self, parameters: Any, observations: Any, actions: Any) -> Floats:
        """`log pi(a_n | o_n)`

        Shapes: `parameters` [d], `observations` [n, o], `actions` [n, a] to [n].
        """
        batch = self._batch(parameters, observations, actions)
        values = np.empty(len(batch[1]))
        if values.size:
            library().call("policy_log_probabilities", self._handle, *batch, values)
        return values

    def gradient(self, parameters: Any, observations: Any, actions: Any, weights: Any) -> Floats:
        """The gradient of `sum_n w_n log pi(a_n | o_n)`.

        Shapes: as `log_probabilities`, `weights` [n] to [d].
        """
        batch = self._batch(parameters, observations, actions)
        weight = numbers(weights, "weights", len(batch[1]))
        gradient = np.zeros(self.count)
        if weight.size:
            library().call("policy_gradient", self._handle, *batch, weight, gradient)
        return gradient

    def hessian_vector_product(
        self, parameters: Any, observations: Any, actions: Any, weights: Any, vector: Any
    ) -> Floats:
        """The Hessian of `sum_n w_n log pi(a_n | o_n)` times a vector.

        Shapes: as `gradient`, `vector` [d] to [d].
        """
        batch = self._batch(parameters, observations, actions)
        weight = numbers(weights, "weights", len(batch[1]))
        direction = numbers(vector, "vector", self.count)
        product = np.zeros(self.count)
        if weight.size:
            name = "policy_hessian_vector_product"
            library().call(name, self._handle, *batch, weight, direction, product)
        return product

    def _batch(
        self, parameters: Any, observations: Any, actions: Any
    ) -> tuple[Floats, Floats, Floats]:
        theta = numbers(parameters, "parameters", self.count)
        seen = numbers(_columns(observations), "observations", None, self.observation_size)
        taken = numbers(_columns(actions), "actions", len(seen), self.action_size)
        return theta, seen, taken


def _columns(values: Any) -> Any:
    """Indices as one column."""
    array = to_numpy(values, "the batch")
    return array[:, None] if array.ndim == 1 else array


def _space(space: Any) -> Any:
    if isinstance(space, (dict, int, np.integer)):
        return space
    if getattr(space, "n", None) is not None:  # Gymnasium's Discrete
        return {"n": int(space.n)}
    shape = getattr(space, "shape", None)
    if shape is None or len(shape) != 1:
        raise InvalidTypeError(
            f"expected a size, {{'n': …}} or a space of one axis, not {space!r}."
        )
    return int(shape[0])
