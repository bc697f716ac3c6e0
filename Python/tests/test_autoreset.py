"""The three ways to start episodes again, against Gymnasium's own vector of single environments."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import needs_library

gymnasium = pytest.importorskip("gymnasium")

from gymnasium.vector import AutoresetMode, SyncVectorEnv  # noqa: E402

from metatape import Environment, InvalidStateError, VectorEnvironment  # noqa: E402

pytestmark = needs_library

COUNT, STEPS = 6, 150
GOAL = np.array([0.05, -0.03])
CASES = {
    "half-cheetah-direction": {"horizon": 5, "task": [1.0]},
    "swimmer-velocity": {"horizon": 3, "task": [0.15]},
    "navigation-2d": {"horizon": 7, "task": GOAL.tolist(), "terminates_at_goal": True},
    "tabular": {"horizon": 4, "task": [0.0]},
}


def assert_same(ours, theirs, place=""):
    """Equal to the last bit, with the same types."""
    assert type(ours) is type(theirs), place
    if isinstance(theirs, dict):
        assert set(ours) == set(theirs), place
        for key, value in theirs.items():
            assert_same(ours[key], value, f"{place}.{key}")
    elif isinstance(theirs, tuple):
        assert len(ours) == len(theirs), place
        for index, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
            assert_same(mine, other, f"{place}[{index}]")
    elif isinstance(theirs, np.ndarray):
        assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype), place
        if theirs.dtype == object:
            for index, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
                assert_same(mine, other, f"{place}[{index}]")
        else:
            np.testing.assert_array_equal(ours, theirs, place)
    else:
        assert ours == theirs, place


@pytest.mark.parametrize("mode", list(AutoresetMode))
@pytest.mark.parametrize("task", list(CASES))
def test_as_gymnasium(task, mode, rng):
    arguments = CASES[task]
    ours = VectorEnvironment(task, COUNT, autoreset_mode=mode, **arguments)
    theirs = SyncVectorEnv([lambda: Environment(task, **arguments)] * COUNT, autoreset_mode=mode)
    assert ours.observation_space == theirs.observation_space
    assert ours.action_space == theirs.action_space
    seeds = list(range(10, 10 + COUNT))
    found = ours.reset(seed=seeds)
    assert_same(found, theirs.reset(seed=seeds))
    ours.action_space.seed(0)
    ended, ends = np.zeros(COUNT, bool), 0
    for step in range(STEPS):
        if mode is AutoresetMode.DISABLED and ended.any():
            # as a program does that resets what has ended
            mask = ended.copy()
            assert_same(
                ours.reset(options={"reset_mask": mask}),
                theirs.reset(options={"reset_mask": mask.copy()}),
                f"reset {step}",
            )
        elif rng.uniform() < 0.1:
            # some rows are started again in the middle, some with seeds of their own
            mask = rng.uniform(size=COUNT) < 0.4
            if mask.any():
                new = [int(rng.integers(100)) if chosen else None for chosen in mask]
                new = new if rng.uniform() < 0.5 else None
                assert_same(
                    ours.reset(seed=new, options={"reset_mask": mask}),
                    theirs.reset(seed=new, options={"reset_mask": mask.copy()}),
                    f"reset {step}",
                )
        actions = ours.action_space.sample()
        if task == "navigation-2d":  # to the goal, now and then
            seen = found[0]
            near = rng.uniform(size=COUNT) < 0.3
            actions[near] = (GOAL - seen)[near]
        found, expected = ours.step(actions), theirs.step(actions)
        assert_same(found, expected, f"step {step}")
        ended = found[2] | found[3]
        ends += ended.sum()
    assert ends > COUNT * 5


def test_all_rows_end_at_once():
    arguments = {"horizon": 2, "task": [1.0]}
    name = "half-cheetah-direction"
    for mode in AutoresetMode:
        ours = VectorEnvironment(name, 3, autoreset_mode=mode, **arguments)
        theirs = SyncVectorEnv([lambda: Environment(name, **arguments)] * 3, autoreset_mode=mode)
        assert_same(ours.reset(seed=[1, 2, 3]), theirs.reset(seed=[1, 2, 3]))
        for step in range(6):
            actions = ours.action_space.sample()
            if mode is AutoresetMode.DISABLED and step and step % 2 == 0:
                assert_same(ours.reset(), theirs.reset())
            assert_same(ours.step(actions), theirs.step(actions), f"{mode} {step}")


@pytest.mark.parametrize(
    ("mask", "kind"),
    [
        ([True, False], TypeError),
        (np.array([1, 0]), TypeError),
        (np.array([True]), ValueError),
        (np.array([False, False]), ValueError),
        (np.array([[True, False]]), ValueError),
    ],
)
def test_wrong_masks(mask, kind):
    name = "navigation-2d"
    ours = VectorEnvironment(name, 2)
    theirs = SyncVectorEnv([lambda: Environment(name)] * 2)
    # older versions of Gymnasium assert instead
    for envs, kinds in ((ours, kind), (theirs, (kind, AssertionError))):
        envs.reset(seed=[1, 2])
        with pytest.raises(kinds):
            envs.reset(options={"reset_mask": mask})


def test_disabled_needs_a_reset():
    envs = VectorEnvironment("navigation-2d", 3, autoreset_mode="Disabled", horizon=1)
    with pytest.raises(RuntimeError, match="reset"):
        envs.step(np.zeros((3, 2)))
    envs.reset(seed=1)
    envs.step(np.zeros((3, 2)))
    with pytest.raises(RuntimeError, match="reset"):
        envs.step(np.zeros((3, 2)))
    envs.reset(options={"reset_mask": np.array([True, True, False])})
    with pytest.raises(RuntimeError, match="Episode 2"):
        envs.step(np.zeros((3, 2)))
    with pytest.raises(ValueError):
        VectorEnvironment("navigation-2d", 3, autoreset_mode="sometimes")


def test_rows_that_end_while_another_leaves_the_finite_numbers():
    envs = VectorEnvironment("half-cheetah-direction", 3, task=[1], horizon=4)
    envs.reset(seed=1)
    for _ in range(3):
        envs.step(np.zeros((3, 6)))
    qpos, qvel = envs.get_state()
    qvel[1] = 1e200
    envs.set_state(qpos, qvel, mask=np.arange(3) == 1)
    with pytest.raises(InvalidStateError):
        envs.step(np.zeros((3, 6)))
    infos = envs.step(np.zeros((3, 6)))[4]  # rows 0 and 2 are reset
    assert infos["_x_position"][[0, 2]].tolist() == [False, False]
