"""The files of a run: parameters, configuration and metrics."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from ._arrays import Floats
from .errors import InvalidArgumentError, MetaTapeError

DAMAGES = (
    ArithmeticError,
    AttributeError,
    BadZipFile,
    EOFError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


@contextmanager
def reading(path: Any) -> Iterator[None]:
    """Makes an error of the package, with the file's name, of what a damaged file leads to."""
    try:
        yield
    except MetaTapeError:
        raise
    except DAMAGES as error:
        what = f"{type(error).__name__}: {error}"
        raise InvalidArgumentError(f"{path} is damaged or of another kind ({what}).") from error


def read_safetensors(path: Path) -> dict[str, Floats]:
    """The matrices of a file in the safetensors format, in the order of their numbers."""
    with reading(path):
        data = path.read_bytes()
        (length,) = struct.unpack_from("<Q", data)
        header = json.loads(data[8 : 8 + length])
        header.pop("__metadata__", None)  # an AttributeError if it is no dictionary
        blocks = {}
        for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"][0]):
            if entry["dtype"] != "F64":
                raise ValueError(f"{name} has the type {entry['dtype']} instead of F64")
            start, end = (8 + length + offset for offset in entry["data_offsets"])
            block = np.frombuffer(data[start:end], "<f8").reshape(entry["shape"])
            if block.ndim != 2:
                raise ValueError(f"{name} is no matrix")
            blocks[name] = block.astype(np.float64)
    return blocks


def read_configuration(text: str, place: str) -> dict[str, Any]:
    """The keys and values of a run's configuration, in sections.

    It is YAML in the form in which MetaTape writes it: `key: value`, and sections with an indent
    of two.
    """
    result: dict[str, Any] = {}
    section = result
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        key, separator, value = stripped.partition(":")
        if not separator:
            raise InvalidArgumentError(f"{place}, line {number}: expected 'key: value'.")
        if not line.startswith(" "):
            section = result
        if value.strip():
            section[key] = _value(value.strip())
        else:
            section = result[key] = {}
    return result


def _value(text: str) -> Any:
    """A number, true or false, a list, or a text."""
    if text in ("true", "false"):
        return text == "true"
    if text.startswith("[") and text.endswith("]"):
        return [_value(part.strip()) for part in text[1:-1].split(",") if part.strip()]
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def flat(configuration: dict[str, Any]) -> dict[str, Any]:
    """The same with keys such as `inner.steps`."""
    result: dict[str, Any] = {}
    for key, value in configuration.items():
        if isinstance(value, dict):
            result |= {f"{key}.{inner}": item for inner, item in value.items()}
        else:
            result[key] = value
    return result


def read_metrics(path: Path) -> dict[str, Floats]:
    """The columns of `metrics.csv`; a last line that is still being written is left out."""
    with reading(path):
        lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    if not lines:
        return {}
    names = lines[0].split(",")
    rows = [line.split(",") for line in lines[1:]]
    for number, row in enumerate(rows, 2):
        if len(row) != len(names):
            raise InvalidArgumentError(f"{path}, line {number}: expected {len(names)} numbers.")
    with reading(path):
        table = np.array(rows, np.float64).reshape(len(rows), len(names))
    return {name: table[:, column].copy() for column, name in enumerate(names)}
