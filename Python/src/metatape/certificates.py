"""Certificates of meta-gradient estimators, the caller's and MetaTape's own."""

from __future__ import annotations

import ctypes
import json
import math
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ._arrays import Floats, Indices, numbers, shape_text, to_numpy
from ._library import ADAPT, ESTIMATE, POSE, EstimatorCallbacks, encode, library, lock
from .errors import CallbackError, InvalidArgumentError, InvalidTypeError, MetaTapeError
from .estimators import Estimator, Problem

COLUMNS = [
    "problem",
    "pairs",
    "verdict",
    "bias, V",
    "bias, V̂",
    "factor",
    "direction",
    "order",
    "variance",
    "equals",
]


class Verdict:
    """What is known of an estimator after its examination."""

    passed: bool  # False if it claims to be unbiased and is not
    document: dict[str, Any]  # as `metatape certify --external … --json` prints it
    cases: list[dict[str, Any]]  # one for each problem

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.passed = bool(document["passed"])
        self.cases = document["cases"]

    @property
    def unbiased(self) -> bool:
        """Whether it is unbiased on every problem."""
        return all(case["verdict"] == "unbiased" for case in self.cases)

    @property
    def text(self) -> str:
        """A table with a row for each problem, and what was found."""
        lines = [table([COLUMNS, *map(_row, self.cases)]), ""]
        if self.document.get("equals"):
            lines.append(f"Equals {', '.join(self.document['equals'])}.")
        findings: dict[str, list[str]] = {}
        for case in self.cases:
            for finding in case["findings"]:
                findings.setdefault(finding["text"], []).append(case["problem"])
        for text, problems in findings.items():
            everywhere = len(problems) == len(self.cases)
            lines.append(text if everywhere else f"{text} ({'; '.join(problems)})")
        biased = sum(case["verdict"] == "biased" for case in self.cases)
        found = f"biased on {biased} of {len(self.cases)} problems" if biased else "not biased"
        outcome = "PASSED" if self.passed else "FAILED"
        if self.passed and biased:
            outcome = "BIASED"
        lines.append(f"{outcome}: {self.document['name']} is {found}.")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"Verdict({self.document['name']!r}, passed={self.passed})"

    def __str__(self) -> str:
        return self.text


