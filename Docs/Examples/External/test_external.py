"""Tests of the programs of this folder: python3 -m pytest test_external.py

They need NumPy and pytest; the parts for PyTorch, JAX and Node.js are left out where these are
missing. Problems, probabilities and gradients are computed here, without the programs' own code.
"""

from __future__ import annotations

import importlib.util
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest

FOLDER = Path(__file__).resolve().parent
ESTIMATORS = {
    "numpy": [sys.executable, str(FOLDER / "numpy_estimators.py")],
    "torch": [sys.executable, str(FOLDER / "torch_estimators.py")],
    "jax": [sys.executable, str(FOLDER / "jax_estimators.py")],
    "node": ["node", str(FOLDER / "estimator.mjs")],
}
WRONG = """score-sign score-mean first-score no-score first-order jacobian-sign
gradient-mean-over-steps rewards-cumulated-from-start inverted-discount step-discount own-baseline
variance-for-deviation batch-order batch-order-open single-powers other-step first-task""".split()


class Program:
    """A program that answers requests, in a process group of its own; killed after some time."""

    def __init__(self, *command: str, seconds: float = 300.0) -> None:
        self.errors = tempfile.TemporaryFile()
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": self.errors}
        self.process = subprocess.Popen(command, start_new_session=True, **pipes)
        self.timer = threading.Timer(seconds, self.kill)
        self.timer.start()
        self.number = 0

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_: object) -> None:
        self.timer.cancel()
        self.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.errors):
            try:
                stream.close()
            except BrokenPipeError:
                pass

    def kill(self) -> None:
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def send(self, line: str) -> None:
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def line(self) -> str:
        return self.process.stdout.readline().decode()

    def ask(self, request: str, **keys: Any) -> dict[str, Any]:
        """The reply, errors included."""
        self.number += 1
        lists = {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in keys.items()}
        self.send(json.dumps({"id": self.number, "request": request} | lists))
        line = self.line()
        assert line, f"no answer; standard error: {self.said()[-2000:]}"
        reply = json.loads(line, parse_constant=lambda name: pytest.fail(f"{name} in a reply"))
        assert reply["id"] == self.number
        return reply

    def chunks(self, request: str, key: str, **arrays: np.ndarray) -> np.ndarray:
        """The results for all chains, a thousand in one request, the last filled with copies."""
        count = len(arrays["chains"])
        size = min(count, 1000)
        parts = []
        for start in range(0, count, size):
            places = np.minimum(np.arange(start, start + size), count - 1)
            reply = self.ask(request, **{k: v[places] for k, v in arrays.items()})
            assert "error" not in reply, reply
            parts.append(np.array(reply[key])[: count - start])
        return np.concatenate(parts)

    def said(self) -> str:
        """Its standard error so far."""
        self.errors.seek(0)
        return self.errors.read().decode()

    def end(self) -> int:
        """Its exit code after the end of its input."""
        self.process.stdin.close()
        return self.process.wait(30)


