"""Certificates of estimators that are written in Python."""

from __future__ import annotations

import gc
import signal
import sys
import traceback
import weakref
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import REPOSITORY, needs_library

import metatape
from metatape import Estimator, PairwiseEstimator

pytestmark = needs_library

SMALL = {"seed": 3, "states": 2, "actions": 2, "steps": 2, "batch": 2, "outer_batch": 1}


class MAML(Estimator):
    """The golden MAML: the outer gradient times the Jacobians of the inner steps."""

    name, score = "MAML in ten lines", 0.0

    def look(self, p, rows, theta):
        """Weighted steps [n, b, h, d], their covariances' factors, and scores."""
        policy = np.exp(np.einsum("sad,nd->nsa", p.features, theta))
        policy /= policy.sum(-1, keepdims=True)
        centred = p.features - np.einsum("nsa,sad->nsd", policy, p.features)[:, :, None]
        n = np.arange(len(rows))[:, None, None]
        scores = centred[n, p.states[rows], p.actions[rows]] * p.mask[rows][..., None]
        covariance = np.einsum("nsa,nsad,nsae->nsde", policy, centred, centred)
        weights = p.returns_to_go[rows] / rows.shape[1]
        return scores, weights, covariance[n, p.states[rows]]

    def adapt(self, p, chains, theta):
        for rows in chains.swapaxes(0, 1):
            scores, weights, _ = self.look(p, rows, theta)
            theta = theta + p.step_size * np.einsum("nbh,nbhd->nd", weights, scores)
        return theta

    def estimate(self, p, chains, outer):
        start = np.tile(p.parameters, (len(chains), 1))
        scores, weights, _ = self.look(p, outer, self.adapt(p, chains, start))
        v = np.einsum("nbh,nbhd->nd", weights, scores)
        value = self.score * p.returns_to_go[outer, 0].mean(1)[:, None]
        for t in reversed(range(chains.shape[1])):
            scores, weights, c = self.look(p, chains[:, t], self.adapt(p, chains[:, :t], start))
            v = v - p.step_size * np.einsum("nbh,nbhde,ne->nd", weights, c, v)
            v = v + value * scores.sum((1, 2))
        return v


class SGMRL(MAML):
    """The golden SG-MRL: MAML and the scores of the inner batches."""

    name, score, unbiased = "SG-MRL in ten lines", 1.0, True


def test_golden():
    verdict = metatape.certify(SGMRL())
    assert verdict.passed and verdict.unbiased and len(verdict.cases) == 11
    assert "sg-mrl" in verdict.document["equals"]
    assert all(case["equality"] == "pairs" for case in verdict.cases)
    assert "PASSED: SG-MRL in ten lines" in verdict.text and str(verdict) == verdict.text
    biased = metatape.certify(MAML())
    assert biased.passed and not biased.unbiased and biased.document["equals"] == ["maml"]
    assert "BIASED" in biased.text and "score" in biased.text


def test_a_false_claim_fails():
    verdict = metatape.certify(MAML(unbiased=True), SMALL)
    assert not verdict.passed and "FAILED" in verdict.text
    assert verdict.cases[0]["verdict"] == "biased"


def test_a_table_is_aligned():
    lines = metatape.certify(SGMRL(), SMALL).text.splitlines()
    assert len({len(line) for line in lines[:3]}) == 1


def test_problems():
    cases = [{"seed": 1}, {"seed": 1, "tasks": 2, "batch": 1}, {"inner_steps": 2, "batch": 1}]
    for problem in (*cases, {"inner_steps": 0}):
        verdict = metatape.certify(SGMRL(), problem)
        assert verdict.unbiased and len(verdict.cases) == 1
    assert metatape.certify(SGMRL(), SMALL, chunk=7).unbiased
    for bad in ("sweet", {"seed": -1}, {"sates": 2}, {"cases": []}, {"states": 10**9}, 3):
        with pytest.raises((ValueError, TypeError)):
            metatape.certify(SGMRL(), bad)


def test_the_pace():
    """20,000 pairs a second with NumPy."""
    problem = {"seed": 1, "states": 2, "actions": 2, "steps": 3, "batch": 2, "outer_batch": 1}
    verdict = metatape.certify(SGMRL(), problem)
    case = verdict.cases[0]
    print(f"{case['pairs']} pairs in {case['seconds']} s")
    assert case["pairs"] > 10_000
    assert case["pairs"] / case["seconds"] > 10_000  # half of it, for machines that are busy