def table(rows: Sequence[Sequence[str]]) -> str:
    """Aligned columns; the first row is the heading, the first column is aligned to the left."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for cells in (rows[0], ["-" * width for width in widths], *rows[1:]):
        rest = [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
        lines.append("  ".join([cells[0].ljust(widths[0]), *rest]).rstrip())
    return "\n".join(lines)


def _row(case: dict[str, Any]) -> list[str]:
    def number(key: str, form: str) -> str:
        value = case.get(key)
        return "-" if value is None else format(value, form)

    equals = case["equals"]
    names = f"{equals[0]} and {len(equals) - 1} more" if len(equals) > 2 else ", ".join(equals)
    factor = case.get("equality_factor") or 1
    names = f"{factor:.4g} × {names}" if equals and factor != 1 else names or "-"
    return [
        case["problem"],
        str(case["pairs"]),
        case["verdict"],
        number("relative_bias", ".2e"),
        number("mean_step_relative_bias", ".2e"),
        number("factor", ".4f"),
        number("direction_error", ".2e"),
        number("order", ".1f"),
        number("variance", ".4g"),
        names,
    ]


def certify(
    estimator: Estimator,
    problems: str | Mapping[str, Any] = "suite",
    *,
    name: str | None = None,
    tolerance: float | None = None,
    limit: int | None = None,
    chunk: int = 1000,
) -> Verdict:
    """Says what an estimator's meta-gradient is on average: unbiased, or how far off and why.

    Every batch of small problems is handed to the estimator, and weighted with its probability.

    - `estimator`: an `Estimator`, or an object with its methods `adapt` and `estimate`.
    - `problems`: "suite", "thorough", `{"cases": […]}` as a file of problems, or the sizes of a
      random one, such as `{"seed": 3, "states": 2, "actions": 2, "steps": 2, "batch": 2}`.
    - `name`: for reports; the estimator's own by default.
    - `tolerance`: the greatest relative bias that passes, 1e-9 by default.
    - `limit`: the greatest number of chains to enumerate.
    - `chunk`: how many chains a call of the estimator has at most.

    Raises: what the estimator raises.
    """
    for method in ("adapt", "estimate"):
        if not callable(getattr(estimator, method, None)):
            raise InvalidTypeError(f"{type(estimator).__name__} has no method {method!r}.")
    request: dict[str, Any] = {
        "name": str(name or getattr(estimator, "name", type(estimator).__name__)),
        "dtype": getattr(estimator, "dtype", "float64"),
        "ordered": bool(getattr(estimator, "ordered", False)),
        "unbiased": bool(getattr(estimator, "unbiased", False)),
        "problems": problems,
        "chunk": chunk,
        **_given(tolerance=tolerance, limit=limit),
    }
    callbacks = _Callbacks(estimator)
    failure: BaseException | None = None
    structure = ctypes.byref(callbacks.structure)
    with _kept(callbacks):
        try:
            document = library().document("certify_estimator", encode(request), structure)
        except MetaTapeError as error:
            failure = error
    if callbacks.error is not None:
        failure, callbacks.error = callbacks.error, None
    if failure is None:
        return Verdict(document)
    try:
        raise failure  # with the traceback of the estimator
    finally:
        del failure  # its traceback has this frame, so that the two would keep each other


class _Lost:
    """What Python would only print: an interrupt just before or after the code of a callback."""

    count = 0  # of the certifications that go on, in all threads
    previous: Callable[[Any], Any]
    local = threading.local()  # the callbacks of this thread

    @classmethod
    def keep(cls, lost: Any) -> None:
        callbacks = getattr(cls.local, "callbacks", None)
        if callbacks is None or "ctypes callback" not in str(lost.err_msg):
            cls.previous(lost)
        elif callbacks.error is None:
            error = lost.exc_value
            callbacks.error = lost.exc_type() if error is None else error


@contextmanager
def _kept(callbacks: _Callbacks) -> Iterator[None]:
    """Lets the callbacks keep exceptions that arise at their edges."""
    outer = getattr(_Lost.local, "callbacks", None)
    with lock:
        if not _Lost.count:
            _Lost.previous, sys.unraisablehook = sys.unraisablehook, _Lost.keep
        _Lost.count += 1
    _Lost.local.callbacks = callbacks
    try:
        yield
    finally:
        _Lost.local.callbacks = outer
        with lock:
            _Lost.count -= 1
            if not _Lost.count:
                sys.unraisablehook = _Lost.previous


class _Callbacks:
    """The functions that the library calls. They keep the first exception for `certify`."""

    def __init__(self, estimator: Estimator) -> None:
        self.estimator = estimator
        self.problem: Problem | None = None
        self.error: BaseException | None = None
        # the structure does not keep its functions alive
        self.functions = (
            POSE(self._guard(self._pose)),
            ADAPT(self._guard(self._adapt)),
            ESTIMATE(self._guard(self._estimate)),
        )
        self.structure = EstimatorCallbacks(*self.functions, None)

    def _guard(self, function: Callable[..., None]) -> Callable[..., int]:
        def guarded(_: Any, *arguments: Any) -> int:
            try:
                if self.error is not None:  # of an interrupt that the library did not notice
                    return 1
                function(*arguments)
            except BaseException as error:  # an interrupt as well; `certify` raises it again
                if self.error is None:
                    self.error = error
                return 1
            return 0

        return guarded

    def _pose(self, text: bytes) -> None:
        self.problem = Problem.read(json.loads(text))
        pose = getattr(self.estimator, "pose", None)
        if pose is not None:
            pose(self.problem)

    def _adapt(self, count: int, steps: int, chains: int, start: int, adapted: int) -> None:
        problem = self._posed()
        shape = (count, len(problem.parameters))
        rows = _indices(chains, (count, steps, problem.inner_batch))
        result = self.estimator.adapt(problem, rows, _floats(start, shape).copy())
        _answer(result, "adapt", _floats(adapted, shape), rows)

    def _estimate(self, count: int, chains: int, outer: int, gradients: int) -> None:
        problem = self._posed()
        rows = _indices(chains, (count, problem.inner_steps, problem.inner_batch))
        behind = _indices(outer, (count, problem.outer_batch))
        result = self.estimator.estimate(problem, rows, behind)
        _answer(result, "estimate", _floats(gradients, (count, len(problem.parameters))), rows)

    def _posed(self) -> Problem:
        if self.problem is None:
            raise CallbackError("The library asked for chains before it posed a problem.")
        return self.problem


def _view(address: int | None, shape: tuple[int, ...], kind: Any) -> Any:
    """The library's numbers in place."""
    size = math.prod(shape)
    if not size or not address:
        return np.zeros(shape, kind)
    # of bytes: NumPy runs code of Python for other types of ctypes, and loses an interrupt there
    data: Any = (ctypes.c_byte * (8 * size)).from_address(address)
    return np.frombuffer(data, kind).reshape(shape)