@dataclass(frozen=True)
class World:
    """Tasks with two states and two actions; episodes start in state 0 and have at most two steps.

    Action 1 ends the episode in state 0, so that a task has five trajectories.
    """

    tasks: int = 1
    zeta: int = 1
    inner: int = 1
    outer: int = 1
    alpha: float = 0.7
    gamma: float = 0.9
    horizon: int = 2

    features = np.array([[[1.0, 0.2, -0.3], [0.1, 0.8, 0.4]], [[-0.5, 0.6, 0.9], [0.7, -0.2, 0.3]]])
    theta = np.array([0.3, -0.4, 0.25])

    @cached_property
    def trajectories(self) -> list[tuple[list[tuple[int, int, float]], float, int]]:
        """Steps (state, action, reward), probability of the transitions, and task."""
        result = []
        for task in range(self.tasks):
            rewards = [[[1.0, -0.5], [0.25, 0.75]], [[-0.4, 0.9], [0.6, -1.1]]][task]
            stay = [0.3, 0.55][task]
            result.append(([(0, 1, rewards[0][1])], 1.0, task))
            if self.horizon == 1:
                result.append(([(0, 0, rewards[0][0])], 1.0, task))
                continue
            for state, action in itertools.product(range(2), range(2)):
                steps = [(0, 0, rewards[0][0]), (state, action, rewards[state][action])]
                result.append((steps, stay if state == 0 else 1 - stay, task))
        return result

    @cached_property
    def message(self) -> dict[str, Any]:
        """The keys of the request `problem`."""

        def table(part: int) -> list[list[float]]:
            rows = [[step[part] for step in steps] for steps, _, _ in self.trajectories]
            return [row + [0] * (self.horizon - len(row)) for row in rows]

        return {
            "name": "test",
            "features": self.features.tolist(),
            "parameters": self.theta.tolist(),
            "stepSize": self.alpha,
            "discount": self.gamma,
            "innerSteps": self.zeta,
            "steps": self.horizon,
            "innerBatch": self.inner,
            "outerBatch": self.outer,
            "states": table(0),
            "actions": table(1),
            "rewards": table(2),
            "lengths": [len(steps) for steps, _, _ in self.trajectories],
            "tasks": [task for _, _, task in self.trajectories],
        }

    @cached_property
    def returns(self) -> np.ndarray:
        return np.array(
            [sum(self.gamma**h * s[2] for h, s in enumerate(t[0])) for t in self.trajectories]
        )

    def policy(self, theta: np.ndarray) -> np.ndarray:
        """[n, d] to [n, S, A]"""
        weights = np.exp(np.einsum("sad,nd->nsa", self.features, theta))
        return weights / weights.sum(2, keepdims=True)

    def probabilities(self, theta: np.ndarray) -> np.ndarray:
        """Of every trajectory within its task: [n, N]"""
        pi = self.policy(theta)
        columns = []
        for steps, transitions, _ in self.trajectories:
            columns.append(transitions * np.prod([pi[:, s, a] for s, a, _ in steps], axis=0))
        return np.stack(columns, 1)

    def scores(self, theta: np.ndarray) -> np.ndarray:
        """Sum over steps of R^h times the score, for every trajectory: [n, N, d]"""
        mean = np.einsum("nsa,sad->nsd", self.policy(theta), self.features)
        columns = []
        for steps, _, _ in self.trajectories:
            column = np.zeros_like(theta)
            for h, (s, a, _) in enumerate(steps):
                to_go = sum(self.gamma**k * steps[k][2] for k in range(h, len(steps)))
                column = column + to_go * (self.features[s, a] - mean[:, s])
            columns.append(column)
        return np.stack(columns, 1)

    def batches(self, task: int, size: int) -> np.ndarray:
        rows = [row for row, entry in enumerate(self.trajectories) if entry[2] == task]
        return np.array(list(itertools.product(rows, repeat=size)))

    def chains(self, theta: np.ndarray) -> Iterator[tuple[int, np.ndarray, np.ndarray, np.ndarray]]:
        """For each task its chains [n, zeta, b], their last parameters and probabilities."""
        for task in range(self.tasks):
            batches = self.batches(task, self.inner)
            chains = np.zeros((1, 0, self.inner), int)
            thetas, weights = theta[None], np.full(1, 1 / self.tasks)
            for _ in range(self.zeta):
                n, m = len(chains), len(batches)
                p = self.probabilities(thetas)[:, batches].prod(2)  # [n, m]
                mean = self.scores(thetas)[:, batches].mean(2)  # [n, m, d]
                steps = np.broadcast_to(batches[None, :, None], (n, m, 1, self.inner))
                before = np.broadcast_to(chains[:, None], (n, m, *chains.shape[1:]))
                joined = np.concatenate([before, steps], 2)
                chains = joined.reshape(n * m, -1, self.inner)
                thetas = (thetas[:, None] + self.alpha * mean).reshape(n * m, -1)
                weights = (weights[:, None] * p).ravel()
            yield task, chains, thetas, weights

    def value(self, theta: np.ndarray) -> float:
        """V of zeta inner steps."""
        total = 0.0
        for task, _, thetas, weights in self.chains(theta):
            rows = self.batches(task, 1)[:, 0]
            total += weights @ (self.probabilities(thetas)[:, rows] @ self.returns[rows])
        return total

    @cached_property
    def gradient(self) -> np.ndarray:
        """The gradient of V, by differences of fourth order."""
        result = []
        for unit in np.eye(3) * 2e-3:
            v = [self.value(self.theta + k * unit) for k in (-2, -1, 1, 2)]
            result.append((v[0] - 8 * v[1] + 8 * v[2] - v[3]) / (12 * 2e-3))
        return np.array(result)

    @cached_property
    def pairs(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """All chains with all outer batches, and their probabilities."""
        parts = []
        for task, chains, thetas, weights in self.chains(self.theta):
            outer = self.batches(task, self.outer)
            p = weights[:, None] * self.probabilities(thetas)[:, outer].prod(2)
            repeated = (np.repeat(chains, len(outer), 0), np.tile(outer, (len(chains), 1)))
            parts.append((*repeated, p.ravel()))
        return tuple(np.concatenate(part) for part in zip(*parts, strict=True))

    def some_pairs(self, count: int = 200) -> tuple[np.ndarray, np.ndarray]:
        """Pairs of a chain and an outer batch, each of one task."""
        random = np.random.default_rng(1)
        size = len(self.trajectories) // self.tasks
        first = random.integers(self.tasks, size=count) * size
        chains = random.integers(size, size=(count, self.zeta, self.inner)) + first[:, None, None]
        return chains, random.integers(size, size=(count, self.outer)) + first[:, None]


def start(which: str, *arguments: str) -> Program:
    """One of the example programs, if what it needs is there."""
    if which in ("torch", "jax") and importlib.util.find_spec(which) is None:
        pytest.skip(f"no {which}")
    if which == "node" and shutil.which("node") is None:
        pytest.skip("no node")
    return Program(*ESTIMATORS[which], *arguments)


def pose(program: Program, world: World) -> None:
    reply = program.ask("problem", **world.message)
    assert reply == {"id": program.number}


def estimates(program: Program, world: World) -> np.ndarray:
    chains, outer = world.some_pairs()
    return program.chunks("estimate", "gradients", chains=chains, outer=outer)


def mean(program: Program, world: World) -> np.ndarray:
    """The mean of the estimates over all pairs."""
    pose(program, world)
    chains, outer, weights = world.pairs
    assert abs(weights.sum() - 1) < 1e-12
    return weights @ program.chunks("estimate", "gradients", chains=chains, outer=outer)


# The examples.


@pytest.mark.parametrize("which", ESTIMATORS)
def test_mean_of_sg_mrl_is_the_gradient_and_that_of_maml_is_not(which: str) -> None:
    with start(which, "sg-mrl") as unbiased, start(which, "maml") as biased:
        assert unbiased.ask("hello", protocol=1)["unbiased"] is True
        assert biased.ask("hello", protocol=1)["unbiased"] is False
        for zeta, inner in itertools.product((1, 2), (1, 2)):
            world = World(zeta=zeta, inner=inner)
            assert np.abs(mean(unbiased, world) - world.gradient).max() < 1e-8
            assert np.abs(mean(biased, world) - world.gradient).max() > 1e-3
        assert unbiased.end() == 0 and biased.end() == 0


@pytest.mark.parametrize("which", ESTIMATORS)
@pytest.mark.parametrize("world", [World(zeta=0), World(horizon=1, inner=2), World(tasks=2)])
def test_other_shapes(which: str, world: World) -> None:
    """Without inner steps, with one step an episode, with two tasks; problem after problem."""
    with start(which, "sg-mrl") as program:
        for _ in range(2):
            assert np.abs(mean(program, world) - world.gradient).max() < 1e-8


@pytest.mark.parametrize("which", ESTIMATORS)
def test_inner_step_is_equation_5(which: str) -> None:
    world = World(zeta=2, inner=2)
    [(_, chains, adapted, _)] = world.chains(world.theta)
    with start(which, "maml") as program:
        pose(program, world)
        replied = program.chunks("adapt", "parameters", chains=chains)
        assert np.abs(replied - adapted).max() < 1e-12
        # One step after the other, from given parameters.
        theta = np.tile(world.theta, (len(chains), 1))
        for t in range(2):
            keys = {"chains": chains[:, t : t + 1], "parameters": theta}
            theta = program.chunks("adapt", "parameters", **keys)
        assert np.abs(theta - adapted).max() < 1e-12


@pytest.mark.parametrize("estimator", ["maml", "sg-mrl", "dice"])
@pytest.mark.parametrize("which", ["torch", "jax", "node"])
def test_languages_agree_pair_by_pair(which: str, estimator: str) -> None:
    if (which, estimator) == ("node", "dice"):
        pytest.skip("not in JavaScript")
    with start("numpy", estimator) as first, start(which, estimator) as second:
        for zeta in (1, 2, 3):
            world = World(tasks=2, zeta=zeta, inner=2, outer=3)
            pose(first, world)
            pose(second, world)
            assert np.abs(estimates(first, world) - estimates(second, world)).max() < 1e-12


def test_single_precision() -> None:
    world = World(tasks=2, zeta=2, inner=2, outer=3)
    with start("numpy", "sg-mrl") as double, start("jax", "sg-mrl", "--single") as single:
        assert single.ask("hello", protocol=1)["dtype"] == "float32"
        pose(double, world)
        pose(single, world)
        error = np.abs(estimates(double, world) - estimates(single, world)).max()
        assert 1e-9 < error < 1e-5


def test_dice_is_the_product_with_the_jacobian_by_differences() -> None:
    """DiCE's inner objective has the derivatives of the rewards weighted with probability ratios.

    Its gradient is taken with a complex step, its Hessian by differences of that.
    """
    world = World(inner=2, outer=2)
    chains, outer = world.some_pairs(40)

    def objective(theta: np.ndarray, batch: np.ndarray) -> complex:
        logs = np.log(world.policy(theta[None])[0]), np.log(world.policy(world.theta[None])[0])
        total = 0.0
        for row in batch:
            past = 0.0
            for h, (s, a, r) in enumerate(world.trajectories[row][0]):
                past = past + logs[0][s, a] - logs[1][s, a]
                total = total + world.gamma**h * r * np.exp(past)
        return total / len(batch)

    def slope(theta: np.ndarray, batch: np.ndarray) -> np.ndarray:
        return np.array([objective(theta + 1e-30j * e, batch).imag / 1e-30 for e in np.eye(3)])

    expected = []
    for [batch], tested in zip(chains, outer, strict=True):
        hessian = [
            (slope(world.theta + e, batch) - slope(world.theta - e, batch)) / 2e-5
            for e in 1e-5 * np.eye(3)
        ]
        adapted = world.theta + world.alpha * slope(world.theta, batch)
        v = world.scores(adapted[None])[0, tested].mean(0)
        expected.append(v + world.alpha * np.array(hessian) @ v)
    with start("numpy", "dice") as program:
        pose(program, world)
        replied = program.chunks("estimate", "gradients", chains=chains, outer=outer)
    assert np.abs(replied - np.array(expected)).max() < 1e-8


def test_dice_is_automatic_differentiation() -> None:
    torch = pytest.importorskip("torch")
    features = torch.tensor(World.features)

    def loss(theta: Any, world: World, batch: np.ndarray) -> Any:
        total = 0.0
        for row in batch:
            past = torch.zeros((), dtype=torch.float64)
            for h, (s, a, r) in enumerate(world.trajectories[row][0]):
                past = past + torch.log_softmax(features[s] @ theta, 0)[a]
                total = total + world.gamma**h * r * torch.exp(past - past.detach())
        return total / len(batch)

    for zeta in (1, 2):
        world = World(zeta=zeta, inner=2, outer=2)
        chains, outer = world.some_pairs(20)
        expected = []
        for chain, tested in zip(chains, outer, strict=True):
            first = theta = torch.tensor(world.theta, requires_grad=True)
            for batch in chain:
                [step] = torch.autograd.grad(loss(theta, world, batch), theta, create_graph=True)
                theta = theta + world.alpha * step
            [gradient] = torch.autograd.grad(loss(theta, world, tested), first)
            expected.append(gradient.numpy())
        with start("numpy", "dice") as program:
            pose(program, world)
            replied = program.chunks("estimate", "gradients", chains=chains, outer=outer)
        assert np.abs(replied - np.array(expected)).max() < 1e-12


@dataclass(frozen=True)
class Table:
    """A random problem with three actions, episodes of different lengths, and no process behind.

    Estimates are derivatives of a loss, taken with a complex step through the inner steps: this
    needs neither Hessians nor automatic differentiation, and is exact to rounding.
    """

    message: dict[str, Any]

    @classmethod
    def random(cls, **settings: Any) -> Table:
        random = np.random.default_rng(7)
        count, steps = 9, 4
        lengths = np.array([1, 4, *random.integers(1, 5, count - 2)])
        mask = np.arange(steps) < lengths[:, None]
        keys = {"stepSize": 0.4, "discount": 0.8, "innerSteps": 1, "innerBatch": 2, "outerBatch": 3}
        arrays = {
            "features": random.normal(size=(2, 3, 5)),
            "parameters": random.normal(size=5),
            "states": random.integers(0, 2, (count, steps)) * mask,
            "actions": random.integers(0, 3, (count, steps)) * mask,
            "rewards": random.normal(size=(count, steps)) * mask,
            "lengths": lengths,
            "tasks": np.zeros(count, int),
        }
        lists = {key: array.tolist() for key, array in arrays.items()}
        return cls({"name": "random", "steps": steps} | keys | lists | settings)

    def episode(self, row: int) -> list[tuple[int, int, float]]:
        """State, action and discounted reward of every step."""
        m = self.message
        steps = zip(m["states"][row], m["actions"][row], m["rewards"][row], strict=True)
        return [(s, a, m["discount"] ** h * r) for h, (s, a, r) in enumerate(steps)][
            : m["lengths"][row]
        ]

    def log_and_score(self, state: int, action: int, theta: np.ndarray) -> tuple[Any, np.ndarray]:
        features = np.array(self.message["features"][state])
        weights = np.exp(features @ theta)
        chosen = features[action]
        return chosen @ theta - np.log(weights.sum()), chosen - weights @ features / weights.sum()

    def objective(self, batch: list[int], theta: np.ndarray, boxed: bool) -> tuple[Any, Any]:
        """A batch's loss and its gradient, in two forms that have the same gradient.

        Either scores with returns to go, or rewards with DiCE's box around the past.
        """
        loss, gradient = 0.0, 0.0
        for row in batch:
            episode = self.episode(row)
            past, past_score = 0.0, 0.0
            for h, (state, action, reward) in enumerate(episode):
                log, score = self.log_and_score(state, action, theta)
                past, past_score = past + (log - log.real), past_score + score
                to_go = sum(step[2] for step in episode[h:])
                loss = loss + (reward * np.exp(past) if boxed else to_go * log)
                gradient = gradient + (
                    reward * np.exp(past) * past_score if boxed else to_go * score
                )
        return loss / len(batch), gradient / len(batch)

    def loss(self, estimator: str, chain: Any, outer: Any, theta: np.ndarray) -> Any:
        """Its gradient is the estimate."""
        total = 0.0
        value = np.mean([sum(step[2] for step in self.episode(row)) for row in outer])
        for batch in chain:
            if estimator == "sg-mrl":
                steps = [step for row in batch for step in self.episode(row)]
                total = total + value * sum(self.log_and_score(s, a, theta)[0] for s, a, _ in steps)
            gradient = self.objective(batch, theta, estimator == "dice")[1]
            theta = theta + self.message["stepSize"] * gradient
        return total + self.objective(outer, theta, estimator == "dice")[0]

    def estimate(self, estimator: str, chain: Any, outer: Any) -> list[float]:
        theta, step = np.array(self.message["parameters"]), 1e-40
        shifted = [theta + 1j * step * unit for unit in np.eye(len(theta))]
        return [self.loss(estimator, chain, outer, point).imag / step for point in shifted]


@pytest.mark.parametrize("estimator", ["maml", "sg-mrl", "dice"])
@pytest.mark.parametrize("which", ESTIMATORS)
def test_random_tables_against_a_complex_step(which: str, estimator: str) -> None:
    if (which, estimator) == ("node", "dice"):
        pytest.skip("not in JavaScript")
    random = np.random.default_rng(3)
    with start(which, estimator) as program:
        for settings in (
            {"innerSteps": 3},
            {"innerBatch": 1, "outerBatch": 1, "discount": 0.0},
            {"innerSteps": 2, "stepSize": 0.0, "discount": 1.0},
        ):
            table = Table.random(**settings)
            m = table.message
            assert program.ask("problem", **m) == {"id": program.number}
            chains = random.integers(9, size=(8, m["innerSteps"], m["innerBatch"]))
            outer = random.integers(9, size=(8, m["outerBatch"]))
            replied = program.chunks("estimate", "gradients", chains=chains, outer=outer)
            pairs = zip(chains.tolist(), outer.tolist(), strict=True)
            expected = np.array([table.estimate(estimator, *pair) for pair in pairs])
            assert np.abs(replied - expected).max() < 1e-12 * max(1, np.abs(expected).max())


# The helper.

HEAD = """
import os, sys
import numpy as np
import metatape_external as external

class Base(external.Estimator):
    name = "test"
    def adapt(self, problem, chains, parameters):
        return parameters + chains.shape[1]
    def estimate(self, problem, chains, outer):
        return np.full((len(chains), 3), 0.1)
"""


@pytest.fixture
def helped(tmp_path: Path) -> Iterator[Any]:
    """Starts a program beside a copy of the helper."""
    shutil.copy(FOLDER / "metatape_external.py", tmp_path)
    programs = []

    def begin(text: str) -> Program:
        (tmp_path / "program.py").write_text(HEAD + textwrap.dedent(text))
        programs.append(Program(sys.executable, str(tmp_path / "program.py")))
        return programs[-1]

    yield begin
    for program in programs:
        program.__exit__()


ONE = {"chains": [[[0]], [[1]], [[2]]], "outer": [[1], [2], [3]]}


def estimate_with(helped: Any, body: str) -> tuple[Program, dict[str, Any]]:
    """The reply of an estimator whose estimate has this body."""
    text = f"class Mine(Base):\n    def estimate(self, problem, chains, outer):\n        {body}\n"
    program = helped(text + "external.serve(Mine())\n")
    pose(program, World())
    return program, program.ask("estimate", **ONE)


def test_hello_and_end(helped: Any) -> None:
    program = helped("external.serve(Base(unbiased=np.bool_(True)))")
    expected = {"name": "test", "dtype": "float64", "ordered": False, "unbiased": True}
    assert program.ask("hello", protocol=1) == {"id": 1, "protocol": 1} | expected
    assert program.end() == 0 and program.said() == ""


def test_numbers_are_exact(helped: Any) -> None:
    _, reply = estimate_with(helped, "return [[0.1 + 0.2, 1 / 3, -1e-300]] * 3")
    assert reply["gradients"] == [[0.1 + 0.2, 1 / 3, -1e-300]] * 3


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("return np.zeros((3, 2))", "expected shape (3, 3), got (3, 2)"),
        ("return np.zeros((2, 3))", "expected shape (3, 3), got (2, 3)"),
        ("return 0.0", "expected shape (3, 3), got ()"),
        ("return None", "expected shape (3, 3), got ()"),
        ("return [[0.0] * 3, [0.0] * 2, [0.0] * 3]", "ValueError: gradients of request 2"),
        ("return [[0.0] * 3] * 2 + [[0.0, np.nan, 1.0]]", "gradients[2] of request 2"),
        ("return [[0.0] * 3, [0.0, -np.inf, 1.0]] + [[0.0] * 3]", "gradients[1] of request 2"),
        ("return 1 / 0", "ZeroDivisionError: division by zero"),
        ("return [][7]", "IndexError: list index out of range"),
    ],
)
def test_mistakes_are_error_replies(helped: Any, body: str, message: str) -> None:
    program, reply = estimate_with(helped, body)
    assert message in reply["error"]
    assert "Traceback" in program.said()
    assert program.ask("adapt", chains=[[[0]]])["parameters"] == (World.theta + 1)[None].tolist()


