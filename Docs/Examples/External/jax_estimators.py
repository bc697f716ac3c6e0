"""MAML, SG-MRL and DiCE in JAX: python3 jax_estimators.py maml|sg-mrl|dice [--single]

Every estimate is the gradient of one loss of one chain, which `vmap` maps over all chains. The
tables of a problem are arguments of what `jit` compiles, so that problems of the same shapes are
compiled once. `--single` computes in float32.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

import metatape_external as external
from metatape_external import Floats, Indices, Problem


class Tables(NamedTuple):
    """A problem, in the precision that JAX is set to; rows are trajectories."""

    features: Array  # [S, A, d]
    theta: Array  # [d]
    step_size: Array
    visits: Array  # how often every action is taken in every state: [N, S A]
    past: Array  # the same up to every step: [N, steps, S A]
    rewards: Array  # discounted: [N, steps]
    weights: Array  # the sum of the returns to go after every action: [N, S A]

    def log_policy(self, theta: Array) -> Array:
        """Of every state and action: [S A]."""
        return jax.nn.log_softmax(self.features @ theta, -1).ravel()


class MAML(external.Estimator):
    """The gradient of the adapted policy's objective through the inner steps."""

    name = "MAML in JAX"

    def pose(self, problem: Problem) -> None:
        states, actions, _ = problem.features.shape
        # One row for every step; those behind the end of an episode are zero.
        one_hot = np.eye(states * actions)[problem.states * actions + problem.actions]
        one_hot = one_hot * problem.mask[..., None]  # [N, steps, S A]
        weights = (one_hot * problem.returns_to_go[..., None]).sum(1)
        tables = (one_hot.sum(1), one_hot.cumsum(1), problem.discounted_rewards, weights)
        settings = (problem.features, problem.parameters, problem.step_size)
        self.tables = Tables(*map(jnp.array, settings + tables))

    def objective(self, tables: Tables, theta: Array, batch: Array) -> Array:
        """Its gradient is the policy gradient with returns to go."""
        return tables.weights[batch].mean(0) @ tables.log_policy(theta)

    def step(self, tables: Tables, theta: Array, batch: Array) -> Array:
        return theta + tables.step_size * jax.grad(self.objective, 1)(tables, theta, batch)

    def steps(self, tables: Tables, theta: Array, chain: Array) -> Array:
        for batch in chain:
            theta = self.step(tables, theta, batch)
        return theta

    def loss(self, tables: Tables, theta: Array, chain: Array, outer: Array) -> Array:
        """What is differentiated, once for each chain."""
        return self.objective(tables, self.steps(tables, theta, chain), outer)

    def __init__(self, **members: str) -> None:
        super().__init__(**members)
        self.all_steps = jax.jit(jax.vmap(self.steps, (None, 0, 0)))
        self.all_gradients = jax.jit(jax.vmap(jax.grad(self.loss, 1), (None, None, 0, 0)))

    def adapt(self, problem: Problem, chains: Indices, parameters: Floats) -> Array:
        return self.all_steps(self.tables, parameters, chains)

    def estimate(self, problem: Problem, chains: Indices, outer: Indices) -> Array:
        return self.all_gradients(self.tables, self.tables.theta, chains, outer)


class SGMRL(MAML):
    """MAML and the outer return times the inner batches' log-probability: unbiased."""

    name = "SG-MRL in JAX"
    unbiased = True

    def loss(self, tables: Tables, theta: Array, chain: Array, outer: Array) -> Array:
        drawn = 0.0
        for batch in chain:
            drawn = drawn + tables.visits[batch].sum(0) @ tables.log_policy(theta)
            theta = self.step(tables, theta, batch)
        value = tables.rewards[outer].sum(1).mean()
        return self.objective(tables, theta, outer) + value * drawn


class DiCE(MAML):
    """MAML with the magic box: a reward is weighted with the probability of its past."""

    name = "DiCE in JAX"

    def objective(self, tables: Tables, theta: Array, batch: Array) -> Array:
        past = tables.past[batch] @ tables.log_policy(theta)
        box = jnp.exp(past - jax.lax.stop_gradient(past))  # 1, with the probability's derivatives
        return (tables.rewards[batch] * box).sum(1).mean()


if __name__ == "__main__":
    single = "--single" in sys.argv
    jax.config.update("jax_enable_x64", not single)
    jax.config.update("jax_platforms", "cpu")
    estimator = {"maml": MAML, "sg-mrl": SGMRL, "dice": DiCE}[sys.argv[1]]
    external.serve(estimator(dtype="float32" if single else "float64"))
