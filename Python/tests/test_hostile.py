"""Callers that do what they should not: every mistake is an exception, never a crash or a hang."""

from __future__ import annotations

import copy
import gc
import os
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from conftest import needs_library

gymnasium = pytest.importorskip("gymnasium")

import metatape  # noqa: E402
from metatape import Environment, InvalidHandleError, VectorEnvironment  # noqa: E402

pytestmark = needs_library

CHEETAH = "half-cheetah-direction"


@pytest.mark.parametrize(
    ("actions", "kind"),
    [
        (np.zeros((3, 5)), ValueError),
        (np.zeros((2, 6)), ValueError),
        (np.zeros(18), ValueError),
        (np.zeros(6), ValueError),
        (0.0, ValueError),
        (np.zeros((3, 6, 1)), ValueError),
        (np.full((3, 6), np.nan), ValueError),
        (np.full((3, 6), -np.inf), ValueError),
        (np.zeros((3, 6), complex), TypeError),
        (np.zeros((3, 6), object), TypeError),
        (np.full((3, 6), "1"), TypeError),
        (np.zeros((3, 6), "M8[s]"), TypeError),
        ([[0.0] * 6, [0.0] * 6, [0.0]], (TypeError, ValueError)),
        (None, (TypeError, ValueError)),
        ({}, (TypeError, ValueError)),
    ],
)
def test_wrong_actions(actions, kind):
    envs = VectorEnvironment(CHEETAH, 3, task=[1], horizon=5)
    before = envs.reset(seed=1)[0]
    state = envs.get_state()
    with pytest.raises(kind):
        envs.step(actions)
    for part, old in zip(envs.get_state(), state, strict=True):  # nothing was stepped
        np.testing.assert_array_equal(part, old)
    np.testing.assert_array_equal(envs.reset(seed=1)[0], before)


def test_one_bad_number_steps_nothing():
    envs = VectorEnvironment(CHEETAH, 8, task=[1], horizon=5)
    envs.reset(seed=1)
    state = envs.get_state()[0]
    actions = np.zeros((8, 6))
    actions[7, 5] = np.nan
    for _ in range(10):
        with pytest.raises(ValueError, match="finite"):
            envs.step(actions)
    np.testing.assert_array_equal(envs.get_state()[0], state)
    assert not envs.step(np.zeros((8, 6)))[3].any()


@pytest.mark.parametrize("action", [1.5, -1, 3, np.nan, 1e300, 2**63])
def test_wrong_indices(action):
    env, envs = Environment("tabular"), VectorEnvironment("tabular", 2)
    env.reset(seed=1)
    envs.reset(seed=1)
    with pytest.raises(ValueError):
        env.step(np.array(action))
    with pytest.raises(ValueError):
        envs.step(np.array([0, action]))


def test_layouts_of_actions():
    """Whatever the layout and the type of an array, its numbers count."""
    numbers = np.arange(18).reshape(3, 6) % 3 - 1.0
    strided = np.zeros((6, 12))[::2, ::2]
    strided[...] = numbers
    swapped = numbers.astype(">f8")
    unaligned = np.frombuffer(b"\0" + numbers.tobytes(), np.float64, 18, 1).reshape(3, 6)
    variants = [numbers, np.asfortranarray(numbers), strided, numbers[::-1][::-1], swapped]
    variants += [unaligned, numbers.tolist(), numbers.astype(np.float32), numbers.astype(np.int8)]
    variants += [numbers.astype(np.int64), np.ma.masked_array(numbers)]
    results = []
    for actions in variants:
        envs = VectorEnvironment(CHEETAH, 3, task=[1])
        envs.reset(seed=1)
        results.append(envs.step(actions)[0])
    for result in results:
        np.testing.assert_array_equal(result, results[0])


@pytest.mark.parametrize(
    "arguments",
    [
        {"num_envs": 0},
        {"num_envs": -1},
        {"num_envs": 2**40},
        {"num_envs": 1.5},
        {"num_envs": "3"},
        {"horizon": -1},
        {"horizon": 1e300},
        {"horizon": float("nan")},
        {"name": "nothing"},
        {"name": None},
        {"name": "half-cheetah-direction\0"},
        {"name": "\ud800"},
        {"action_scale": 0},
        {"action_scale": float("inf")},
        {"action_scale": [1, [2]]},
        {"action_scale": {}},
        {"clips_action": "maybe"},
        {"solver": "none"},
        {"unknown": 1},
        {"task": []},
        {"task": "forwards"},
        {"task": [[1.0]]},
        {"task": [np.inf]},
        {"render_mode": "human"},
        {"autoreset_mode": 3},
        {"autoreset_mode": "never"},
        {"num_envs": 3.0},
        {"render_size": (0, 0)},
        {"render_size": 5},
        {"render_size": (1.5, "x")},
    ],
)
def test_wrong_arguments(arguments):
    with pytest.raises(metatape.MetaTapeError):
        VectorEnvironment(**{"name": CHEETAH, **arguments})


