"""Arrays for the library: double precision, row by row."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import InvalidArgumentError, InvalidTypeError

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]


def numbers(values: Any, name: str, *shape: int | None) -> Floats:
    """The values as contiguous doubles, copied only if they are not.

    Shapes: `shape`, where None allows any length.
    """
    array = values if isinstance(values, np.ndarray) else to_numpy(values, name)
    if array.dtype.kind not in "fiub":
        raise InvalidTypeError(f"{name}: expected real numbers, not {array.dtype}.")
    if array.ndim != len(shape) or any(
        length not in (None, found) for length, found in zip(shape, array.shape, strict=True)
    ):
        raise InvalidArgumentError(
            f"{name}: expected the shape {shape_text(shape)}, not {shape_text(array.shape)}."
        )
    return np.require(array, np.float64, ["C", "A"])


def output(array: Any, name: str, shape: tuple[int, ...]) -> Floats:
    """The caller's array, if it can be written in place."""
    if array is None:
        return np.empty(shape)
    if not isinstance(array, np.ndarray):
        raise InvalidTypeError(f"{name}: expected a NumPy array, not {type(array).__name__}.")
    if array.dtype != np.float64:
        raise InvalidTypeError(f"{name}: expected float64, not {array.dtype}.")
    if array.shape != shape:
        raise InvalidArgumentError(
            f"{name}: expected the shape {shape_text(shape)}, not {shape_text(array.shape)}."
        )
    if not (array.flags.c_contiguous and array.flags.writeable and array.flags.aligned):
        raise InvalidArgumentError(f"{name}: expected a contiguous array that can be written.")
    return array


def to_numpy(values: Any, name: str) -> NDArray[Any]:
    """NumPy's view of a list or of an array of NumPy, JAX or PyTorch."""
    if hasattr(values, "detach"):  # PyTorch
        values = values.detach().cpu()
        values = values.numpy(force=True) if values.requires_grad else values.numpy()
    try:
        return np.asarray(values)
    except (TypeError, ValueError) as error:  # such as rows of different lengths
        raise InvalidTypeError(f"{name}: not an array of numbers: {error}") from error


def shape_text(shape: tuple[int | None, ...]) -> str:
    """[3, any]"""
    return f"[{', '.join('any' if length is None else str(length) for length in shape)}]"


def whole_number(value: Any, name: str, low: int = 0, high: int = 2**63 - 1) -> int:
    """A whole number in a range, as ctypes takes it, which would cut off larger ones."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise InvalidTypeError(f"{name}: expected a whole number, not {value!r}.")
    if not low <= value <= high:
        raise InvalidArgumentError(f"{name}: expected a number from {low} to {high}, not {value}.")
    return int(value)


def seed_number(seed: Any, name: str = "seed") -> int:
    """A seed as the library takes it."""
    return whole_number(seed, name, 0, 2**64 - 1)
