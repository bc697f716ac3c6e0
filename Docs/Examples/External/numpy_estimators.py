"""MAML, SG-MRL and DiCE without automatic differentiation: python3 numpy_estimators.py maml

The policy is a softmax with linear logits. The gradient of a log-probability, its score, is the
feature of the action less the mean feature of the state; its Hessian is minus the covariance of
the state's features.
"""

from __future__ import annotations

import sys

import numpy as np

import metatape_external as external
from metatape_external import Floats, Indices, Problem


class Batch:
    """The steps of a batch of every chain, seen by the policies of the chains.

    Shapes: `batch` [n, b] and `theta` [n, d].
    """

    def __init__(self, problem: Problem, batch: Indices, theta: Floats) -> None:
        logits = np.einsum("sad,nd->nsa", problem.features, theta)
        self.policy = np.exp(logits - logits.max(-1, keepdims=True))
        self.policy /= self.policy.sum(-1, keepdims=True)
        means = np.einsum("nsa,sad->nsd", self.policy, problem.features)
        self.all_scores = problem.features - means[:, :, None]  # [n, S, A, d]
        self.chain = np.arange(len(batch))[:, None, None]
        self.rows, self.states, self.mask = batch, problem.states[batch], problem.mask[batch]
        scores = self.all_scores[self.chain, self.states, problem.actions[batch]]
        self.scores = scores * self.mask[..., None]  # [n, b, steps, d]

    def covariance(self, v: Floats) -> Floats:
        """The product of every step's feature covariance with `v` [n, d]: [n, b, steps, d]."""
        along = self.policy * np.einsum("nsad,nd->nsa", self.all_scores, v)
        products = np.einsum("nsa,nsad->nsd", along, self.all_scores)
        return products[self.chain, self.states] * self.mask[..., None]


def weighted(weights: Floats, steps: Floats) -> Floats:
    """The mean over trajectories of a weighted sum over steps: [n, d]."""
    return np.einsum("nbh,nbhd->nd", weights, steps) / weights.shape[1]


class MAML(external.Estimator):
    """The outer gradient times the Jacobians of the inner steps."""

    name = "MAML in NumPy"

    def inner_steps(
        self, problem: Problem, chains: Indices, theta: Floats
    ) -> tuple[list[Batch], Floats]:
        """What every inner step saw, and the parameters after the last one."""
        seen = []
        for t in range(chains.shape[1]):
            seen.append(Batch(problem, chains[:, t], theta))
            returns = problem.returns_to_go[chains[:, t]]
            theta = theta + problem.step_size * weighted(returns, seen[-1].scores)
        return seen, theta

    def adapt(self, problem: Problem, chains: Indices, parameters: Floats) -> Floats:
        return self.inner_steps(problem, chains, parameters)[1]

    def estimate(self, problem: Problem, chains: Indices, outer: Indices) -> Floats:
        theta = np.tile(problem.parameters, (len(chains), 1))
        seen, theta = self.inner_steps(problem, chains, theta)
        v = weighted(self.outer_returns(problem, outer), Batch(problem, outer, theta).scores)
        for t, batch in reversed(list(enumerate(seen))):
            v = self.jacobian(problem, batch, v) + self.score(problem, outer, t, batch)
        return v

    def outer_returns(self, problem: Problem, outer: Indices) -> Floats:
        """What the outer scores are weighted with: [n, b, steps]."""
        return problem.returns_to_go[outer]

    def jacobian(self, problem: Problem, batch: Batch, v: Floats) -> Floats:
        """The product of an inner step's Jacobian with `v`."""
        return v + problem.step_size * self.hessian(problem, batch, v)

    def hessian(self, problem: Problem, batch: Batch, v: Floats) -> Floats:
        """The product of the Hessian of an inner step's objective with `v`."""
        return -weighted(problem.returns_to_go[batch.rows], batch.covariance(v))

    def score(self, problem: Problem, outer: Indices, t: int, batch: Batch) -> Floats:
        """The score term of inner step `t`: none."""
        return np.zeros((len(outer), len(problem.parameters)))


class SGMRL(MAML):
    """MAML and the scores of the inner batches: unbiased."""

    name = "SG-MRL in NumPy"
    unbiased = True

    def score(self, problem: Problem, outer: Indices, t: int, batch: Batch) -> Floats:
        """The mean return of the outer batch times the sum of all scores of the inner batch."""
        return problem.returns_to_go[outer, 0].mean(1)[:, None] * batch.scores.sum((1, 2))


class DiCE(MAML):
    """The inner steps differentiate a reward's weight, the probability of the actions before it."""

    name = "DiCE in NumPy"

    def hessian(self, problem: Problem, batch: Batch, v: Floats) -> Floats:
        past = batch.scores.cumsum(2)  # of the actions up to every step
        rewards = problem.discounted_rewards[batch.rows]
        twice = weighted(rewards * np.einsum("nbhd,nd->nbh", past, v), past)
        return twice + super().hessian(problem, batch, v)


if __name__ == "__main__":
    external.serve({"maml": MAML, "sg-mrl": SGMRL, "dice": DiCE}[sys.argv[1]]())
