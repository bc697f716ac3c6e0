"""A batch of episodes in the library, with the arrays that it writes into."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ._arrays import Flags, Floats, numbers, seed_number, shape_text, to_numpy
from ._library import Owner, encode, library
from .errors import InvalidArgumentError, InvalidTypeError, UnsupportedError

Seeds = NDArray[np.uint64]
FLOAT64, FLOAT32 = np.dtype(np.float64), np.dtype(np.float32)


class Batch(Owner):
    """Episodes of one task, side by side.

    The arrays of this object are overwritten by every call; who keeps them makes copies, and holds
    `lock` from the call until they are made.
    """

    lock: threading.RLock

    observations: Floats  # [count, o]
    rewards: Floats  # [count]
    terminated: Flags  # [count]
    truncated: Flags  # [count]
    infos: Floats  # [count, i]
    final_observations: Floats  # [count, o], of the rows that ended, with autoreset "same-step"
    final_infos: Floats  # [count, i]

    def __init__(
        self,
        name: str,
        count: int,
        *,
        horizon: int = 0,
        autoreset: str = "disabled",
        options: Mapping[str, Any] | None = None,
    ) -> None:
        """Makes a batch; `options` are the catalog's, with underscores or hyphens."""
        chosen = {key.replace("_", "-"): value for key, value in (options or {}).items()}
        request = {"name": name, "count": count, "horizon": horizon}
        request |= {"autoreset": autoreset, "options": chosen}
        lib = library()
        self._own("batch", lib.create("batch_create", encode(request)))
        self.lock = threading.RLock()
        _batches.add(self)
        self.description: dict[str, Any] = lib.document("batch_describe", self._handle)
        self.name, self.count = name, count
        self.info_names = tuple(self.description["info_names"])
        self.state_parts = {p["name"]: int(p["size"]) for p in self.description["state_parts"]}
        self.state_size = sum(self.state_parts.values())
        self.task_size = int(self.description["task_size"])
        self._allocate(autoreset == "same-step")

    def _allocate(self, keeps_final: bool) -> None:
        space, actions = self.description["observation_space"], self.description["action_space"]
        count, infos = self.count, len(self.info_names)
        self.has_indices = "n" in actions
        self.action_shape = (count,) if self.has_indices else (count, len(actions["low"]))
        self.observations = np.zeros((count, 1 if "n" in space else len(space["low"])))
        self._actions = np.zeros(self.action_shape)
        self.rewards = np.zeros(count)
        # bytes, in which a search is faster than any()
        self._flags = bytearray(2 * count)
        flags = np.frombuffer(self._flags, np.bool_)
        self.terminated, self.truncated = flags[:count], flags[count:]
        self.infos = np.zeros((count, infos))
        self.final_observations = np.zeros(self.observations.shape if keeps_final else (0, 0))
        self.final_infos = np.zeros(self.infos.shape if keeps_final else (0, 0))
        # the library keeps the addresses of these arrays, which stay as long as this object
        self._library.call(
            "batch_bind",
            self._handle,
            self._actions,
            self.observations,
            self.rewards,
            self.terminated,
            self.truncated,
            self.infos if infos else None,
            self.final_observations if keeps_final else None,
            self.final_infos if keeps_final and infos else None,
        )
        self._advance = self._library.functions.metatape_batch_advance

    # what is called at every step does as little as possible
    def step(self, actions: Any) -> bool:
        """Advances every episode; True if one has ended.

        Shapes: `actions` [count, a], or [count] indices.
        """
        if actions.__class__ is not np.ndarray:
            actions = to_numpy(actions, "actions")
        if actions.shape != self.action_shape:
            raise InvalidArgumentError(
                f"actions: expected the shape {shape_text(self.action_shape)}, "
                f"not {shape_text(actions.shape)}."
            )
        dtype = actions.dtype
        if dtype is not FLOAT64 and dtype is not FLOAT32 and dtype.kind not in "fiu":
            raise InvalidTypeError(f"actions: expected real numbers, not {dtype}.")
        self._actions[...] = actions
        code = self._advance(self._handle)
        if code:
            self._library.fail(code)
        return 1 in self._flags

    def reset(
        self,
        seeds: Seeds | None = None,
        episodes: Seeds | None = None,
        mask: Flags | None = None,
    ) -> None:
        """Starts episodes: all, or those of the mask.

        Shapes: `seeds`, `episodes` and `mask` [count].
        """
        flags = None if mask is None else mask.view(np.uint8)
        self._library.call("batch_reset", self._handle, flags, seeds, episodes, self.observations)

    def sample_tasks(self, seed: int, start: int, count: int) -> list[Floats]:
        """The tasks that a seed stands for, from number `start` on: arrays [task_size]."""
        tasks = np.empty((count, self.task_size))
        for index, task in enumerate(tasks):
            number = seed_number(seed)
            self._library.call("batch_sample_task", self._handle, number, start + index, task)
        return list(tasks)

    @property
    def task(self) -> Floats:
        """The task [task_size]; a new one takes effect when all rows are reset together."""
        task = np.empty(self.task_size)
        self._library.call("batch_task", self._handle, task)
        return task

    @task.setter
    def task(self, task: Any) -> None:
        array = numbers(np.atleast_1d(to_numpy(task, "task")), "task", self.task_size)
        self._library.call("batch_set_task", self._handle, array)

    def states(self) -> tuple[Floats, ...]:
        """The full states, an array [count, size] for each part."""
        self._require_states()
        states = np.empty((self.count, self.state_size))
        self._library.call("batch_states", self._handle, states)
        ends = np.cumsum(list(self.state_parts.values()))[:-1]
        return tuple(part.copy() for part in np.split(states, ends, axis=1))

    def set_states(self, parts: tuple[Any, ...], mask: Flags | None = None) -> None:
        """Starts episodes at states: an array [count, size] for each part."""
        self._require_states()
        if len(parts) != len(self.state_parts):
            raise InvalidArgumentError(
                f"expected the parts {', '.join(self.state_parts)}, got {len(parts)} arrays."
            )
        arrays = [
            numbers(part, name, self.count, size)
            for part, (name, size) in zip(parts, self.state_parts.items(), strict=True)
        ]
        states = np.concatenate(arrays, axis=1)
        flags = None if mask is None else mask.view(np.uint8)
        self._library.call("batch_set_states", self._handle, flags, states, self.observations)

    def picture(self, row: int) -> dict[str, Any]:
        """The segments of a row, for a picture."""
        document: dict[str, Any] = self._library.document("batch_picture", self._handle, row)
        return document

    def _require_states(self) -> None:
        if not self.state_parts:
            raise UnsupportedError(f"The states of {self.name} cannot be read or set.")


_batches: weakref.WeakSet[Batch] = weakref.WeakSet()


def _renew_locks() -> None:
    """In the child of a fork: threads that held a lock are not there to release it."""
    for batch in list(_batches):
        batch.lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_locks)
