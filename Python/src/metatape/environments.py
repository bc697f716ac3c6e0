"""Gymnasium's environments, one at a time and as a vector.

`gymnasium.make("metatape/HalfCheetah-v5")` and `gymnasium.make_vec(…)` make them after
`import metatape`.
"""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from ._arrays import Flags, Floats, numbers, seed_number, shape_text, whole_number
from ._batch import Batch
from ._library import Uncopied
from .errors import InvalidArgumentError, InvalidStateError, InvalidTypeError, UnsupportedError
from .picture import draw

AUTORESET = {
    AutoresetMode.DISABLED: "disabled",
    AutoresetMode.NEXT_STEP: "next-step",
    AutoresetMode.SAME_STEP: "same-step",
}


def space(description: dict[str, Any], dtype: type[np.floating[Any]]) -> spaces.Space[Any]:
    """A space as the library describes it; null is a bound that is infinite."""
    if "n" in description:
        return spaces.Discrete(int(description["n"]))
    low = [-np.inf if bound is None else bound for bound in description["low"]]
    high = [np.inf if bound is None else bound for bound in description["high"]]
    return spaces.Box(np.asarray(low, dtype), np.asarray(high, dtype), dtype=dtype)


def autoreset(mode: Any) -> AutoresetMode:
    """Gymnasium's mode, or the one of a name."""
    try:
        return AutoresetMode(mode)
    except ValueError as error:
        raise InvalidArgumentError(f"autoreset_mode: {error}") from error


def picture_size(size: Any) -> tuple[int, int]:
    """A height and a width."""
    try:
        height, width = size
    except (TypeError, ValueError) as error:
        raise InvalidTypeError(f"render_size: expected two numbers, not {size!r}.") from error
    return whole_number(height, "render_size", 1, 2**14), whole_number(
        width, "render_size", 1, 2**14
    )


class _Tasks(Uncopied):
    """What both kinds of environments share: the task, states and pictures."""

    metadata: dict[str, Any]
    np_random: np.random.Generator
    render_mode: str | None
    _batch: Batch

    def _prepare(self, batch: Batch, task: Any, render_mode: str | None, size: Any) -> None:
        self._batch = batch
        self._picture_size = picture_size(size)
        timestep = batch.description.get("timestep")
        modes = ["rgb_array"] if batch.description.get("render") else []
        frames = round(1 / timestep) if timestep else 20
        self.metadata = dict(self.metadata, render_modes=modes, render_fps=frames)
        if render_mode is not None and render_mode not in modes:
            raise UnsupportedError(
                f"{batch.name} has no render_mode {render_mode!r}, only {modes}."
            )
        self.render_mode = render_mode
        self._draws_task = task is None
        batch.task = batch.sample_tasks(0, 0, 1)[0] if task is None else task

    def sample_tasks(self, count: int, seed: int | None = None) -> list[Floats]:
        """Draws tasks, each an array [task_size].

        Without a seed they come from `np_random`, so that every call gives new ones.
        """
        number = int(self.np_random.integers(2**63)) if seed is None else seed_number(seed)
        return self._batch.sample_tasks(number, 0, count)

    def set_task(self, task: Any) -> None:
        """Sets the task [task_size] of all episodes.

        It takes effect when all rows are reset together: at the next reset without a mask. Until a
        task is set, each such reset with a seed draws the first task of that seed.
        """
        with self._batch.lock:
            self._batch.task = task
            self._draws_task = False

    def get_task(self) -> Floats:
        """The task [task_size]."""
        return self._batch.task

    def _draw_task(self, seed: int) -> None:
        if self._draws_task:
            self._batch.task = self._batch.sample_tasks(seed, 0, 1)[0]

    def _picture(self, row: int) -> NDArray[np.uint8]:
        if self.render_mode is None:
            raise UnsupportedError("Make the environment with render_mode='rgb_array'.")
        return draw(self._batch.picture(row), self._batch.description["render"], self._picture_size)


