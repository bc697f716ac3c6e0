"""Runs of `metatape train`: configuration, metrics, the trained policy and its test."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ._arrays import Floats, numbers
from ._files import flat, read_configuration, read_metrics, read_safetensors, reading
from ._library import encode, library
from .errors import InvalidArgumentError
from .networks import RunPolicy

if TYPE_CHECKING:
    from .environments import VectorEnvironment


class Run:
    """A folder that `metatape train` wrote, finished or not."""

    path: Path
    configuration: dict[str, Any]  # in sections: configuration["inner"]["step-size"]

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = Path(path)
        file = self.path / "configuration.yaml"
        if not file.is_file():
            raise InvalidArgumentError(f"{self.path} is no run: it has no configuration.yaml.")
        with reading(file):
            self.configuration = read_configuration(file.read_text(encoding="utf-8"), str(file))

    def __repr__(self) -> str:
        return f"Run({self.configuration.get('name')!r}, {str(self.path)!r})"

    @cached_property
    def metrics(self) -> dict[str, Floats]:
        """The numbers of each epoch: columns of `metrics.csv`, each [epochs]."""
        return read_metrics(self.path / "metrics.csv")

    def frame(self) -> Any:
        """The metrics as a frame of pandas."""
        import pandas

        return pandas.DataFrame(self.metrics).set_index("epoch")

    @cached_property
    def machine(self) -> dict[str, Any]:
        """The processor, the system and the version of MetaTape."""
        return _read_json(self.path / "machine.json")

    @cached_property
    def test(self) -> dict[str, Any] | None:
        """The returns on fresh tasks, `test.json`; None while the run is not finished."""
        file = self.path / "test.json"
        return _read_json(file) if file.is_file() else None

    @cached_property
    def parameters(self) -> dict[str, Floats]:
        """The trained parameters by block, [rows, columns] each."""
        file = self.path / "parameters.safetensors"
        if not file.is_file():
            raise InvalidArgumentError(f"{self.path} has no parameters yet: training goes on.")
        return read_safetensors(file)

    @cached_property
    def policy(self) -> RunPolicy:
        """The trained policy in NumPy: `policy(observations)`."""
        parameters = self.parameters
        with reading(self.path):
            options = dict(self.configuration["policy"])
            kind = options.pop("kind")
            named = {key.replace("-", "_"): value for key, value in options.items()}
            return RunPolicy(kind, parameters, **named)

    def environment(self, count: int = 1, **arguments: Any) -> VectorEnvironment:
        """The environment of the run, with `count` episodes side by side."""
        from .environments import VectorEnvironment

        with reading(self.path / "configuration.yaml"):
            options = dict(self.configuration["environment"])
            name, horizon = options.pop("name"), options.pop("horizon")
            named = {key.replace("-", "_"): value for key, value in options.items()}
        return VectorEnvironment(name, count, **{"horizon": horizon, **named, **arguments})

    def returns(
        self,
        tasks: int | None = None,
        *,
        steps: int | None = None,
        seed: int | None = None,
        parameters: Any = None,
        set: Mapping[str, Any] | None = None,
        threads: int = 1,
    ) -> dict[str, Any]:
        """Returns on fresh tasks before and after inner steps, a document as `test`.

        - `tasks`, `steps`: how many; the configuration's by default.
        - `seed`: of the tasks and episodes.
        - `parameters`: others than the run's, [d].
        - `set`: further values of the configuration, such as `{"inner.step-size": 0.05}`.
        """
        values = flat(self.configuration)
        values.pop("schema-version", None)
        chosen = {"test.tasks": tasks, "test.steps": steps, "seed": seed}
        values |= {key: value for key, value in chosen.items() if value is not None}
        values |= set or {}
        given = self.policy.vector if parameters is None else parameters
        vector = numbers(given, "parameters", None)
        request = {"set": values, "threads": threads}
        document: dict[str, Any] = library().document("evaluate", encode(request), vector)
        return document


def load_run(path: str | PathLike[str]) -> Run:
    """Reads a folder that `metatape train` wrote."""
    return Run(path)


class Trajectories:
    """The episodes of a test: what `metatape evaluate RUN --trajectories FILE` wrote.

    Samples of all episodes stand one below the other in `arrays`; `trajectories[i]` has those of
    one episode.
    """

    REQUIRED = (
        "offsets",
        "episode_task",
        "episode_steps",
        "episode_terminated",
        "task_parameters",
    )
    PER_SAMPLE = ("observations", "actions", "rewards", "qpos", "qvel")

    arrays: dict[str, NDArray[Any]]

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self.arrays = dict(arrays)

    def __len__(self) -> int:
        return len(self.arrays["offsets"]) - 1

    def __getitem__(self, index: int) -> dict[str, Any]:
        """The samples of an episode, its task, and how often the policy had been adapted."""
        if not -len(self) <= index < len(self):
            raise IndexError(f"there are {len(self)} episodes, and none has the number {index}")
        index %= len(self)
        start, end = self.arrays["offsets"][index : index + 2]
        episode = {
            name: self.arrays[name][start:end] for name in self.PER_SAMPLE if name in self.arrays
        }
        task = int(self.arrays["episode_task"][index])
        return {
            **episode,
            "task": self.arrays["task_parameters"][task],
            "steps": int(self.arrays["episode_steps"][index]),
            "terminated": bool(self.arrays["episode_terminated"][index]),
        }

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self[index] for index in range(len(self)))


def load_trajectories(path: str | PathLike[str]) -> Trajectories:
    """Reads a file of `metatape evaluate RUN --trajectories FILE`."""
    with reading(path):
        with np.load(path) as archive:
            arrays = dict(archive)
        if missing := [name for name in Trajectories.REQUIRED if name not in arrays]:
            raise ValueError(f"there is no array {', '.join(missing)}")
    return Trajectories(arrays)


def _read_json(path: Path) -> dict[str, Any]:
    with reading(path):
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(document, dict):
            raise ValueError("it is no dictionary")
    return document