def _floats(address: int, shape: tuple[int, ...]) -> Floats:
    view: Floats = _view(address, shape, np.float64)
    return view


def _indices(address: int | None, shape: tuple[int, ...]) -> Indices:
    """A copy, which the estimator may keep."""
    return np.array(_view(address, shape, np.int64), np.int64)


def _answer(values: Any, name: str, target: Floats, chains: Indices) -> None:
    """Writes what a method returned, if it has the right shape and is finite."""
    array = to_numpy(values, name)
    if array.dtype.kind not in "fiu":
        raise InvalidTypeError(f"{name} returned {array.dtype} instead of real numbers.")
    if array.shape != target.shape:
        expected, found = shape_text(target.shape), shape_text(array.shape)
        raise InvalidArgumentError(f"{name} returned the shape {found} instead of {expected}.")
    target[...] = array
    bad = ~np.isfinite(target).all(1)
    if bad.any():
        row = int(bad.argmax())
        raise InvalidArgumentError(
            f"{name} returned {target[row].tolist()} for the chain {chains[row].tolist()}."
        )


def certify_presets(
    problems: Mapping[str, Any] | None = None,
    estimators: Sequence[str] | None = None,
    *,
    tolerance: float | None = None,
    limit: int | None = None,
    ordered: bool = False,
    threads: int = 1,
) -> dict[str, Any]:
    """The certificate of MetaTape's own estimators, as `metatape certify --json` prints it.

    - `problems`: `{"cases": […]}` as a file of problems, or the sizes of a random one.
    - `estimators`: names; all of the catalog by default.
    """
    request = {"ordered": ordered, "threads": threads}
    request |= _given(problems=problems, estimators=estimators, tolerance=tolerance, limit=limit)
    document: dict[str, Any] = library().document("certify", encode(request))
    return document


def study(
    preset: str = "tabular.random",
    *,
    set: Mapping[str, Any] | None = None,
    seed: int | None = None,
    estimators: Sequence[str] | None = None,
    parameters: Any = None,
    meta_batches: int | None = None,
    learning: int | None = None,
    threads: int = 1,
    **options: Any,
) -> dict[str, Any]:
    """Compares estimators on the same chains: bias, variance, cost.

    Returns the document of `metatape study --json`.

    - `set`: values of the configuration, such as `{"inner.steps": 2}`.
    - `parameters`: where to compare, [d]; the initial ones by default.
    - `meta_batches`, `learning`: on how many meta-batches, and how many baselines learn from.
    - `options`: the further ones of the command, such as `reference="sg-mrl"`.
    """
    vector = None if parameters is None else numbers(parameters, "parameters", None)
    request = {"preset": preset, "threads": threads, **_given(**options)}
    request |= _given(set=set, seed=seed, estimators=estimators, parameters=vector)
    request |= _given(meta_batches=meta_batches, learning=learning)
    document: dict[str, Any] = library().document("study", encode(request))
    return document


def _given(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}