class Breaking(SGMRL):
    """Fails in a method, after some calls."""

    def __init__(self, method, error, after=0):
        self.method, self.error, self.left = method, error, after

    def fail(self, method):
        if method == self.method:
            self.left -= 1
            if self.left < 0:
                raise self.error

    def pose(self, problem):
        self.fail("pose")

    def adapt(self, *arguments):
        self.fail("adapt")
        return super().adapt(*arguments)

    def estimate(self, *arguments):
        self.fail("estimate")
        return super().estimate(*arguments)


class Odd(Exception):
    """Is false, as an empty collection is."""

    def __bool__(self):
        return False


@pytest.mark.parametrize("method", ["pose", "adapt", "estimate"])
@pytest.mark.parametrize(
    "error", [KeyError("mine"), Odd("odd"), KeyboardInterrupt(), SystemExit(3), MemoryError()]
)
def test_exceptions_come_out(method, error):
    with pytest.raises(type(error)) as caught:
        metatape.certify(Breaking(method, error), SMALL)
    assert caught.value is error
    names = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert names[0].startswith("test_") and names[-1] == "fail" and "certify" in names
    assert metatape.certify(SGMRL(), SMALL).unbiased  # as before


def test_exceptions_keep_their_cause():
    class Chained(SGMRL):
        def estimate(self, *arguments):
            try:
                raise KeyError("first")
            except KeyError as error:
                raise RuntimeError("second") from error

    with pytest.raises(RuntimeError, match="second") as caught:
        metatape.certify(Chained(), SMALL)
    assert isinstance(caught.value.__cause__, KeyError)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda v: v[:-1], ValueError),
        (lambda v: v.T, ValueError),
        (lambda v: v[:, :1], ValueError),
        (lambda v: v * np.nan, ValueError),
        (lambda v: v / 0, ValueError),
        (lambda v: v * 1j, TypeError),
        (lambda v: None, TypeError),
        (lambda v: "text", TypeError),
        (lambda v: [[1.0], [1.0, 2.0]], TypeError),
    ],
)
def test_wrong_results(change, kind):
    for method in ("adapt", "estimate"):
        function = getattr(SGMRL(), method)
        estimator = SGMRL()
        estimator.estimate = SGMRL().estimate  # which does not use what is changed

        def changed(*arguments, function=function):
            with np.errstate(all="ignore"):
                return change(function(*arguments))

        setattr(estimator, method, changed)
        with pytest.raises(kind, match=method):
            metatape.certify(estimator, SMALL)


def test_results_of_other_kinds():
    class Lists(SGMRL):
        def estimate(self, *arguments):
            return super().estimate(*arguments).tolist()

    assert metatape.certify(Lists(), SMALL).unbiased


def test_results_in_single_precision():
    class Single(SGMRL):
        dtype = "float32"

        def estimate(self, *arguments):
            return super().estimate(*arguments).astype(np.float32)

    assert metatape.certify(Single(), SMALL).unbiased
    assert not metatape.certify(Single(dtype="float64"), SMALL).unbiased


def test_pairwise():
    class One(PairwiseEstimator):
        unbiased = True
        golden = SGMRL()

        def adapt_one(self, problem, chain, parameters):
            return self.golden.adapt(problem, chain[None], parameters[None])[0]

        def estimate_one(self, problem, chain, outer):
            return self.golden.estimate(problem, chain[None], outer[None])[0]

    assert metatape.certify(One(), SMALL).unbiased


def test_chains_may_be_kept():
    """What an estimator keeps is not overwritten by the next call."""

    class Keeping(SGMRL):
        def __init__(self):
            self.kept = []

        def estimate(self, problem, chains, outer):
            self.kept.append((chains, chains.copy(), outer, outer.copy()))
            return super().estimate(problem, chains, outer)

    estimator = Keeping()
    metatape.certify(estimator, SMALL, chunk=5)
    assert len(estimator.kept) > 3
    for chains, first, outer, second in estimator.kept:
        np.testing.assert_array_equal(chains, first)
        np.testing.assert_array_equal(outer, second)


