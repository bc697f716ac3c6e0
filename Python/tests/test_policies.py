"""Log-probabilities, derivatives and samples of the catalog's policies."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import needs_library

from metatape import Policy, RunPolicy

pytestmark = needs_library

KINDS = {
    "gaussian-network": (3, 2, {"hidden_sizes": [5, 4], "activation": "tanh"}),
    "full-covariance-gaussian-network": (3, 2, {"hidden_sizes": [5], "activation": "softplus"}),
    "categorical-network": (3, {"n": 4}, {"hidden_sizes": [5, 4], "activation": "sigmoid"}),
    "softmax": (3, {"n": 4}, {"initial_deviation": 0.7}),
}


@pytest.fixture(params=KINDS)
def case(request, rng):
    """A policy at random parameters, and a batch."""
    observations, actions, options = KINDS[request.param]
    policy = Policy(request.param, observations, actions, **options)
    theta = policy.initialize(seed=1) + 0.3 * rng.standard_normal(policy.count)
    seen = rng.standard_normal((30, 3))
    return policy, theta, seen, policy.sample(theta, seen, seed=2)


def test_shapes(case):
    policy, theta, seen, taken = case
    assert theta.shape == (policy.count,) and taken.shape == (30, policy.action_size)
    blocks = policy.split(theta)
    assert sum(block.size for block in blocks.values()) == policy.count
    np.testing.assert_array_equal(np.concatenate([b.ravel() for b in blocks.values()]), theta)
    assert policy.log_probabilities(theta, seen, taken).shape == (30,)
    assert policy.log_probabilities(theta, seen[:0], taken[:0]).shape == (0,)
    assert not policy.gradient(theta, seen[:0], taken[:0], np.zeros(0)).any()
    np.testing.assert_array_equal(policy.initialize(3), policy.initialize(3))
    np.testing.assert_array_equal(policy.sample(theta, seen, 5), policy.sample(theta, seen, 5))
    assert (policy.sample(theta, seen, 5) != policy.sample(theta, seen, 6)).any()


def test_derivatives(case, rng):
    policy, theta, seen, taken = case
    weights, vector = rng.standard_normal(30), rng.standard_normal(policy.count)

    def value(point):
        return weights @ policy.log_probabilities(point, seen, taken)

    def gradient(point):
        return policy.gradient(point, seen, taken, weights)

    h = 1e-6
    slope = (value(theta + h * vector) - value(theta - h * vector)) / (2 * h)
    assert gradient(theta) @ vector == pytest.approx(slope, rel=1e-6, abs=1e-6)
    curvature = (gradient(theta + h * vector) - gradient(theta - h * vector)) / (2 * h)
    product = policy.hessian_vector_product(theta, seen, taken, weights, vector)
    np.testing.assert_allclose(product, curvature, rtol=1e-5, atol=1e-5)


def test_the_numpy_policy_is_the_same(case):
    policy, theta, seen, taken = case
    options = KINDS[policy.kind][2]
    numpy_policy = RunPolicy(policy.kind, policy.split(theta), **options)
    np.testing.assert_allclose(
        numpy_policy.log_probabilities(seen, taken),
        policy.log_probabilities(theta, seen, taken),
        rtol=1e-12,
        atol=1e-12,
    )
    np.testing.assert_array_equal(numpy_policy.vector, theta)


def test_samples_have_their_distribution(case):
    """Means of 40,000 samples of ours and of NumPy's, within five standard errors."""
    policy, theta, seen, _ = case
    numpy_policy = RunPolicy(policy.kind, policy.split(theta), **KINDS[policy.kind][2])
    observation = np.repeat(seen[:1], 40_000, axis=0)
    ours = policy.sample(theta, observation, seed=1).reshape(40_000, -1)
    theirs = numpy_policy.sample(observation, np.random.default_rng(1)).reshape(40_000, -1)
    error = np.sqrt((ours.var(0) + theirs.var(0)) / 40_000)
    assert (abs(ours.mean(0) - theirs.mean(0)) <= 5 * error).all()
    np.testing.assert_allclose(np.cov(ours.T), np.cov(theirs.T), rtol=0.1, atol=0.03)


def test_spaces():
    spaces = pytest.importorskip("gymnasium").spaces
    policy = Policy("categorical-network", spaces.Box(-1, 1, (3,)), spaces.Discrete(4))
    assert policy.observation_size == 3 and policy.action_size == 1


def test_wrong_arguments(case):
    policy, theta, seen, taken = case
    calls = [
        lambda: policy.log_probabilities(theta[:-1], seen, taken),
        lambda: policy.log_probabilities(theta, seen[:, :2], taken),
        lambda: policy.log_probabilities(theta, seen, taken[:-1]),
        lambda: policy.gradient(theta, seen, taken, np.ones(29)),
        lambda: policy.gradient(theta, seen, taken, np.ones((30, 1))),
        lambda: policy.hessian_vector_product(theta, seen, taken, np.ones(30), theta[:-1]),
        lambda: policy.sample(theta, seen, seed=-1),
        lambda: policy.split(theta[:-1]),
    ]
    if policy.kind in ("categorical-network", "softmax"):
        for bad in (1.5, -1, 4, np.nan):
            calls.append(lambda bad=bad: policy.gradient(theta, seen, taken * 0 + bad, np.ones(30)))
    for call in calls:
        with pytest.raises(ValueError):
            call()
    with pytest.raises(TypeError):
        policy.log_probabilities(theta, seen, taken * 1j)


def test_wrong_policies():
    for arguments in [
        ("gaussian", 3, 2),
        ("gaussian-network", 0, 2),
        ("gaussian-network", -3, 2),
        ("gaussian-network", 3, {"n": 2}),
        ("softmax", 3, 2),
        ("softmax", 3, {"n": 0}),
        ("softmax", 3, {"m": 2}),
        ("gaussian-network", 3, None),
        ("gaussian-network", 3.5, 2),
    ]:
        with pytest.raises((ValueError, TypeError)):
            Policy(*arguments)
    for options in ({"hidden_sizes": [10**9]}, {"hidden_sizes": "wide"}, {"activation": "x"}):
        with pytest.raises(ValueError):
            Policy("gaussian-network", 3, 2, **options)