def test_requests_that_cannot_be_answered(helped: Any) -> None:
    program = helped("external.serve(Base())")
    assert "before a problem" in program.ask("estimate", **ONE)["error"]
    assert "unknown request 'dance'" in program.ask("dance")["error"]
    for line in ("{", "[1]", "{}"):
        program.send(line)
        reply = json.loads(program.line())
        assert reply["id"] is None and "Error" in reply["error"]
    assert "error" in program.ask("problem", name="incomplete")
    pose(program, World())
    assert "gradients" in program.ask("estimate", **ONE)


def test_prints_do_not_disturb(helped: Any) -> None:
    program = helped("""
        external.claim_streams()
        print("before")
        import ctypes, subprocess
        class Mine(Base):
            def estimate(self, problem, chains, outer):
                print("by print")
                os.write(1, b"by write\\n")
                libc = ctypes.CDLL(None)
                libc.puts(b"by libc")
                libc.fflush(None)
                subprocess.run(["sh", "-c", "echo by a child; cat"])  # which finds no input
                return super().estimate(problem, chains, outer)
        external.serve(Mine())
    """)
    pose(program, World())
    for _ in range(2):
        assert "gradients" in program.ask("estimate", **ONE)
    for text in ("before", "by print", "by write", "by libc", "by a child"):
        assert text in program.said()