class Environment(_Tasks, gymnasium.Env[Any, Any]):
    """One episode at a time, of a task of MetaTape's catalog."""

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 20}

    def __init__(
        self,
        name: str,
        *,
        task: Any = None,
        horizon: int = 0,
        render_mode: str | None = None,
        render_size: tuple[int, int] = (480, 480),
        **options: Any,
    ) -> None:
        """Makes an environment.

        - `name`: the catalog's, such as "half-cheetah-direction".
        - `task`: its parameters; without it, each reset with a seed draws one.
        - `horizon`: truncates episodes after so many steps; 0 for never.
        - `render_size`: height and width of pictures.
        - `options`: the catalog's, such as `control_cost=0.1`.
        """
        batch = Batch(name, 1, horizon=horizon, options=options)
        self._prepare(batch, task, render_mode, render_size)
        self.observation_space = space(batch.description["observation_space"], np.float64)
        self.action_space = space(batch.description["action_space"], np.float32)
        self._has_seed = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Starts an episode; with a seed, it is the first episode of a batch with that seed."""
        with self._batch.lock:
            super().reset(seed=None if seed is None else seed_number(seed))
            if seed is None and not self._has_seed:
                seed = int(self.np_random.integers(2**63))
            if seed is None:
                self._batch.reset()
            else:
                self._has_seed = True
                self._draw_task(seed)
                self._batch.reset(np.array([seed], np.uint64), np.zeros(1, np.uint64))
            return self._observation(), {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Advances the episode. Shapes: `action` [a], or an index."""
        batch = self._batch
        shape = () if batch.has_indices else batch.action_shape[1:]
        array = np.asarray(action)
        if array.shape != shape:
            expected, found = shape_text(shape), shape_text(array.shape)
            raise InvalidArgumentError(f"action: expected the shape {expected}, not {found}.")
        with batch.lock:
            batch.step(array[None])
            reward, terminated = batch.rewards.item(), batch.terminated.item()
            infos = dict(zip(batch.info_names, batch.infos[0].tolist(), strict=True))
            return self._observation(), reward, terminated, batch.truncated.item(), infos

    def _observation(self) -> Any:
        row = self._batch.observations[0]
        if isinstance(self.observation_space, spaces.Discrete):
            return np.int64(row[0])
        return row.copy()

    def get_state(self) -> tuple[Floats, ...]:
        """The full state: for a body, `qpos` and `qvel`."""
        return tuple(part[0] for part in self._batch.states())

    def set_state(self, *parts: Any) -> Any:
        """Starts an episode at a state, `qpos` and `qvel`; returns the observation."""
        arrays = tuple(numbers(part, "state", None)[None] for part in parts)
        with self._batch.lock:
            self._batch.set_states(arrays)
            return self._observation()

    def render(self) -> NDArray[np.uint8]:
        """A picture: [height, width, 3]"""
        return self._picture(0)

    def close(self) -> None:
        """Frees the episode; a later call is an error."""
        self._batch.close()


