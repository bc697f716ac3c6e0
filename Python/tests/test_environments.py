"""Gymnasium's environments: registration, checks, seeds, tasks, states, pictures."""

from __future__ import annotations

import subprocess
import sys
import warnings

import numpy as np
import pytest
from conftest import SOURCES, needs_library

gymnasium = pytest.importorskip("gymnasium")

from gymnasium.utils.env_checker import check_env  # noqa: E402
from gymnasium.vector import AutoresetMode  # noqa: E402

import metatape  # noqa: E402
from metatape import Environment, VectorEnvironment  # noqa: E402
from metatape.registration import TASKS, environment_name, specifications  # noqa: E402

pytestmark = needs_library

NAMES = list(specifications())
CHEETAH = "half-cheetah-direction"
RANDOM_STEPS = {"tabular", "random-mdp", "bernoulli-bandit", "gaussian-bandit"}
# where all episodes start in one state, or in one of few
ONE_START = RANDOM_STEPS | {
    "navigation-2d",
    "navigation-2d-corners",
    "sparse-point-robot",
    "point-robot-wind",
}


def test_names_are_those_of_the_catalog():
    found = {task["name"]: task.get("horizon", 100) for task in metatape.catalog()["tasks"]}
    assert found == TASKS
    assert environment_name("navigation-2d") == "Navigation2D"
    assert set(NAMES) <= set(gymnasium.registry)
    assert "metatape/HalfCheetahDirection-v1" in NAMES


def test_a_prefix_imports_the_package():
    code = (
        "import gymnasium\n"
        "envs = gymnasium.make_vec('metatape:metatape/HalfCheetah-v5', num_envs=3)\n"
        "print(envs.reset(seed=1)[0].shape)"
    )
    environment = {
        "PYTHONPATH": str(SOURCES),
        "METATAPE_LIBRARY": str(metatape._library.library_path()),
    }
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True)
    assert run.stdout == b"(3, 17)\n", run.stderr.decode()


@pytest.mark.parametrize("name", NAMES)
def test_gymnasium_check(name):
    # the warnings that Gymnasium's own tests ignore: its bodies have unbounded observations too,
    # and its pendulum forces of 3
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", ".*A Box observation space m.*imum value is -?infinity.*")
        warnings.filterwarnings("ignore", ".*we recommend using a symmetric and normalized space.*")
        env = gymnasium.make(name, disable_env_checker=True)
        check_env(env.unwrapped)
        passive = gymnasium.make(name)  # with Gymnasium's checks at every step
        passive.reset(seed=1)
        for _ in range(3):
            passive.step(passive.action_space.sample())
        passive.close()


@pytest.mark.parametrize("mode", list(AutoresetMode))
@pytest.mark.parametrize("name", NAMES)
def test_vector_check(name, mode):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        envs = gymnasium.make_vec(name, num_envs=5, autoreset_mode=mode, max_episode_steps=4)
    assert envs.metadata["autoreset_mode"] is mode
    assert envs.spec.id == name and envs.num_envs == 5
    observations, infos = envs.reset(seed=3)
    assert observations in envs.observation_space and infos == {}
    envs.action_space.seed(1)
    scale = 0 if "Pendulum" in name else 1  # what random actions would fell within four steps
    for step in range(1, 5):
        actions = scale * envs.action_space.sample()
        observations, rewards, terminated, truncated, infos = envs.step(actions)
        assert observations in envs.observation_space and observations.dtype == np.float64
        assert rewards.shape == (5,) and rewards.dtype == np.float64
        assert terminated.dtype == truncated.dtype == np.bool_
        assert (truncated == (step == 4)).all() and not terminated.any()
        assert all(len(value) == 5 for key, value in infos.items() if key != "final_info")
    envs.close()
    envs.close()


def test_spaces():
    envs = gymnasium.make_vec("metatape/HalfCheetah-v5", num_envs=2)
    theirs = gymnasium.spaces.Box(-1, 1, (6,), np.float32)
    assert envs.single_action_space == theirs and envs.action_space.shape == (2, 6)
    assert envs.single_observation_space.shape == (17,)
    assert Environment("navigation-2d", clips_position=True).observation_space.high[0] == 0.5
    assert isinstance(Environment("tabular").action_space, gymnasium.spaces.Discrete)