def test_functions_and_single_chains(helped: Any) -> None:
    functions = helped("""
        def adapt(problem, chains, parameters): return parameters
        def estimate(problem, chains, outer): return outer[:, :1] * np.ones(3)
        external.serve(external.Estimator(name="functions", adapt=adapt, estimate=estimate))
    """)
    pairwise = helped("""
        class Pairs(external.PairwiseEstimator):
            def adapt_one(self, problem, chain, parameters): return parameters
            def estimate_one(self, problem, chain, outer): return outer[0] * np.ones(3)
        external.serve(Pairs())
    """)
    for program in (functions, pairwise):
        pose(program, World())
        assert program.ask("estimate", **ONE)["gradients"] == [[1.0] * 3, [2.0] * 3, [3.0] * 3]
        assert program.ask("adapt", chains=[[[0]]])["parameters"] == [World.theta.tolist()]


def test_tables_of_the_problem() -> None:
    sys.path.insert(0, str(FOLDER))
    try:
        from metatape_external import Problem
    finally:
        sys.path.remove(str(FOLDER))
    for world in (World(tasks=2), World(horizon=1)):
        # What is behind an episode's end must not count, whatever it is.
        rewards = [row[:n] + [9.0] * (len(row) - n) for row, n in rows_with_lengths(world)]
        problem = Problem.read(world.message | {"rewards": rewards, "id": 1, "request": "problem"})
        assert problem.step_size == world.alpha and problem.inner_batch == 1
        assert problem.mask.sum(1).tolist() == world.message["lengths"]
        for row, (steps, _, _) in enumerate(world.trajectories):
            to_go = [
                sum(world.gamma**k * steps[k][2] for k in range(h, len(steps)))
                for h in range(world.horizon)
            ]
            assert np.allclose(problem.returns_to_go[row], to_go, rtol=0, atol=1e-15)