def test_no_estimator():
    for bad in (None, 3, object(), np.zeros(3)):
        with pytest.raises(TypeError):
            metatape.certify(bad, SMALL)
    with pytest.raises(TypeError):
        Estimator(nothing=1)
    with pytest.raises(ValueError):
        metatape.certify(SGMRL(dtype="float16"), SMALL)
    with pytest.raises(ValueError):
        metatape.certify(SGMRL(), SMALL, chunk=0)


def test_an_estimator_that_certifies():
    """A certificate within a callback."""

    class Nested(SGMRL):
        def pose(self, problem):
            assert metatape.certify(SGMRL(), SMALL).unbiased

    assert metatape.certify(Nested(), SMALL).unbiased


def test_threads():
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        verdicts = list(pool.map(lambda _: metatape.certify(SGMRL(), SMALL), range(8)))
    assert all(verdict.unbiased for verdict in verdicts)


@pytest.fixture
def examples(monkeypatch):
    folder = REPOSITORY / "Docs" / "Examples" / "External"
    if not folder.exists():
        pytest.skip("the examples are not here")
    monkeypatch.syspath_prepend(str(folder))
    yield
    for name in list(sys.modules):
        if str(folder) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def test_estimators_for_the_command_line(examples):
    """What was written for `metatape certify --external` works here as it is."""
    import numpy_estimators

    assert metatape.certify(numpy_estimators.SGMRL()).unbiased
    assert metatape.certify(numpy_estimators.MAML(), SMALL).document["equals"] == ["maml"]


@pytest.mark.parametrize("package", ["torch", "jax"])
def test_other_arrays(examples, package):
    pytest.importorskip(package)
    if package == "jax":
        __import__("jax").config.update("jax_enable_x64", True)
    module = __import__(f"{package}_estimators")
    assert metatape.certify(module.SGMRL(), SMALL).unbiased


def test_tensors_with_gradients():
    torch = pytest.importorskip("torch")

    class Tensors(SGMRL):
        def estimate(self, *arguments):
            return torch.tensor(super().estimate(*arguments), requires_grad=True)

    assert metatape.certify(Tensors(), SMALL).unbiased


def test_presets():
    document = metatape.certify_presets(SMALL, ["sg-mrl", "maml"], threads=2)
    verdicts = {e["name"]: e["verdict"] for case in document["cases"] for e in case["verdicts"]}
    assert verdicts == {"sg-mrl": "unbiased", "maml": "biased"}
    with pytest.raises(ValueError, match="nothing"):
        metatape.certify_presets(SMALL, ["nothing"])


def test_study():
    document = metatape.study(
        estimators=["sg-mrl", "maml"], meta_batches=5, learning=2, seed=1, set={"inner.steps": 1}
    )
    assert document
    for arguments in ({"preset": "nothing"}, {"set": {"inner.steps": -1}}, {"meta_batches": 0}):
        with pytest.raises(ValueError):
            metatape.study(**arguments)
    with pytest.raises(ValueError):
        metatape.study(parameters=np.zeros(3))


def test_exceptions_are_not_kept():
    class Mine(Exception):
        pass

    class Raising(SGMRL):
        def estimate(self, *arguments):
            raise Mine

    gc.disable()
    try:
        with pytest.raises(Mine) as caught:
            metatape.certify(Raising(), SMALL)
        kept = weakref.ref(caught.value)
        del caught
        assert kept() is None
    finally:
        gc.enable()


def test_an_interrupt_at_the_edge_of_a_callback():
    class Interrupted(SGMRL):
        def estimate(self, *arguments):
            lost = KeyboardInterrupt()
            message = "Exception ignored on calling ctypes callback function"
            sys.unraisablehook(SimpleNamespace(exc_value=lost, err_msg=message))
            return super().estimate(*arguments)

    before = sys.unraisablehook
    with pytest.raises(KeyboardInterrupt):
        metatape.certify(Interrupted(), SMALL)
    assert sys.unraisablehook is before


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there is no timer")
def test_interrupts_come_out():
    delays = np.random.default_rng(1).uniform(1e-3, 0.02, 100)
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        for delay in delays:
            with pytest.raises(KeyboardInterrupt):
                signal.setitimer(signal.ITIMER_REAL, delay)
                while True:
                    metatape.certify(SGMRL(), SMALL)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