def test_what_is_returned_is_not_overwritten():
    for name, options in (("half-cheetah-velocity", {}), ("navigation-2d", {})):
        for mode in AutoresetMode:
            envs = VectorEnvironment(name, 3, autoreset_mode=mode, horizon=5, **options)
            results = [envs.reset(seed=1)[0]]
            copies = [results[0].copy()]
            for step in range(12):
                if mode is AutoresetMode.DISABLED and step % 5 == 0:
                    envs.reset()
                *arrays, infos = envs.step(envs.action_space.sample())
                keys = [key for key in infos if not key.startswith(("final", "_final"))]
                results += [*arrays, *(infos[key] for key in keys)]
                copies += [*(a.copy() for a in arrays), *(infos[key].copy() for key in keys)]
            for result, copy in zip(results, copies, strict=True):
                np.testing.assert_array_equal(result, copy)


@pytest.mark.parametrize("task", list(TASKS))
def test_seeds(task):
    """A list of seeds is that of single environments; a number is that of a batch."""
    seeds, horizon = [5, 9, 5, 2**64 - 1], 3
    chosen = Environment(task).sample_tasks(1, seed=7)[0]
    arguments = {"task": chosen, "horizon": horizon}
    envs = VectorEnvironment(task, 4, autoreset_mode="NextStep", **arguments)
    singles = [Environment(task, **arguments) for _ in seeds]
    envs.action_space.seed(0)
    observations = envs.reset(seed=seeds)[0]
    expected = [env.reset(seed=seed)[0] for env, seed in zip(singles, seeds, strict=True)]
    for step in range(3 * (horizon + 1)):
        np.testing.assert_array_equal(observations, expected)
        np.testing.assert_array_equal(observations[0], expected[2])
        actions = envs.action_space.sample()
        actions[2] = actions[0]
        observations = envs.step(actions)[0]
        if step % (horizon + 1) == horizon:
            expected = [env.reset()[0] for env in singles]
        else:
            expected = [env.step(a)[0] for env, a in zip(singles, actions, strict=True)]
    batch = envs.reset(seed=5)[0]
    if task not in ONE_START:
        assert (batch[0] == singles[0].reset(seed=5)[0]).all()
        assert (batch[1] != batch[0]).any()
    np.testing.assert_array_equal(batch, envs.reset(seed=5)[0])
    longer = VectorEnvironment(task, 7, **arguments).reset(seed=5)[0]
    np.testing.assert_array_equal(longer[:4], batch)


def test_rows_without_a_seed_continue():
    envs = VectorEnvironment(CHEETAH, 3, task=[1])
    first = envs.reset(seed=[1, 2, 3])[0]
    second = envs.reset(seed=[None, 2, None])[0]
    assert (second[1] == first[1]).all() and (second[[0, 2]] != first[[0, 2]]).all(1).all()
    again = envs.reset(seed=[1, 2, 3])[0]
    np.testing.assert_array_equal(again, first)
    np.testing.assert_array_equal(envs.reset()[0][[0, 2]], second[[0, 2]])


def test_without_a_seed_it_is_random():
    first, second = (Environment(CHEETAH).reset()[0] for _ in range(2))
    assert (first != second).all()
    first, second = (VectorEnvironment(CHEETAH, 2).reset()[0] for _ in range(2))
    assert (first != second).all() and (first[0] != first[1]).all()


@pytest.mark.parametrize("seed", [-1, 2**64, 1.5, "a", [1, 2], [1, 2, -3], [1, 2, "x"]])
def test_wrong_seeds(seed):
    with pytest.raises((TypeError, ValueError, gymnasium.error.Error)):
        VectorEnvironment("navigation-2d", 3).reset(seed=seed)
    with pytest.raises((TypeError, ValueError, gymnasium.error.Error)):
        Environment("navigation-2d").reset(seed=seed)


def test_horizons():
    def steps(env) -> int:
        env.reset(seed=0)
        return next(
            step for step in range(1, 2000) if env.step(env.action_space.sample())[3] is True
        )

    def vector_steps(envs) -> int:
        envs.reset(seed=0)
        return next(
            step for step in range(1, 2000) if envs.step(envs.action_space.sample())[3].all()
        )

    name = "metatape/Navigation2D-v1"
    assert steps(gymnasium.make(name)) == vector_steps(gymnasium.make_vec(name)) == 100
    for arguments, expected in [
        ({"max_episode_steps": 7}, 7),
        ({"horizon": 9}, 9),
        ({"horizon": 9, "max_episode_steps": 7}, 7),
        ({"horizon": 7, "max_episode_steps": 9}, 7),
        ({"horizon": 150, "max_episode_steps": -1}, 150),
    ]:
        assert steps(gymnasium.make(name, **arguments)) == expected
        assert vector_steps(gymnasium.make_vec(name, 3, **arguments)) == expected
    assert gymnasium.spec("metatape/HalfCheetah-v5").max_episode_steps == 1000


