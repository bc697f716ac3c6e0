"""RLax: its policy-gradient losses as the inner and outer losses of a MAML in JAX."""

from __future__ import annotations

import argparse
from typing import NamedTuple

import jax
import jax.numpy as jnp
import metatape_external as external
import numpy as np
import rlax
from jax import Array


class Tables(NamedTuple):
    """A problem; rows are trajectories, padded to the longest."""

    features: Array  # [S, A, d]
    theta: Array  # [d]
    step_size: Array
    states: Array  # [N, steps]
    actions: Array
    rewards: Array
    discounts: Array  # after every step: the discount, 0 at the end of an episode
    powers: Array  # the discount to the power of the step's index
    mask: Array


class PolicyGradient(external.Estimator):
    """`policy_gradient_loss` with the returns of `discounted_returns`."""

    discounted = False  # weights steps with the discount from the start of the episode
    summed = False  # sums over the steps of a trajectory
    score = False

    def __init__(self, **members) -> None:
        super().__init__(**members)
        self.all_steps = jax.jit(jax.vmap(lambda *a: self.steps(*a)[0], (None, 0, 0)))
        self.all_gradients = jax.jit(jax.vmap(jax.grad(self.loss, 1), (None, None, 0, 0)))

    def pose(self, problem) -> None:
        last = np.arange(problem.steps) == problem.lengths[:, None] - 1
        mask = problem.mask
        self.tables = Tables(
            *map(jnp.array, (problem.features, problem.parameters, problem.step_size)),
            *map(jnp.array, (problem.states, problem.actions, problem.rewards * mask)),
            jnp.array(problem.discount * mask * ~last),
            jnp.broadcast_to(problem.discount ** np.arange(problem.steps), mask.shape),
            jnp.array(mask),
        )

    def logits(self, tables, theta, row):
        return tables.features[tables.states[row]] @ theta

    def weights(self, tables, row):
        """Of the steps of a trajectory."""
        shown = tables.mask[row]
        if self.discounted:
            shown = shown * tables.powers[row]
        return shown * shown.shape[-1] if self.summed else shown

    def returns(self, tables, row):
        return rlax.discounted_returns(tables.rewards[row], tables.discounts[row], 0.0)

    def trajectory_loss(self, tables, theta, row, is_inner):
        logits, actions = self.logits(tables, theta, row), tables.actions[row]
        returns, weights = self.returns(tables, row), self.weights(tables, row)
        return rlax.policy_gradient_loss(logits, actions, returns, weights)

    def batch_loss(self, tables, theta, batch, is_inner):
        losses = [self.trajectory_loss(tables, theta, row, is_inner) for row in batch]
        return sum(losses) / len(losses)

    def steps(self, tables, theta, chain):
        """The parameters after the inner steps, and the log-probability of the inner batches."""
        drawn = 0.0
        for batch in chain:
            logits = jax.vmap(self.logits, (None, None, 0))(tables, theta, batch)
            every = jax.nn.log_softmax(logits) * jax.nn.one_hot(
                tables.actions[batch], logits.shape[-1]
            )
            drawn = drawn + (every.sum(-1) * tables.mask[batch]).sum()
            gradient = jax.grad(self.batch_loss, 1)(tables, theta, batch, True)
            theta = theta - tables.step_size * gradient
        return theta, drawn

    def loss(self, tables, theta, chain, outer):
        theta, drawn = self.steps(tables, theta, chain)
        result = self.batch_loss(tables, theta, outer, False)
        if self.score:
            value = (tables.rewards * tables.powers * tables.mask)[outer].sum(-1).mean()
            result = result - value * drawn
        return result

    def adapt(self, problem, chains, parameters):
        return self.all_steps(self.tables, parameters, chains)

    def estimate(self, problem, chains, outer):
        return -self.all_gradients(self.tables, self.tables.theta, chains, outer)


class ClippedSurrogate(PolicyGradient):
    """`clipped_surrogate_pg_loss` with the same returns. Its ratio is 1 where it is differentiated.

    The repair takes the inner steps with `policy_gradient_loss`.
    """

    def trajectory_loss(self, tables, theta, row, is_inner):
        if is_inner and self.score:
            return super().trajectory_loss(tables, theta, row, is_inner)
        logits, actions = self.logits(tables, theta, row), tables.actions[row]
        drawn = rlax.softmax().logprob(actions, logits)
        ratios = jnp.exp(drawn - jax.lax.stop_gradient(drawn))
        weighted = self.returns(tables, row) * self.weights(tables, row)
        return rlax.clipped_surrogate_pg_loss(ratios, weighted, 0.2)


class VTrace(PolicyGradient):
    """`policy_gradient_loss` with the advantages of `vtrace_td_error_and_advantage`, values 0."""

    def returns(self, tables, row):
        zeros, ones = jnp.zeros_like(tables.rewards[row]), jnp.ones_like(tables.rewards[row])
        shown = rlax.vtrace_td_error_and_advantage(
            zeros, zeros, tables.rewards[row], tables.discounts[row], ones
        )
        return shown.pg_advantage


class Entropy(PolicyGradient):
    """`policy_gradient_loss` with a hundredth of `entropy_loss`, as in an actor-critic."""

    def trajectory_loss(self, tables, theta, row, is_inner):
        loss = super().trajectory_loss(tables, theta, row, is_inner)
        if self.score:
            return loss
        return loss + 0.01 * rlax.entropy_loss(self.logits(tables, theta, row), tables.mask[row])


parser = argparse.ArgumentParser()
variants = {
    "policy-gradient": PolicyGradient,
    "clipped-surrogate": ClippedSurrogate,
    "vtrace": VTrace,
    "entropy": Entropy,
}
parser.add_argument("variant", choices=variants)
parser.add_argument("--discounted", action="store_true")
parser.add_argument("--fixed", action="store_true")
options = parser.parse_args()
jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")
external.serve(
    variants[options.variant](
        name=options.variant + ", discounted" * options.discounted + ", fixed" * options.fixed,
        discounted=options.discounted or options.fixed,
        summed=options.fixed,
        score=options.fixed,
        unbiased=options.fixed,
    )
)