def test_freed():
    env, envs = Environment(CHEETAH, task=[1]), VectorEnvironment(CHEETAH, 2, task=[1])
    env.reset(seed=1)
    envs.reset(seed=1)
    for _ in range(2):
        env.close()
        envs.close()
    calls = [
        lambda: env.step(np.zeros(6)),
        lambda: env.reset(seed=1),
        lambda: env.get_state(),
        lambda: env.set_state(np.zeros(9), np.zeros(9)),
        lambda: env.get_task(),
        lambda: env.set_task([1]),
        lambda: env.sample_tasks(1),
        lambda: envs.step(np.zeros((2, 6))),
        lambda: envs.reset(),
    ]
    model, policy = metatape.Model("swimmer"), metatape.Policy("softmax", 3, {"n": 2})
    model.close()
    policy.close()
    calls += [
        lambda: metatape.rollout(model, np.zeros(10), np.zeros((3, 2))),
        lambda: policy.initialize(),
        lambda: policy.log_probabilities(np.zeros(6), np.zeros((1, 3)), np.zeros((1, 1))),
    ]
    for call in calls:
        with pytest.raises(InvalidHandleError):
            call()


def test_handles_of_another_kind():
    model, envs = metatape.Model("swimmer"), VectorEnvironment(CHEETAH, 2)
    model._handle = envs._batch._handle
    with pytest.raises(InvalidHandleError, match="model"):
        metatape.rollout(model, np.zeros(10), np.zeros((3, 2)))


def run(seed: int, steps: int = 200) -> float:
    envs = VectorEnvironment(CHEETAH, 4, task=[1], horizon=50)
    actions = np.random.default_rng(seed).uniform(-1, 1, (steps, 4, 6))
    envs.reset(seed=seed)
    return sum(float(envs.step(action)[1].sum()) for action in actions)


def test_threads_with_batches_of_their_own():
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(run, range(8))) == [run(seed) for seed in range(8)]


def test_threads_with_one_batch():
    envs = VectorEnvironment(CHEETAH, 4, task=[1], horizon=10)
    envs.reset(seed=1)

    def work(seed: int) -> None:
        for step in range(200):
            if step % 20 == seed:
                envs.reset(seed=seed)
            assert np.isfinite(envs.step(np.zeros((4, 6)))[0]).all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))


def test_threads_with_one_environment_get_their_own_results():
    envs = VectorEnvironment(CHEETAH, 4, task=[1], control_cost=0.1)
    single = Environment(CHEETAH, task=[1], control_cost=0.1)
    envs.reset(seed=1)
    single.reset(seed=1)

    def work(number: int) -> None:
        action = np.full(6, number / 8)
        for _ in range(300):
            infos = envs.step(np.tile(action, (4, 1)))[4]
            np.testing.assert_allclose(infos["reward_ctrl"], -0.1 * action @ action)
            info = single.step(action)[4]
            np.testing.assert_allclose(info["reward_ctrl"], -0.1 * action @ action)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))


@pytest.mark.parametrize("change", [copy.copy, copy.deepcopy, pickle.dumps])
def test_what_owns_a_handle_is_not_copied(change):
    envs = VectorEnvironment("navigation-2d", 2)
    owners = [metatape.Model("swimmer"), metatape.Policy("softmax", 3, {"n": 2}), envs, envs._batch]
    for owner in owners:
        with pytest.raises(TypeError, match=f"{type(owner).__name__} cannot be copied"):
            change(owner)
    envs.reset(seed=1)


def test_freeing_while_another_thread_steps():
    for _ in range(20):
        envs = VectorEnvironment(CHEETAH, 16, task=[1], horizon=10)
        envs.reset(seed=1)

        def work(envs=envs) -> None:
            with pytest.raises(InvalidHandleError):
                while True:
                    envs.step(np.zeros((16, 6)))

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        envs.close()
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive()


def resident() -> int:
    """Bytes of memory that this process has."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="there is no /proc")
def test_memory_is_given_back():
    from metatape._batch import Batch

    def make(count: int) -> int:
        for _ in range(count):
            Batch("navigation-2d", 1)
        gc.collect()
        return resident()

    first = make(20_000)
    grown = make(80_000) - first
    assert grown < 4e6, f"{grown / 1e6} MB more after 80,000 more batches"


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="there is no /proc")
def test_steps_and_errors_take_no_memory():
    envs = VectorEnvironment(
        "navigation-2d", 4, task=[0.1, 0.1], horizon=3, autoreset_mode="SameStep"
    )
    model = metatape.Model("swimmer")
    policy = metatape.Policy("gaussian-network", 3, 2, hidden_sizes=[8])
    theta, seen, taken = policy.initialize(), np.ones((5, 3)), np.ones((5, 2))
    envs.reset(seed=1)
    good, bad = np.zeros((4, 2)), np.full((4, 2), np.nan)

    def work(count: int) -> int:
        for _ in range(count):
            envs.step(good)
            with pytest.raises(ValueError):
                envs.step(bad)
            metatape.rollout(model, np.zeros(10), np.zeros((3, 2)))
            policy.gradient(theta, seen, taken, np.ones(5))
        gc.collect()
        return resident()

    first = work(3000)
    assert work(12_000) - first < 4e6


def test_a_simulation_that_leaves_the_finite_numbers():
    envs = VectorEnvironment(CHEETAH, 2, task=[1], autoreset_mode="Disabled")
    envs.reset(seed=1)
    qpos, qvel = envs.get_state()
    qvel[1] = 1e200
    envs.set_state(qpos, qvel)
    with pytest.raises(RuntimeError, match="Episode 1"):
        for _ in range(100):
            envs.step(np.zeros((2, 6)))
    envs.reset(seed=2)
    assert np.isfinite(envs.step(np.zeros((2, 6)))[0]).all()