def test_options():
    actions = np.full((1, 6), 0.5)
    costs = []
    for cost in (0, 0.1, 1.0):
        envs = VectorEnvironment(CHEETAH, 1, task=[1], control_cost=cost)
        envs.reset(seed=0)
        infos = envs.step(actions)[4]
        costs.append(infos["reward_ctrl"].item())
    np.testing.assert_allclose(costs, [0, -0.15, -1.5], rtol=0, atol=1e-15)
    for options in ({"control_kost": 1}, {"control_cost": -1}, {"control_cost": "much"}):
        with pytest.raises(ValueError, match="control"):
            Environment(CHEETAH, **options)
    with pytest.raises(ValueError, match="half-cheetah-direction"):
        Environment("half-cheetah")
    with pytest.raises(ValueError, match="num_envs"):
        VectorEnvironment(CHEETAH, 0)


def test_infos():
    env = gymnasium.make("metatape/HalfCheetah-v5")
    env.reset(seed=1)
    _, reward, _, _, info = env.step(np.full(6, 0.3))
    assert list(info) == ["x_position", "x_velocity", "reward_forward", "reward_ctrl"]
    assert reward == pytest.approx(info["reward_forward"] + info["reward_ctrl"], abs=1e-15)
    assert info["reward_forward"] == info["x_velocity"]
    assert info["x_position"] == env.unwrapped.get_state()[0][0]


def test_tasks():
    env = Environment("half-cheetah-velocity", horizon=10)
    tasks = env.sample_tasks(5, seed=3)
    assert len(tasks) == 5 and all(task.shape == (1,) and 0 <= task[0] < 3 for task in tasks)
    np.testing.assert_array_equal(tasks[:2], env.sample_tasks(2, seed=3))
    assert (env.sample_tasks(3)[0] != env.sample_tasks(3)[0]).all()
    env.set_task(tasks[2])
    assert env.get_task() == tasks[2]
    env.reset(seed=1)
    reward, info = env.step(np.zeros(6))[1::3]
    assert reward == pytest.approx(-abs(info["x_velocity"] - tasks[2][0]))
    env.reset(seed=9)
    assert env.get_task() == tasks[2]  # stays
    with pytest.raises(ValueError, match="task"):
        env.set_task([1, 2])
    with pytest.raises(ValueError, match="task"):
        env.set_task([np.nan])


def test_a_seed_draws_the_task_unless_it_is_set():
    env, envs = Environment("half-cheetah-velocity"), VectorEnvironment("half-cheetah-velocity", 2)
    env.reset(seed=4)
    envs.reset(seed=4)
    first = env.get_task()
    assert first == envs.get_task() == env.sample_tasks(1, seed=4)[0]
    env.reset()
    assert env.get_task() == first
    env.reset(seed=5)
    assert env.get_task() != first
    envs.reset(seed=6, options={"reset_mask": np.array([True, False])})
    assert envs.get_task() == first  # the other row goes on with it
    assert Environment("half-cheetah-velocity", task=2).get_task() == 2


@pytest.mark.parametrize("task", list(TASKS))
def test_states(task):
    env = Environment(task, task=Environment(task).sample_tasks(1, seed=0)[0])
    first = env.reset(seed=1)[0]
    env.action_space.seed(1)
    start = env.get_state()
    actions = [env.action_space.sample() for _ in range(5)]
    states = [(*env.step(action)[:2], *env.get_state()) for action in actions]
    np.testing.assert_array_equal(env.set_state(*start), first)
    if task in RANDOM_STEPS:
        return
    for action, state in zip(actions, states, strict=True):
        for ours, expected in zip((*env.step(action)[:2], *env.get_state()), state, strict=True):
            np.testing.assert_array_equal(ours, expected)


def test_states_of_rows():
    envs = VectorEnvironment(CHEETAH, 4, task=[1], horizon=3)
    envs.reset(seed=1)
    envs.step(envs.action_space.sample())
    qpos, qvel = envs.get_state()
    assert qpos.shape == qvel.shape == (4, 9)
    mask = np.array([True, False, False, True])
    observations = envs.set_state(np.zeros((4, 9)), np.ones((4, 9)), mask=mask)
    assert (observations[mask] == [0] * 8 + [1] * 9).all()
    np.testing.assert_array_equal(envs.get_state()[0][~mask], qpos[~mask])
    truncated = [envs.step(np.zeros((4, 6)))[3].tolist() for _ in range(3)]
    assert truncated == [[False] * 4, [False, True, True, False], [True, False, False, True]]
    for bad in [(qpos,), (qpos, qvel, qvel), (qpos[:2], qvel[:2]), (qpos, qvel[:, :8])]:
        with pytest.raises(ValueError):
            envs.set_state(*bad)
    with pytest.raises(ValueError):
        envs.set_state(qpos, qvel * np.nan)
    for bad in (np.ones(3, bool), np.zeros(4, bool)):
        with pytest.raises(ValueError):
            envs.set_state(qpos, qvel, mask=bad)
    with pytest.raises(TypeError):
        envs.set_state(qpos, qvel, mask=[True] * 4)