def rows_with_lengths(world: World) -> Iterator[tuple[list[float], int]]:
    return zip(world.message["rewards"], world.message["lengths"], strict=True)


# Files of `metatape certify --emit`.


@pytest.fixture
def examples(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module of the helper and that of the examples in NumPy."""
    monkeypatch.syspath_prepend(str(FOLDER))
    return tuple(map(importlib.import_module, ("metatape_external", "numpy_estimators")))


def written(world: World, path: Path, version: str = "1") -> Path:
    """A file of all pairs of a world, as the program writes them."""
    message = world.message
    chains, outer, probabilities = world.pairs
    adapted = np.concatenate(
        [
            np.repeat(thetas, len(world.batches(task, world.outer)), 0)
            for task, _, thetas, _ in world.chains(world.theta)
        ]
    )
    gradients = {"gradient": world.gradient, "mean_step_gradient": 2 * world.gradient}
    pairs = {"chains": chains, "outer": outer, "probabilities": probabilities, "adapted": adapted}
    numbers = {key: value for key, value in message.items() if not isinstance(value, list)}
    tables = {k: np.array(v) for k, v in message.items() if isinstance(v, list)}
    header: dict[str, Any] = {
        "__metadata__": {"formatVersion": version} | {k: str(v) for k, v in numbers.items()}
    }
    body = b""
    for name, array in (tables | pairs | gradients).items():
        kind = ("I64", "<i8") if np.issubdtype(array.dtype, np.integer) else ("F64", "<f8")
        part = array.astype(kind[1]).tobytes()
        offsets = [len(body), len(body) + len(part)]
        header[name] = {"dtype": kind[0], "shape": array.shape, "data_offsets": offsets}
        body += part
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + body)
    return path


@pytest.mark.parametrize("world", [World(tasks=2, zeta=2), World(zeta=0), World(inner=2, outer=2)])
def test_files_are_read(examples: Any, tmp_path: Path, world: World) -> None:
    external, numpy_estimators = examples
    batches = external.Emitted.read(written(world, tmp_path / "world.safetensors"))
    problem = batches.problem
    assert problem.name == "test" and problem.step_size == world.alpha
    assert problem.features.tolist() == world.features.tolist()
    assert problem.lengths.tolist() == world.message["lengths"]
    assert np.array_equal(batches.chains, world.pairs[0])
    for estimator, is_unbiased in (("SGMRL", True), ("MAML", world.zeta == 0)):
        mine = getattr(numpy_estimators, estimator)()
        bias = batches.bias(mine.estimate(problem, batches.chains, batches.outer))
        assert bias < 1e-8 if is_unbiased else bias > 1e-2
    start = np.tile(world.theta, (len(batches.chains), 1))
    adapted = mine.adapt(problem, batches.chains, start)
    assert np.abs(adapted - batches.adapted).max() < 1e-12
    with pytest.raises(ValueError, match="another version"):
        external.Emitted.read(written(world, tmp_path / "new.safetensors", version="2"))


def metatape(*arguments: str) -> str:
    """What the program prints, if it is there."""
    program = os.environ.get("METATAPE_PROGRAM", FOLDER.parents[2] / ".build/release/metatape")
    if not Path(program).exists():
        pytest.skip("no metatape")
    run = subprocess.run([program, *arguments], capture_output=True, text=True)
    assert run.returncode in (0, 1), run.stderr
    return run.stdout


def test_files_of_the_suite(examples: Any, tmp_path: Path) -> None:
    external, numpy_estimators = examples
    metatape("certify", "--emit", str(tmp_path), "--suite")
    files = sorted(tmp_path.iterdir())
    assert len(files) == 11
    for path in files:
        batches = external.Emitted.read(path)
        assert abs(batches.probabilities.sum() - 1) < 1e-14
        for estimator, is_unbiased in (("SGMRL", True), ("MAML", False)):
            mine = getattr(numpy_estimators, estimator)()
            mine.pose(batches.problem)
            bias = batches.bias(mine.estimate(batches.problem, batches.chains, batches.outer))
            assert bias < 1e-12 if is_unbiased else bias > 1e-2, path.name


def test_means_are_those_of_the_presets(examples: Any, tmp_path: Path) -> None:
    external, numpy_estimators = examples
    for options in (["--batch", "2"], ["--inner-steps", "2", "--batch", "1", "--tasks", "2"]):
        metatape("certify", "--emit", str(tmp_path), "--seed", "3", "--replace", *options)
        [path] = tmp_path.iterdir()
        batches = external.Emitted.read(path)
        report = json.loads(metatape("certify", "--seed", "3", "--json", *options))
        means = {entry["name"]: entry["mean"] for entry in report["cases"][0]["verdicts"]}
        for estimator, preset in (("SGMRL", "sg-mrl"), ("MAML", "maml"), ("DiCE", "dice-maml")):
            mine = getattr(numpy_estimators, estimator)()
            estimates = mine.estimate(batches.problem, batches.chains, batches.outer)
            assert np.abs(batches.probabilities @ estimates - means[preset]).max() < 1e-12


# Wrong and misbehaving programs.


def test_wrong_estimators_are_listed() -> None:
    run = subprocess.run(
        [sys.executable, str(FOLDER / "wrong_estimators.py")], capture_output=True, text=True
    )
    assert run.returncode == 1 and run.stderr.split("\n  ")[1:] == [*WRONG[:-1], WRONG[-1] + "\n"]


@pytest.mark.parametrize("name", WRONG)
def test_wrong_estimators_are_wrong(name: str) -> None:
    """Estimates differ from SG-MRL's, and all means but those of the batch order are biased."""
    baseline = name in ("own-baseline", "variance-for-deviation") or name.startswith("batch-order")
    sizes = {"zeta": 1, "inner": 1, "outer": 2} if baseline else {"zeta": 2, "inner": 2}
    world = World(tasks=2, **sizes)
    larger = World(tasks=2, zeta=2, inner=2, outer=3)
    with (
        Program(sys.executable, str(FOLDER / "wrong_estimators.py"), name) as program,
        start("numpy", "sg-mrl") as right,
    ):
        assert program.ask("hello", protocol=1)["unbiased"] is True
        bias = np.abs(mean(program, world) - world.gradient).max()
        pose(program, larger)
        pose(right, larger)
        difference = np.abs(estimates(program, larger) - estimates(right, larger)).max()
    if name == "single-powers":
        assert 1e-9 < difference < 1e-6 and bias < 1e-6
    elif name.startswith("batch-order"):
        assert difference > 1e-2 and bias < 1e-8
    else:
        assert difference > 1e-2 and bias > 1e-3


@pytest.mark.parametrize(("name", "size"), [("batch-order", 3), ("batch-order-open", 2)])
def test_batch_order_matters(name: str, size: int) -> None:
    world = World(outer=size)
    outer = np.array([[0, 1, 4][:size], [1, 0, 4][:size]])
    with Program(sys.executable, str(FOLDER / "wrong_estimators.py"), name) as program:
        assert program.ask("hello", protocol=1)["ordered"] is False
        pose(program, world)
        chains = np.zeros((2, 1, 1), int)
        first, second = program.chunks("estimate", "gradients", chains=chains, outer=outer)
        assert np.abs(first - second).max() > 1e-3


def misbehaving(*arguments: str) -> Program:
    return Program(sys.executable, str(FOLDER / "misbehaving.py"), *arguments, seconds=60)


def test_misbehaving_programs_are_right_otherwise() -> None:
    """MAML of first order, one chain at a time, in the standard library."""
    world = World(inner=2, outer=2)
    chains, outer = world.some_pairs(30)
    with misbehaving("slow-start", "0.1") as program:
        pose(program, world)
        thetas = program.chunks("adapt", "parameters", chains=chains)
        replied = program.chunks("estimate", "gradients", chains=chains, outer=outer)
    expected = world.theta + world.alpha * world.scores(world.theta[None])[0, chains[:, 0]].mean(1)
    assert np.abs(thetas - expected).max() < 1e-12
    for theta, batch, row in zip(thetas, outer, replied, strict=True):
        assert np.abs(world.scores(theta[None])[0, batch].mean(0) - row).max() < 1e-12


def test_misbehaving_hello() -> None:
    with misbehaving("old-protocol") as program:
        assert program.ask("hello", protocol=1)["protocol"] == 99
    with misbehaving("no-name") as program:
        assert "name" not in program.ask("hello", protocol=1)
    with misbehaving("no-hello") as program:
        assert "error" in program.ask("hello", protocol=1)


@pytest.mark.parametrize("kind", ["dies", "forks"])
def test_programs_that_die(kind: str) -> None:
    with misbehaving(kind) as program:
        assert program.ask("hello", protocol=1)["name"]
        program.send(json.dumps({"id": 2, "request": "problem"} | World().message))
        assert program.process.wait(30) == 3
        assert program.said()


def test_misbehaving_answers() -> None:
    def reply(kind: str) -> str:
        with misbehaving(kind) as program:
            program.ask("hello", protocol=1)
            program.send(json.dumps({"id": 2, "request": "problem"} | World().message))
            before = program.line()
            program.send(json.dumps({"id": 3, "request": "estimate"} | ONE))
            return before if kind in ("garbage", "swapped-ids") else program.line()

    with pytest.raises(json.JSONDecodeError):
        json.loads(reply("garbage"))
    assert json.loads(reply("swapped-ids"))["id"] == 1
    assert len(json.loads(reply("wrong-shape"))["gradients"][0]) == 2
    assert "NaN" in reply("nan")


def test_floods() -> None:
    with misbehaving("floods-stderr") as program:
        assert program.ask("hello", protocol=1)["name"]
        assert len(program.said()) == 8 << 20
        pose(program, World())
    with misbehaving("floods-stdout") as program:
        program.ask("hello", protocol=1)
        program.send(json.dumps({"id": 2, "request": "problem"} | World().message))
        assert b"\n" not in program.process.stdout.read(10 << 20)


@pytest.mark.parametrize("kind", ["silent", "ignores-sigterm"])
def test_programs_that_hang(kind: str) -> None:
    with misbehaving(kind) as program:
        program.send('{"id": 1, "request": "hello", "protocol": 1}')
        with pytest.raises(subprocess.TimeoutExpired):
            program.process.wait(2)
        program.process.terminate()
        if kind == "silent":
            assert program.process.wait(30) == -signal.SIGTERM
        else:
            with pytest.raises(subprocess.TimeoutExpired):
                program.process.wait(1)
