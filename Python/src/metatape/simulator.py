"""The simulator: bodies in a plane, as MuJoCo simulates them."""

from __future__ import annotations

from ctypes import c_uint64
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from ._arrays import Floats, numbers, output, shape_text, to_numpy, whole_number
from ._library import Owner, library
from .errors import InvalidArgumentError, InvalidTypeError


class Model(Owner):
    """A body that can be simulated: "half-cheetah", "swimmer", or one of an MJCF file."""

    name: str
    dofs: int  # positions, and as many velocities
    motors: int
    timestep: float  # seconds of one physics step
    joints: list[str]
    bodies: list[str]

    def __init__(self, name: str) -> None:
        """A model that is built in."""
        self._adopt(library().create("model_named", _text(name, "name")))

    @classmethod
    def from_text(cls, mjcf: str) -> Model:
        """The model of an MJCF document."""
        text = _text(mjcf, "mjcf")
        model = cls.__new__(cls)
        model._adopt(library().create("model_load", text, len(text)))
        return model

    @classmethod
    def from_file(cls, path: str | PathLike[str]) -> Model:
        """The model of an MJCF file."""
        return cls.from_text(Path(path).read_text(encoding="utf-8"))

    def _adopt(self, handle: c_uint64) -> None:
        self._own("model", handle)
        facts = self._library.document("model_describe", handle)
        self.name, self.timestep = str(facts["name"]), float(facts["timestep"])
        self.dofs, self.motors = int(facts["dofs"]), int(facts["motors"])
        self.joints, self.bodies = list(facts["joints"]), list(facts["bodies"])

    def __repr__(self) -> str:
        return f"Model({self.name!r}, dofs={self.dofs}, motors={self.motors})"


def rollout(
    model: Model,
    initial: Any,
    controls: Any,
    states: Floats | None = None,
    *,
    frames: int = 1,
    threads: int = 1,
    exact: bool = False,
) -> Floats:
    """Simulates episodes with given controls; returns the states after each step.

    A state is all positions, then all velocities. The dimension of the batch may be left out; if
    one of the two arrays has none, it is used for every episode.

    Shapes: `initial` [batch, 2 dofs] and `controls` [batch, steps, motors] to
    [batch, steps, 2 dofs].

    - `states`: an array to write the result into, none of the other two.
    - `frames`: physics steps of each step.
    - `threads`: how many share the episodes; results do not depend on it.
    - `exact`: solves contacts to the minimiser instead of stopping where MuJoCo does.

    Raises: `InvalidStateError` if an episode leaves the finite numbers.
    """
    if not isinstance(model, Model):
        raise InvalidTypeError(f"model: expected a metatape.Model, not {type(model).__name__}.")
    starts, inputs = to_numpy(initial, "initial"), to_numpy(controls, "controls")
    is_single = starts.ndim == 1 and inputs.ndim == 2
    starts = numbers(starts[None] if starts.ndim == 1 else starts, "initial", None, 2 * model.dofs)
    inputs = inputs[None] if inputs.ndim == 2 else inputs
    inputs = numbers(inputs, "controls", None, None, model.motors)
    batch = max(len(starts), len(inputs)) if len(starts) and len(inputs) else 0
    starts, inputs = _repeat(starts, batch, initial), _repeat(inputs, batch, controls)
    if len(starts) != len(inputs):
        raise InvalidArgumentError(
            f"initial {shape_text(starts.shape)} and controls {shape_text(inputs.shape)} "
            "have different numbers of episodes."
        )
    shape = (batch, inputs.shape[1], 2 * model.dofs)
    result = output(states, "states", shape[1:] if is_single else shape)
    if np.may_share_memory(result, starts) or np.may_share_memory(result, inputs):
        raise InvalidArgumentError("states: the array overlaps with initial or controls.")
    if result.size:
        sizes = (batch, shape[1], whole_number(frames, "frames"))
        how = (int(bool(exact)), whole_number(threads, "threads"))
        library().call("model_rollout", model._handle, *sizes, *how, starts, inputs, result)
    return result


def _repeat(array: Floats, batch: int, given: Any) -> Floats:
    """The same for every episode, if it was given for one without a batch dimension."""
    if len(array) == 1 and batch > 1 and np.ndim(given) < array.ndim:
        return np.repeat(array, batch, axis=0)
    return array


def _text(value: Any, name: str) -> bytes:
    if not isinstance(value, str):
        raise InvalidTypeError(f"{name}: expected a text, not {type(value).__name__}.")
    if "\0" in value:
        raise InvalidArgumentError(f"{name}: a text cannot have the character 0.")
    return value.encode("utf-8", "replace")