def test_a_state_before_the_first_reset():
    env = Environment("swimmer-direction", task=[-1])
    observation = env.set_state(np.arange(5.0), np.zeros(5))
    np.testing.assert_array_equal(observation, [2, 3, 4, 0, 0, 0, 0, 0])
    env.step(np.zeros(2))
    for bad in ((), (np.zeros(5),), (np.zeros(5),) * 3, (np.zeros(4), np.zeros(5)), (0, 0)):
        with pytest.raises(ValueError):
            env.set_state(*bad)


@pytest.mark.parametrize("name", ["HalfCheetah-v5", "Swimmer-v5", "Navigation2D-v1"])
def test_pictures(name):
    env = gymnasium.make(f"metatape/{name}", render_mode="rgb_array")
    env.reset(seed=1)
    before = env.render()
    assert before.shape == (480, 480, 3) and before.dtype == np.uint8
    assert len(np.unique(before.reshape(-1, 3), axis=0)) > 3
    for _ in range(5):
        env.step(env.action_space.sample())
    assert (env.render() != before).any()
    envs = gymnasium.make_vec(f"metatape/{name}", 3, render_mode="rgb_array", render_size=(60, 80))
    envs.reset(seed=1)
    frames = envs.render()
    assert len(frames) == 3 and all(frame.shape == (60, 80, 3) for frame in frames)


def test_the_camera_follows():
    env = Environment(CHEETAH, task=[1], render_mode="rgb_array")
    env.reset(seed=1)
    qpos, qvel = env.get_state()
    env.set_state(qpos, qvel)
    before = env.render()
    env.set_state(qpos + np.eye(9)[0] * 100, qvel)
    # marks on the ground stand at whole metres, so nothing differs
    assert (env.render() != before).mean() < 0.001


def test_no_picture():
    assert Environment("tabular").metadata["render_modes"] == []
    with pytest.raises(NotImplementedError):
        Environment("tabular", render_mode="rgb_array")
    with pytest.raises(NotImplementedError):
        Environment(CHEETAH).render()


def test_wrappers_of_gymnasium():
    envs = gymnasium.make_vec("metatape/Navigation2D-v1", 3, max_episode_steps=5)
    envs = gymnasium.wrappers.vector.RecordEpisodeStatistics(envs)
    envs.reset(seed=1)
    for _ in range(5):
        infos = envs.step(envs.action_space.sample())[4]
    assert (infos["episode"]["l"] == 5).all()


def test_specifications_can_be_stored():
    for name in NAMES:
        spec = gymnasium.make(name, horizon=5).spec
        again = gymnasium.make(gymnasium.envs.registration.EnvSpec.from_json(spec.to_json()))
        again.reset(seed=1)
        action = 0 * again.action_space.sample()  # nothing falls
        assert sum(1 for _ in range(5) if not again.step(action)[3]) == 4


def test_lists_of_pictures():
    env = gymnasium.make("metatape/Navigation2D-v1", render_mode="rgb_array_list")
    env.reset(seed=1)
    env.step(env.action_space.sample())
    assert len(env.render()) == 2


def test_vectorizing_the_single_environment():
    for mode in ("sync", "async"):
        envs = gymnasium.make_vec("metatape/HalfCheetah-v5", num_envs=2, vectorization_mode=mode)
        assert envs.reset(seed=1)[0].shape == (2, 17)
        envs.step(envs.action_space.sample())
        envs.close()


def test_a_task_takes_effect_with_seeds_for_some_rows():
    first, second = (VectorEnvironment("navigation-2d", 3, task=[0, 0]) for _ in range(2))
    for envs in (first, second):
        envs.reset(seed=1)
        envs.set_task([0.4, -0.3])
    first.reset(seed=[5, None, None])
    second.reset()
    actions = np.zeros((3, 2))
    np.testing.assert_array_equal(first.step(actions)[1][1:], second.step(actions)[1][1:])


def test_a_list_of_seeds_seeds_the_generator():
    first, second = (VectorEnvironment("navigation-2d", 2) for _ in range(2))
    first.reset(seed=[None, 7])
    second.reset(seed=[None, 7])
    assert first.np_random_seed == 7
    np.testing.assert_array_equal(first.sample_tasks(2), second.sample_tasks(2))
