"""Environments with Gymnasium's names against its own, which MuJoCo simulates."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import needs_library

gymnasium = pytest.importorskip("gymnasium")
pytest.importorskip("mujoco")

import metatape  # noqa: E402
from metatape.registration import GYMNASIUM  # noqa: E402

pytestmark = needs_library


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """MuJoCo writes its log into the current folder."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", list(GYMNASIUM))
def test_as_gymnasium(name):
    """1000 steps; before each of them our state is set to theirs, and what fell starts again."""
    ours, theirs = gymnasium.make(f"metatape/{name}"), gymnasium.make(name)
    assert ours.action_space == theirs.action_space
    assert ours.observation_space == theirs.observation_space
    assert ours.spec.max_episode_steps == theirs.spec.max_episode_steps
    ours.reset(seed=1)
    theirs.reset(seed=1)
    rng = np.random.default_rng(1)
    for step in range(1, 1001):
        data = theirs.unwrapped.data
        data.qacc_warmstart[:] = 0  # setting a state forgets it here, and not in Gymnasium
        ours.unwrapped.set_state(data.qpos, data.qvel)
        # in double precision: of a single-precision action Gymnasium takes the square in single
        action = rng.uniform(-1.2, 1.2, ours.action_space.shape)
        found, expected = ours.step(action), theirs.step(action)
        np.testing.assert_allclose(found[0], expected[0], rtol=0, atol=1e-9, err_msg=f"{step}")
        assert found[1] == pytest.approx(expected[1], rel=0, abs=1e-9), step
        assert found[2:4] == expected[2:4]
        for key in found[4]:
            assert found[4][key] == pytest.approx(expected[4][key], rel=0, abs=1e-9), (key, step)
        if expected[2] or expected[3]:  # the reacher's episodes are short
            ours.reset()
            theirs.reset()
    if "Cheetah" in name:
        assert found[3]


def test_gymnasium_reset_distribution():
    """Positions are uniform in 0.1, velocities normal with deviation 0.1 (swimmer: uniform)."""
    for name, is_normal in (("HalfCheetah-v5", True), ("Swimmer-v5", False)):
        envs = gymnasium.make_vec(f"metatape/{name}", num_envs=4000)
        envs.reset(seed=1)
        qpos, qvel = envs.unwrapped.get_state()
        assert abs(qpos).max() <= 0.1 and qpos.std() == pytest.approx(0.1 / 3**0.5, rel=0.02)
        assert qvel.std() == pytest.approx(0.1 if is_normal else 0.1 / 3**0.5, rel=0.02)
        assert (abs(qvel).max() > 0.2) == is_normal


def test_rollout_as_mujoco(rng):
    """Teacher-forced: single steps from the states of MuJoCo's own rollout."""
    import mujoco
    from gymnasium.envs.mujoco import half_cheetah_v5

    path = str(half_cheetah_v5.__file__).replace("half_cheetah_v5.py", "assets/half_cheetah.xml")
    theirs = mujoco.MjModel.from_xml_path(path)
    ours = metatape.Model.from_file(path)
    assert (ours.dofs, ours.motors, ours.timestep) == (theirs.nv, theirs.nu, theirs.opt.timestep)
    data = mujoco.MjData(theirs)
    starts, controls, ends = [], rng.uniform(-1, 1, (300, 1, theirs.nu)), []
    for control in controls[:, 0]:
        starts.append(np.concatenate([data.qpos, data.qvel]))
        data.ctrl[:] = control
        mujoco.mj_step(theirs, data)
        ends.append(np.concatenate([data.qpos, data.qvel]))
    found = metatape.rollout(ours, np.array(starts), controls)
    np.testing.assert_allclose(found[:, 0], ends, rtol=0, atol=1e-9)
