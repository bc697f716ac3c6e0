"""MAML, SG-MRL and DiCE in PyTorch: python3 torch_estimators.py maml|sg-mrl|dice

Every estimate is the gradient of one loss of one chain, which `vmap` maps over all chains. A policy
of your own replaces `log_policy`.
"""

from __future__ import annotations

import sys

import torch
from torch import Tensor
from torch.func import grad, vmap

import metatape_external as external
from metatape_external import Floats, Indices, Problem


class MAML(external.Estimator):
    """The gradient of the adapted policy's objective through the inner steps."""

    name = "MAML in PyTorch"

    def pose(self, problem: Problem) -> None:
        features = torch.tensor(problem.features)
        actions = features.shape[1]
        self.log_policy = lambda theta: torch.log_softmax(features @ theta, -1).flatten()  # [S A]
        # One row of zeros and a one for every step, so that its product with `log_policy` is the
        # step's log-probability. Steps behind the end of an episode have zeros alone.
        places = torch.tensor(problem.states * actions + problem.actions)
        one_hot = torch.nn.functional.one_hot(places, features.shape[0] * actions)
        one_hot = one_hot * torch.tensor(problem.mask)[..., None]  # [N, steps, S A]
        self.past = one_hot.cumsum(1)  # the actions up to every step
        self.visits = one_hot.sum(1)  # the actions of the trajectory
        self.rewards = torch.tensor(problem.discounted_rewards)
        self.returns = self.rewards.sum(1)
        self.weights = (one_hot * torch.tensor(problem.returns_to_go)[..., None]).sum(1)
        self.theta, self.step_size = torch.tensor(problem.parameters), problem.step_size

    def objective(self, theta: Tensor, batch: Tensor) -> Tensor:
        """Its gradient is the policy gradient with returns to go."""
        return (self.weights[batch].sum(0) @ self.log_policy(theta)) / len(batch)

    def step(self, theta: Tensor, batch: Tensor) -> Tensor:
        return theta + self.step_size * grad(self.objective)(theta, batch)

    def steps(self, theta: Tensor, chain: Tensor) -> Tensor:
        for batch in chain:
            theta = self.step(theta, batch)
        return theta

    def loss(self, theta: Tensor, chain: Tensor, outer: Tensor) -> Tensor:
        """What is differentiated, once for each chain."""
        return self.objective(self.steps(theta, chain), outer)

    def adapt(self, problem: Problem, chains: Indices, parameters: Floats) -> Floats:
        return vmap(self.steps)(torch.tensor(parameters), torch.tensor(chains)).numpy()

    def estimate(self, problem: Problem, chains: Indices, outer: Indices) -> Floats:
        mapped = vmap(grad(self.loss), in_dims=(None, 0, 0))
        return mapped(self.theta, torch.tensor(chains), torch.tensor(outer)).numpy()


class SGMRL(MAML):
    """MAML and the outer return times the inner batches' log-probability: unbiased."""

    name = "SG-MRL in PyTorch"
    unbiased = True

    def loss(self, theta: Tensor, chain: Tensor, outer: Tensor) -> Tensor:
        drawn = torch.zeros((), dtype=theta.dtype)
        for batch in chain:
            drawn = drawn + self.visits[batch].sum(0) @ self.log_policy(theta)
            theta = self.step(theta, batch)
        return self.objective(theta, outer) + self.returns[outer].mean() * drawn


class DiCE(MAML):
    """MAML with the magic box: a reward is weighted with the probability of its past."""

    name = "DiCE in PyTorch"

    def objective(self, theta: Tensor, batch: Tensor) -> Tensor:
        past = self.past[batch] @ self.log_policy(theta)
        box = torch.exp(past - past.detach())  # 1, with the derivatives of the probability
        return (self.rewards[batch] * box).sum() / len(batch)


if __name__ == "__main__":
    torch.set_num_threads(1)
    external.serve({"maml": MAML, "sg-mrl": SGMRL, "dice": DiCE}[sys.argv[1]]())