class VectorEnvironment(_Tasks, VectorEnv[Any, Any, NDArray[Any]]):
    """Many episodes of one task, simulated side by side in one call."""

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": 20}

    def __init__(
        self,
        name: str,
        num_envs: int = 1,
        *,
        task: Any = None,
        horizon: int = 0,
        max_episode_steps: int | None = None,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        render_mode: str | None = None,
        render_size: tuple[int, int] = (480, 480),
        **options: Any,
    ) -> None:
        """Makes environments, as `Environment` does.

        - `max_episode_steps`: Gymnasium's limit; an episode ends at it or at `horizon`, whichever
          comes first.
        - `autoreset_mode`: what happens to a row that has ended.
        """
        mode = autoreset(autoreset_mode)
        num_envs = whole_number(num_envs, "num_envs", 1)
        limits = [horizon] if horizon else []
        if max_episode_steps is not None and max_episode_steps > 0:
            limits.append(max_episode_steps)
        batch = Batch(
            name,
            num_envs,
            horizon=min(limits, default=0),
            autoreset=AUTORESET[mode],
            options=options,
        )
        self._prepare(batch, task, render_mode, render_size)
        self.metadata["autoreset_mode"] = self.autoreset_mode = mode
        self.num_envs = num_envs
        self.single_observation_space = space(batch.description["observation_space"], np.float64)
        self.single_action_space = space(batch.description["action_space"], np.float32)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._has_indices = isinstance(self.single_observation_space, spaces.Discrete)
        self._restarts = mode is AutoresetMode.NEXT_STEP
        self._is_final = mode is AutoresetMode.SAME_STEP
        self._all = np.ones(num_envs, np.bool_)
        self._seeded = np.zeros(num_envs, np.bool_)
        self._ended: Flags | None = None  # rows that the last step ended

    def reset(
        self,
        *,
        seed: int | list[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Any, dict[str, Any]]:
        """Starts all episodes, or those of `options["reset_mask"]`.

        With a number as seed, row `i` is episode `i` of a batch with that seed. With a list, each
        row is the first episode of a batch with its own seed, as in `Environment`; rows with None
        continue with theirs.
        """
        mask = self._mask((options or {}).get("reset_mask"))
        with self._batch.lock:
            seeds, episodes, given = self._seeds(seed)
            if mask is None:
                self._ended = None
                if isinstance(seed, (int, np.integer)):
                    self._draw_task(int(seed))
                elif given.any():
                    self._draw_task(int(seeds[given.argmax()]))
            elif self._ended is not None:
                self._ended = self._ended & ~mask
            rows = self._all if mask is None else mask
            self._seeded |= given & rows
            if mask is None and not given.all():
                self._batch.reset()  # all rows together, so that a new task takes effect
            else:
                self._start(rows & ~given, None, None)
            self._start(rows & given, seeds, episodes)
            return self._observations(), {}

    def step(
        self, actions: Any
    ) -> tuple[Any, NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]:
        """Advances all episodes.

        Shapes: `actions` [num_envs, a], or [num_envs] indices.
        """
        batch = self._batch
        with batch.lock:
            try:
                has_ended = batch.step(actions)
            except InvalidStateError:  # the other rows were stepped
                if self._restarts:
                    self._ended = batch.terminated | batch.truncated
                raise
            terminated, truncated = batch.terminated.copy(), batch.truncated.copy()
            if has_ended or self._ended is not None:
                infos = self._infos_at_ends(terminated | truncated if has_ended else None)
            elif batch.info_names:
                infos = self._infos(batch.infos, self._all.copy())
            else:
                infos = {}
            return self._observations(), batch.rewards.copy(), terminated, truncated, infos

    def _start(
        self, rows: Flags, seeds: NDArray[np.uint64] | None, episodes: NDArray[np.uint64] | None
    ) -> None:
        if rows.any():
            self._batch.reset(seeds, episodes, None if rows.all() else rows)

    def _infos_at_ends(self, ended: Flags | None) -> dict[str, Any]:
        """The infos of a step at which rows end or start."""
        batch, before, infos = self._batch, self._ended, {}
        stepped = self._all
        if self._restarts:
            stepped = self._all if before is None else ~before
            self._ended = ended
        elif self._is_final and ended is not None:
            stepped = ~ended
            final = np.full(self.num_envs, None, object)
            for row in ended.nonzero()[0]:
                final[row] = self._final_observation(row)
            infos = {"final_obs": final, "_final_obs": ended.copy()}
            infos["final_info"] = self._infos(batch.final_infos, ended)
            infos["_final_info"] = ended.copy()
        if stepped.any():
            infos |= self._infos(batch.infos, stepped.copy())
        return infos

    def _infos(self, values: Floats, mask: Flags) -> dict[str, Any]:
        """A column for each name, zero where the mask is not set, and the mask."""
        columns = values.T.copy()
        if not mask.all():
            columns[:, ~mask] = 0
        infos: dict[str, Any] = {}
        for name, column in zip(self._batch.info_names, columns, strict=True):
            infos[name], infos["_" + name] = column, mask
        return infos

    def _observations(self) -> Any:
        observations = self._batch.observations
        if self._has_indices:
            return observations[:, 0].astype(np.int64)
        return observations.copy()

    def _final_observation(self, row: Any) -> Any:
        final = self._batch.final_observations[row]
        return np.int64(final[0]) if self._has_indices else final.copy()

    def _seeds(self, seed: Any) -> tuple[NDArray[np.uint64], NDArray[np.uint64], Flags]:
        """Seeds, episode numbers, and which rows get them. Shapes: [num_envs]"""
        count = self.num_envs
        if isinstance(seed, (int, np.integer)):
            super().reset(seed=seed_number(seed))
            seeds = np.full(count, seed, np.uint64)
            return seeds, np.arange(count, dtype=np.uint64), self._all.copy()
        rows = [None] * count if seed is None else list(seed)
        if len(rows) != count:
            raise InvalidArgumentError(f"seed: expected {count} numbers, not {len(rows)}.")
        given = np.array([row is not None for row in rows], np.bool_)
        numbers = [
            0 if row is None else seed_number(row, f"seed[{i}]") for i, row in enumerate(rows)
        ]
        seeds, episodes = np.array(numbers, np.uint64), np.zeros(count, np.uint64)
        if given.any():
            super().reset(seed=int(seeds[given.argmax()]))
        new = ~given & ~self._seeded
        if new.any():  # never seeded: at random
            seeds[new] = self.np_random.integers(2**63)
            episodes[new] = np.arange(count, dtype=np.uint64)[new]
        return seeds, episodes, given | new

    def _mask(self, mask: Any) -> Flags | None:
        """The rows to choose, with the checks of Gymnasium's `SyncVectorEnv`."""
        if mask is None:
            return None
        if not isinstance(mask, np.ndarray) or mask.dtype != np.bool_:
            kind = mask.dtype if isinstance(mask, np.ndarray) else type(mask).__name__
            raise InvalidTypeError(f"the mask must be a NumPy array of bool, not {kind}")
        if mask.shape != (self.num_envs,):
            raise InvalidArgumentError(
                f"the mask must have the shape ({self.num_envs},), not {mask.shape}"
            )
        if not mask.any():
            raise InvalidArgumentError("the mask must choose at least one row")
        return np.ascontiguousarray(mask)

    def get_state(self) -> tuple[Floats, ...]:
        """The full states: for bodies, `qpos` and `qvel`, each [num_envs, size]."""
        return self._batch.states()

    def set_state(self, *parts: Any, mask: Flags | None = None) -> Any:
        """Starts episodes at states, all or those of the mask; returns the observations.

        Shapes: each part [num_envs, size], `mask` [num_envs].
        """
        rows = self._mask(mask)
        with self._batch.lock:
            self._batch.set_states(parts, rows)
            if self._ended is not None:
                self._ended = None if rows is None else self._ended & ~rows
            return self._observations()

    def render(self) -> tuple[NDArray[np.uint8], ...]:
        """A picture of each row: [height, width, 3]"""
        return tuple(self._picture(row) for row in range(self.num_envs))

    def close_extras(self, **_: Any) -> None:
        """Frees the episodes; a later call is an error."""
        self._batch.close()
