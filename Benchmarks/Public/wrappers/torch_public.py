"""What the wrappers of PyTorch packages share: a policy, batches, and MAML's outer loop.

A wrapper either gives the inner update (`steps`) and takes equation 5's loss from here, or gives
the loss and takes plain gradient steps from here.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import metatape_external as external
import numpy as np
import torch
from metatape_external import Floats, Indices, Problem
from torch import Tensor, nn


class Policy(nn.Module):
    """A softmax policy: the logits of states are `features[states] @ theta`."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.register_buffer("features", torch.tensor(problem.features))
        self.theta = nn.Parameter(torch.tensor(problem.parameters))

    def forward(self, states: Tensor) -> Tensor:
        return self.features[states] @ self.theta


@dataclass(frozen=True)
class Steps:
    """The steps of a batch, trajectory after trajectory: all are [n] but `count`."""

    count: int  # of trajectories
    states: Tensor
    actions: Tensor
    rewards: Tensor  # not discounted
    ends: Tensor  # 1 at the last step of a trajectory
    powers: Tensor  # the discount to the power of the step's index within its trajectory
    returns: Tensor  # equation 5's weights: the discounted return from the step on

    @classmethod
    def read(cls, problem: Problem, batch: Indices) -> Steps:
        mask = problem.mask[batch] > 0
        ends = np.zeros_like(mask)
        ends[np.arange(len(batch)), problem.lengths[batch] - 1] = True
        powers = np.broadcast_to(problem.discount ** np.arange(problem.steps), mask.shape)
        tables = problem.states, problem.actions, problem.rewards
        shown = [table[batch] for table in tables] + [ends.astype(float), powers]
        shown.append(problem.returns_to_go[batch])
        return cls(len(batch), *(torch.tensor(table[mask]) for table in shown))


def log_probabilities(logits: Tensor, actions: Tensor) -> Tensor:
    """Of the actions that were taken: [n]."""
    return torch.log_softmax(logits, -1).gather(-1, actions[:, None])[:, 0]


class Public(external.PairwiseEstimator):
    """MAML around a package.

    With `score` the outer loss gets the score term: the outer return times the log-probability of
    the inner batches at the parameters that they were drawn at.
    """

    score = False

    def pose(self, problem: Problem) -> None:
        self.problem = problem
        self.policy = Policy(problem)
        self.batches: dict[bytes, Steps] = {}

    def batch(self, rows: Indices) -> Steps:
        key = rows.tobytes()
        if key not in self.batches:
            self.batches[key] = Steps.read(self.problem, rows)
        return self.batches[key]

    def log_policy(self, theta: Tensor, steps: Steps) -> Tensor:
        return log_probabilities(self.policy.features[steps.states] @ theta, steps.actions)

    def objective(self, theta: Tensor, steps: Steps) -> Tensor:
        """Its gradient is equation 5's."""
        return self.log_policy(theta, steps) @ steps.returns / steps.count

    def inner_loss(self, theta: Tensor, steps: Steps) -> Tensor:
        return -self.objective(theta, steps)

    def outer_loss(self, theta: Tensor, steps: Steps) -> Tensor:
        return self.inner_loss(theta, steps)

    def steps(self, chain: list[Steps]) -> list[Tensor]:
        """The parameters before every inner step and after the last one.

        The first are `self.policy.theta`; autograd finds the way back to them.
        """
        thetas: list[Tensor] = [self.policy.theta]
        for steps in chain:
            loss = self.inner_loss(thetas[-1], steps)
            (gradient,) = torch.autograd.grad(loss, thetas[-1], create_graph=True)
            thetas.append(thetas[-1] - self.problem.step_size * gradient)
        return thetas

    def start(self, parameters: Floats) -> None:
        with torch.no_grad():
            self.policy.theta.copy_(torch.tensor(parameters))

    def adapt_one(self, problem: Problem, chain: Indices, parameters: Floats) -> Floats:
        self.start(parameters)
        return self.steps([self.batch(rows) for rows in chain])[-1].detach().numpy().copy()

    def estimate_one(self, problem: Problem, chain: Indices, outer: Indices) -> Floats:
        self.start(problem.parameters)
        inner, last = [self.batch(rows) for rows in chain], self.batch(outer)
        thetas = self.steps(inner)
        loss = self.outer_loss(thetas[-1], last)
        if self.score:
            value = (last.rewards * last.powers).sum() / last.count
            for theta, steps in zip(thetas, inner):
                loss = loss - value * self.log_policy(theta, steps).sum()
        (gradient,) = torch.autograd.grad(loss, self.policy.theta, allow_unused=True)
        if gradient is None:
            return np.zeros(len(problem.parameters))
        return -gradient.numpy()


class Weighted(Public):
    """A loss of a package with one weight for every step.

    The weights are returns that the package counts from every step on, discounted from there.
    `discounted` multiplies them with the discount from the start of the episode. `score` sums over
    the steps of a trajectory where the package takes a mean over steps.
    """

    discounted = False

    def returns(self, steps: Steps) -> Tensor:
        """The package's own returns."""
        raise NotImplementedError

    def loss(self, logits: Tensor, steps: Steps, weights: Tensor, is_inner: bool) -> Tensor:
        """The package's own loss."""
        raise NotImplementedError

    def weighted_loss(self, theta: Tensor, steps: Steps, is_inner: bool) -> Tensor:
        weights = self.returns(steps)
        if self.discounted or self.score:
            weights = weights * steps.powers
        logits = self.policy.features[steps.states] @ theta
        loss = self.loss(logits, steps, weights, is_inner)
        return loss * (len(weights) / steps.count) if self.score else loss

    def inner_loss(self, theta: Tensor, steps: Steps) -> Tensor:
        return self.weighted_loss(theta, steps, True)

    def outer_loss(self, theta: Tensor, steps: Steps) -> Tensor:
        return self.weighted_loss(theta, steps, False)


def serve(variants: dict[str, type[Public]]) -> None:
    """Serves the variant that the command names; `--fixed` adds what makes it unbiased."""
    parser = argparse.ArgumentParser()
    parser.add_argument("variant", choices=variants)
    parser.add_argument("--discounted", action="store_true")
    parser.add_argument("--fixed", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    kind = variants[options.variant]
    name = options.variant + ", discounted" * options.discounted + ", fixed" * options.fixed
    members = {"discounted": True} if options.discounted else {}
    external.serve(kind(name=name, score=options.fixed, unbiased=options.fixed, **members))
