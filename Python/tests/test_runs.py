"""Reading runs of `metatape train`, and their policies in NumPy."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess

import numpy as np
import pytest
from conftest import REPOSITORY, needs_library

import metatape
from metatape import MetaTapeError, Policy, load_run, load_trajectories
from metatape._files import flat, read_configuration

CONFIGURATION = """# The version of this format.
schema-version: 1
# The name of the experiment: for tables and folders.
name: mine
seed: 1

environment:
  # The distribution of the tasks. Expected: one of navigation-2d.
  name: navigation-2d
  horizon: 100
  clips-position: true

policy:
  kind: gaussian-network
  hidden-sizes: [4]
  activation: tanh
  standard-deviation-floor: 1.0e-06

inner:
  learns-step-size: no
  step-size: 0.1
"""


def write_safetensors(path, blocks):
    """As MetaTape writes them: keys sorted, numbers in the order of the blocks."""
    header, place = {"__metadata__": {"format": "metatape"}}, 0
    for name, block in blocks.items():
        offsets = [place, place + 8 * block.size]
        header[name] = {"dtype": "F64", "shape": list(block.shape), "data_offsets": offsets}
        place = offsets[1]
    text = json.dumps(header, sort_keys=True).encode()
    text += b" " * (-len(text) % 8)
    numbers = b"".join(block.astype("<f8").tobytes() for block in blocks.values())
    path.write_bytes(struct.pack("<Q", len(text)) + text + numbers)


@pytest.fixture
def blocks(rng):
    shapes = {"weight0": (2, 4), "bias0": (1, 4), "weight1": (4, 2), "bias1": (1, 2)}
    shapes["logStandardDeviation"] = (1, 2)
    return {name: rng.standard_normal(shape) for name, shape in shapes.items()}


@pytest.fixture
def folder(tmp_path, blocks):
    (tmp_path / "configuration.yaml").write_text(CONFIGURATION)
    (tmp_path / "metrics.csv").write_text(
        "schema_version,epoch,return_after,gradient_norm\n1,0,-3.5,nan\n1,1,-2,inf\n1,2,-1."
    )
    write_safetensors(tmp_path / "parameters.safetensors", blocks)
    (tmp_path / "test.json").write_text('{"tasks": 40}')
    return tmp_path


def test_files(folder, blocks):
    run = load_run(folder)
    assert run.configuration["policy"]["hidden-sizes"] == [4]
    assert run.configuration["environment"]["clips-position"] is True
    assert run.configuration["inner"] == {"learns-step-size": "no", "step-size": 0.1}
    assert run.configuration["policy"]["standard-deviation-floor"] == 1e-6
    assert flat(run.configuration)["inner.step-size"] == 0.1
    np.testing.assert_array_equal(run.metrics["epoch"], [0, 1])  # the last line is unfinished
    np.testing.assert_array_equal(run.metrics["return_after"], [-3.5, -2])
    np.testing.assert_array_equal(run.metrics["gradient_norm"], [np.nan, np.inf])
    assert list(run.parameters) == list(blocks)
    for name, block in blocks.items():
        np.testing.assert_array_equal(run.parameters[name], block)
    assert run.test == {"tasks": 40} and "mine" in repr(run)


def test_policy(folder, blocks, rng):
    policy = load_run(folder).policy
    seen = rng.standard_normal((5, 2))
    hidden = np.tanh(seen @ blocks["weight0"] + blocks["bias0"])
    np.testing.assert_allclose(policy(seen), hidden @ blocks["weight1"] + blocks["bias1"])
    np.testing.assert_allclose(policy(seen[0]), policy(seen)[0], atol=1e-14)
    assert policy.sample(seen, rng).shape == (5, 2) and policy.sample(seen[0], rng).shape == (2,)
    with pytest.raises(ValueError):
        policy(np.zeros((5, 3)))


def test_context(folder, blocks, rng):
    """A policy with context parameters takes the observation alone."""
    blocks["weight0"] = np.concatenate([blocks["weight0"], rng.standard_normal((3, 4))])
    blocks["adaptedContext"] = np.zeros((1, 3))
    write_safetensors(folder / "parameters.safetensors", blocks)
    policy = load_run(folder).policy
    assert policy.observation_size == 2
    hidden = np.tanh(np.ones((1, 2)) @ blocks["weight0"][:2] + blocks["bias0"])
    expected = hidden @ blocks["weight1"] + blocks["bias1"]
    np.testing.assert_allclose(policy(np.ones((1, 2))), expected)


def test_floor(folder, blocks, rng):
    blocks["logStandardDeviation"][:] = -50
    write_safetensors(folder / "parameters.safetensors", blocks)
    policy = load_run(folder).policy
    noise = policy.sample(np.zeros((1000, 2)), rng) - policy(np.zeros((1000, 2)))
    assert noise.std() == pytest.approx(1e-6, rel=0.1)


def test_unfinished(folder):
    (folder / "parameters.safetensors").unlink()
    (folder / "test.json").unlink()
    run = load_run(folder)
    assert run.test is None and len(run.metrics["epoch"]) == 2
    with pytest.raises(ValueError, match="parameters"):
        run.policy  # noqa: B018


def test_damaged(folder):
    file = folder / "parameters.safetensors"
    whole = file.read_bytes()
    for damaged in (
        b"",
        whole[:7],
        whole[:20],
        whole[:-8],
        b"\xff" * 100,
        whole.replace(b"F64", b"F32"),
    ):
        file.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"parameters\.safetensors"):
            load_run(folder).parameters  # noqa: B018
    (folder / "metrics.csv").write_text("a,b\n1,2\n3\n")
    with pytest.raises(ValueError, match="line 3"):
        load_run(folder).metrics  # noqa: B018
    (folder / "metrics.csv").write_text("a,b\n1,x\n")
    with pytest.raises(ValueError, match=r"metrics\.csv"):
        load_run(folder).metrics  # noqa: B018
    (folder / "configuration.yaml").write_text("no colon\n")
    with pytest.raises(ValueError, match="line 1"):
        load_run(folder)
    with pytest.raises(ValueError, match="no run"):
        load_run(folder / "nothing")


def test_values():
    text = (
        "a: 1\nb: 1.5\nc: true\nd: [1, 2.5, x]\ne: 'it: is'\nf: []\ng: -1e-3\ns:\n  t: no\nh: x y\n"
    )
    expected = {"a": 1, "b": 1.5, "c": True, "d": [1, 2.5, "x"], "e": "it: is", "f": []}
    expected |= {"g": -1e-3, "s": {"t": "no"}, "h": "x y"}
    assert read_configuration(text, "x") == expected


def test_trajectories(tmp_path, rng):
    rows = rng.standard_normal((7, 2))
    np.savez(
        tmp_path / "episodes.npz",
        observations=rows,
        actions=rows,
        rewards=rows[:, 0],
        offsets=[0, 3, 7],
        episode_task=[0, 0],
        episode_steps=[0, 1],
        episode_terminated=[0, 1],
        task_parameters=[[0.5, 0.5]],
        action_scale=[1.0],
        schema_version=[1],
    )
    episodes = load_trajectories(tmp_path / "episodes.npz")
    assert len(episodes) == 2 and [len(e["rewards"]) for e in episodes] == [3, 4]
    np.testing.assert_array_equal(episodes[-1]["observations"], rows[3:])
    assert episodes[1]["terminated"] and episodes[1]["steps"] == 1
    assert episodes[1]["task"].tolist() == [0.5, 0.5]
    with pytest.raises(IndexError):
        episodes[2]


PROGRAM = REPOSITORY / ".build" / "release" / "metatape"
NAVIGATION = "--preset navigation-2d.quickstart"
SETTINGS = {
    "gaussian": NAVIGATION,
    "covariance": f"{NAVIGATION} --set policy.kind=full-covariance-gaussian-network",
    "context": f"{NAVIGATION} --set inner.context-size=3",
    "step sizes": f"{NAVIGATION} --set inner.learns-step-size=per-block",
    "cheetah": "--preset half-cheetah-direction.recommended --set environment.horizon=20",
    "categorical": "--preset tabular.random --set policy.kind=categorical-network",
    "softmax": "--preset tabular.random",
}
SMALL = ["training.epochs=2", "test.tasks=4", "outer.tasks=2", "test.steps=1", "inner.episodes=5"]


@needs_library
@pytest.mark.skipif(not PROGRAM.exists(), reason="the program is not built")
@pytest.mark.parametrize("settings", SETTINGS)
def test_real_runs(tmp_path, settings):
    command = [PROGRAM, "train", *SETTINGS[settings].split(), "--output", tmp_path / "run"]
    for value in SMALL:
        command += ["--set", value]
    subprocess.run(command, check=True, capture_output=True)
    run = load_run(tmp_path / "run")
    assert len(run.metrics["epoch"]) == 2

    # the library has the same parameters, and gives the same returns as the program
    document = run.returns()
    for found, expected in zip(document["rows"], run.test["rows"], strict=True):
        # other kernels of BLAS round differently
        assert found["undiscounted_return"] == pytest.approx(expected["undiscounted_return"])
    other = run.returns(tasks=6, seed=5)
    assert other["tasks"] == 6 and other["rows"] != run.test["rows"]

    # the policy in NumPy gives the library's log-probabilities
    envs = run.environment(3)
    observations = envs.reset(seed=1)[0]
    policy = run.policy
    options = {k.replace("-", "_"): v for k, v in run.configuration["policy"].items()}
    kind, context = options.pop("kind"), run.parameters.get("adaptedContext", np.zeros((1, 0)))
    size = observations.shape[1] + context.shape[1]
    same = Policy(kind, size, envs.single_action_space, **options)
    seen = np.concatenate([observations, np.repeat(context, 3, axis=0)], axis=1)
    rng = np.random.default_rng(1)
    actions = policy.sample(observations, rng)
    np.testing.assert_allclose(
        policy.log_probabilities(observations, actions),
        same.log_probabilities(policy.vector[: same.count], seen, actions),
        rtol=1e-12,
        atol=1e-12,
    )
    for _ in range(5):
        observations = envs.step(policy(observations))[0]

    archive = tmp_path / "episodes.npz"
    command = [PROGRAM, "evaluate", tmp_path / "run", "--trajectories", archive]
    subprocess.run(command, check=True, capture_output=True)
    episodes = load_trajectories(archive)
    assert len(episodes) == 4 * 2 * 5 and {e["steps"] for e in episodes} == {0, 1}
    assert episodes.arrays["schema_version"] == [1]


@needs_library
@pytest.mark.skipif(not PROGRAM.exists(), reason="the program is not built")
def test_wrong_values(tmp_path):
    shutil.rmtree(tmp_path / "run", ignore_errors=True)
    command = [PROGRAM, "train", "--preset", "navigation-2d.quickstart", "--set"]
    command += ["training.epochs=0", "--set", "test.tasks=2", "--output", tmp_path / "run"]
    subprocess.run(command, check=True, capture_output=True)
    run = load_run(tmp_path / "run")
    for arguments in [
        {"tasks": 0},
        {"tasks": -3},
        {"steps": -1},
        {"threads": 0},
        {"parameters": np.zeros(3)},
        {"parameters": run.policy.vector * np.nan},
        {"set": {"nothing": 1}},
        {"set": {"environment.name": "moon"}},
    ]:
        with pytest.raises(metatape.MetaTapeError):
            run.returns(**arguments)


def test_frame(folder):
    pytest.importorskip("pandas")
    assert load_run(folder).frame()["return_after"].tolist() == [-3.5, -2]


def test_damage_is_told_with_the_name_of_the_file(folder, blocks):
    file = folder / "parameters.safetensors"
    for text in (b"[]", b"3", b'{"a": 1}', b'{"a": {}}', b"[" * 10**5, b"\xff\xfe"):
        file.write_bytes(struct.pack("<Q", len(text)) + text)
        with pytest.raises(MetaTapeError, match=r"parameters\.safetensors"):
            load_run(folder).parameters  # noqa: B018
    for name in blocks:
        write_safetensors(file, {key: block for key, block in blocks.items() if key != name})
        with pytest.raises(MetaTapeError, match="block"):
            load_run(folder).policy  # noqa: B018
    write_safetensors(file, blocks)
    for text in ("[]", "{", "[" * 10**5):
        (folder / "test.json").write_text(text)
        with pytest.raises(MetaTapeError, match=r"test\.json"):
            load_run(folder).test  # noqa: B018
    (folder / "metrics.csv").write_bytes(b"a,b\n\xff,2\n")
    with pytest.raises(MetaTapeError, match=r"metrics\.csv"):
        load_run(folder).metrics  # noqa: B018
    (folder / "configuration.yaml").write_text("name: x\n")
    for use in (lambda run: run.policy, lambda run: run.environment()):
        with pytest.raises(MetaTapeError, match="damaged"):
            use(load_run(folder))
    (folder / "configuration.yaml").write_bytes(b"\xff: 1\n")
    with pytest.raises(MetaTapeError, match=r"configuration\.yaml"):
        load_run(folder)


def test_damaged_trajectories(tmp_path):
    file = tmp_path / "episodes.npz"
    np.savez(file, offsets=[0, 3])
    whole = file.read_bytes()
    one = tmp_path / "one.npy"
    np.save(one, np.zeros(3))
    for damaged in (b"", b"text", whole, whole[:-20], whole[:60], one.read_bytes()):
        file.write_bytes(damaged)
        with pytest.raises(MetaTapeError, match=r"episodes\.npz"):
            load_trajectories(file)
