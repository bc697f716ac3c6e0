"""Rollouts of the simulator."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import needs_library

import metatape
from metatape import Model, rollout

pytestmark = needs_library

SLIDER = """<mujoco model="slider">
  <option timestep="0.01"/>
  <worldbody>
    <body name="cart">
      <joint name="x" type="slide" axis="1 0 0"/>
      <joint name="z" type="slide" axis="0 0 1"/>
      <joint name="turn" type="hinge" axis="0 1 0"/>
      <geom type="capsule" fromto="0 0 0 0.5 0 0" size="0.05"/>
    </body>
  </worldbody>
  <actuator><motor joint="turn" gear="1"/></actuator>
</mujoco>"""


def test_models():
    cheetah = Model("half-cheetah")
    assert (cheetah.dofs, cheetah.motors, cheetah.timestep) == (9, 6, 0.01)
    assert len(cheetah.joints) == 9 and "bthigh" in cheetah.joints
    assert Model("swimmer").dofs == 5
    for bad in ("humanoid", "", "/etc/passwd", 3, None, "half-cheetah\0"):
        with pytest.raises((ValueError, TypeError)):
            Model(bad)


def test_files(tmp_path):
    (tmp_path / "slider.xml").write_text(SLIDER)
    try:
        model = Model.from_file(tmp_path / "slider.xml")
    except ValueError as error:
        pytest.skip(f"the loader wants more: {error}")
    assert model.motors == 1
    for bad in ("", "<mujoco", "<mujoco></mujoco>", "{}", SLIDER.replace("hinge", "ball"), "\0"):
        with pytest.raises(ValueError):
            Model.from_text(bad)
    with pytest.raises(FileNotFoundError):
        Model.from_file(tmp_path / "nothing.xml")


@pytest.mark.parametrize("name", ["half-cheetah", "swimmer"])
def test_as_the_environment(name, rng):
    pytest.importorskip("gymnasium")
    model = Model(name)
    frames = 5 if name == "half-cheetah" else 4
    envs = metatape.VectorEnvironment(f"{name}-direction", 6, task=[1])
    envs.reset(seed=1)
    initial = np.concatenate(envs.get_state(), axis=1)
    controls = rng.uniform(-1, 1, (6, 40, model.motors))
    expected = []
    for step in range(40):
        envs.step(controls[:, step])
        expected.append(np.concatenate(envs.get_state(), axis=1))
    found = rollout(model, initial, controls, frames=frames)
    np.testing.assert_array_equal(found, np.stack(expected, axis=1))
    np.testing.assert_array_equal(
        found, rollout(model, initial, controls, frames=frames, threads=4)
    )
    fine = rollout(model, initial[0], np.repeat(controls[0], frames, axis=0))
    np.testing.assert_array_equal(fine[frames - 1 :: frames], found[0])


def test_shapes():
    model = Model("half-cheetah")
    one, many = np.zeros(18), np.zeros((3, 18))
    assert rollout(model, one, np.zeros((4, 6))).shape == (4, 18)
    assert rollout(model, many, np.zeros((3, 4, 6))).shape == (3, 4, 18)
    assert rollout(model, many, np.zeros((4, 6))).shape == (3, 4, 18)
    assert rollout(model, one, np.zeros((5, 4, 6))).shape == (5, 4, 18)
    assert rollout(model, one[None], np.zeros((1, 4, 6))).shape == (1, 4, 18)
    assert rollout(model, one, np.zeros((0, 6))).shape == (0, 18)
    assert rollout(model, np.zeros((0, 18)), np.zeros((0, 4, 6))).shape == (0, 4, 18)
    assert rollout(model, one.tolist(), np.zeros((4, 6), np.float32)).shape == (4, 18)
    wrong = [
        (one[:-1], np.zeros((4, 6))),
        (one, np.zeros((4, 5))),
        (one, np.zeros(6)),
        (many, np.zeros((2, 4, 6))),
        (many, np.zeros((1, 4, 6))),
        (np.zeros((2, 3, 18)), np.zeros((2, 4, 6))),
        (one * np.nan, np.zeros((4, 6))),
        (one, np.full((4, 6), np.inf)),
    ]
    for initial, controls in wrong:
        with pytest.raises(ValueError):
            rollout(model, initial, controls)
    with pytest.raises(TypeError):
        rollout("half-cheetah", one, np.zeros((4, 6)))
    for arguments in ({"frames": 0}, {"frames": -1}, {"threads": 0}, {"threads": 10**6}):
        with pytest.raises(ValueError):
            rollout(model, one, np.zeros((4, 6)), **arguments)
    with pytest.raises((TypeError, ValueError)):
        rollout(model, one, np.zeros((4, 6)), frames=1.5)


def test_the_caller_owns_the_result():
    model, initial, controls = Model("swimmer"), np.zeros((3, 10)), np.ones((3, 4, 2))
    mine = np.full((3, 4, 10), np.nan)
    assert rollout(model, initial, controls, mine) is mine
    np.testing.assert_array_equal(mine, rollout(model, initial, controls))
    for bad in (np.zeros((3, 4, 9)), np.zeros((3, 8, 10))[:, ::2], mine.astype(np.float32), [1]):
        with pytest.raises((TypeError, ValueError)):
            rollout(model, initial, controls, bad)


def test_exact(rng):
    """The minimiser is where MuJoCo stops, but in a few of 60,000 steps."""
    model, controls = Model("half-cheetah"), rng.uniform(-1, 1, (200, 300, 6))
    usual, exact = (rollout(model, np.zeros(18), controls, exact=way) for way in (False, True))
    difference = abs(usual - exact).max(axis=(1, 2))
    assert difference.max() > 0 and np.median(difference) == 0


def test_divergence():
    model = Model("half-cheetah")
    initial = np.zeros((4, 18))
    initial[2, 9:] = 1e200
    states = np.full((4, 5, 18), np.nan)
    with pytest.raises(RuntimeError, match="2"):
        rollout(model, initial, np.zeros((4, 5, 6)), states)
    assert np.isfinite(states).all()


def test_the_result_is_apart_from_what_is_given():
    model = Model("swimmer")
    data = np.zeros((3, 4, 10))
    with pytest.raises(ValueError, match="overlaps"):
        rollout(model, data[:, 0].copy(), data.ravel()[:24].reshape(3, 4, 2), data)
    initial = data.ravel()[:30].reshape(3, 10)
    with pytest.raises(ValueError, match="overlaps"):
        rollout(model, initial, np.zeros((3, 4, 2)), data)
