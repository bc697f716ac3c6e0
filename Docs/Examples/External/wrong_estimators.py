"""Deliberately wrong programs, to see that each is found: python3 wrong_estimators.py NAME

Each is SG-MRL with one mistake. All claim to be unbiased, in float64, and to disregard the order of
a batch. Without NAME the names are listed.
"""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np

import metatape_external as external
from metatape_external import Floats, Indices, Problem
from numpy_estimators import MAML, SGMRL, Batch


class ScoreSign(SGMRL):
    """The score term is subtracted."""

    def score(self, problem: Problem, outer: Indices, t: int, batch: Batch) -> Floats:
        return -super().score(problem, outer, t, batch)


class ScoreMean(SGMRL):
    """The score is averaged over the trajectories of the inner batch."""

    def score(self, problem: Problem, outer: Indices, t: int, batch: Batch) -> Floats:
        return super().score(problem, outer, t, batch) / problem.inner_batch


class FirstScore(SGMRL):
    """Only the first inner step has its score."""

    def score(self, problem: Problem, outer: Indices, t: int, batch: Batch) -> Floats:
        return super().score(problem, outer, t, batch) * (t == 0)


class NoScore(MAML):
    """MAML that claims to be unbiased."""

    unbiased = True


class FirstOrder(SGMRL):
    """The inner steps' Jacobians are dropped."""

    def jacobian(self, problem: Problem, batch: Batch, v: Floats) -> Floats:
        return v


class JacobianSign(SGMRL):
    """I - alpha H instead of I + alpha H."""

    def hessian(self, problem: Problem, batch: Batch, v: Floats) -> Floats:
        return -super().hessian(problem, batch, v)


class GradientMeanOverSteps(SGMRL):
    """All losses are means over steps: the inner step and the estimate are divided by their number.

    It is SG-MRL with a smaller inner step, times a factor.
    """

    def pose(self, problem: Problem) -> None:
        self.scaled = replace(problem, rewards=problem.rewards / problem.steps)

    def adapt(self, problem: Problem, chains: Indices, parameters: Floats) -> Floats:
        return super().adapt(self.scaled, chains, parameters)

    def estimate(self, problem: Problem, chains: Indices, outer: Indices) -> Floats:
        return super().estimate(self.scaled, chains, outer)


class RewardsCumulatedFromStart(SGMRL):
    """An outer score has the rewards up to its action instead of those from it on."""

    def outer_returns(self, problem: Problem, outer: Indices) -> Floats:
        return problem.discounted_rewards[outer].cumsum(-1)


class InvertedDiscount(SGMRL):
    """The outer rewards are multiplied with discount^-h."""

    def outer_returns(self, problem: Problem, outer: Indices) -> Floats:
        return replace(problem, discount=1 / problem.discount).returns_to_go[outer]


class StepDiscount(SGMRL):
    """The outer discount starts anew at every action: discount^(k - h)."""

    def outer_returns(self, problem: Problem, outer: Indices) -> Floats:
        return problem.returns_to_go[outer] / problem.discount ** np.arange(problem.steps)


class OwnBaseline(SGMRL):
    """The outer returns are centred with the mean over all steps of their own batch."""

    def outer_returns(self, problem: Problem, outer: Indices) -> Floats:
        returns, mask = problem.returns_to_go[outer], problem.mask[outer]
        mean = (returns * mask).sum((1, 2)) / mask.sum((1, 2))
        return (returns - mean[:, None, None]) * mask


class VarianceForDeviation(OwnBaseline):
    """The outer returns are centred and divided by their variance, not by its root."""

    def outer_returns(self, problem: Problem, outer: Indices) -> Floats:
        centred, mask = super().outer_returns(problem, outer), problem.mask[outer]
        variance = (centred**2).sum((1, 2)) / mask.sum((1, 2))
        return centred / (variance + 1e-8)[:, None, None]


class BatchOrder(SGMRL):
    """A baseline for the outer returns: those of the trajectory before it in the batch, cyclic.

    The mean is right with two trajectories or more. The order matters from three on: two neighbours
    are each other's baseline in either order. One alone is its own baseline.
    """

    def outer_returns(self, problem: Problem, outer: Indices) -> Floats:
        returns = problem.returns_to_go[outer]
        return returns - np.roll(returns, 1, axis=1)


class BatchOrderOpen(SGMRL):
    """As `BatchOrder`, but the first trajectory has no baseline: the order of two matters."""

    def outer_returns(self, problem: Problem, outer: Indices) -> Floats:
        returns = problem.returns_to_go[outer]
        before = np.roll(returns, 1, axis=1)
        before[:, 0] = 0
        return returns - before


class SinglePowers(SGMRL):
    """The powers of the discount are computed in single precision, all else in double."""

    def pose(self, problem: Problem) -> None:
        exact = problem.discount ** np.arange(problem.steps)
        powers = np.float32(problem.discount) ** np.arange(problem.steps, dtype=np.float32)
        self.rounded = replace(problem, rewards=problem.rewards * (powers / exact))

    def adapt(self, problem: Problem, chains: Indices, parameters: Floats) -> Floats:
        return super().adapt(self.rounded, chains, parameters)

    def estimate(self, problem: Problem, chains: Indices, outer: Indices) -> Floats:
        return super().estimate(self.rounded, chains, outer)


class OtherStep(SGMRL):
    """The estimate takes half of the inner step that `adapt` takes."""

    def estimate(self, problem: Problem, chains: Indices, outer: Indices) -> Floats:
        half = replace(problem, step_size=problem.step_size / 2)
        return super().estimate(half, chains, outer)


class FirstTask(SGMRL):
    """The estimates of all tasks but the first are zero."""

    def estimate(self, problem: Problem, chains: Indices, outer: Indices) -> Floats:
        first = problem.tasks[outer[:, 0]] == 0
        return super().estimate(problem, chains, outer) * first[:, None]


WRONG: dict[str, type[external.Estimator]] = {
    "score-sign": ScoreSign,
    "score-mean": ScoreMean,
    "first-score": FirstScore,
    "no-score": NoScore,
    "first-order": FirstOrder,
    "jacobian-sign": JacobianSign,
    "gradient-mean-over-steps": GradientMeanOverSteps,
    "rewards-cumulated-from-start": RewardsCumulatedFromStart,
    "inverted-discount": InvertedDiscount,
    "step-discount": StepDiscount,
    "own-baseline": OwnBaseline,
    "variance-for-deviation": VarianceForDeviation,
    "batch-order": BatchOrder,
    "batch-order-open": BatchOrderOpen,
    "single-powers": SinglePowers,
    "other-step": OtherStep,
    "first-task": FirstTask,
}

if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in WRONG:
        sys.exit("usage: wrong_estimators.py NAME, one of\n  " + "\n  ".join(WRONG))
    external.serve(WRONG[sys.argv[1]](name=f"wrong: {sys.argv[1]}"))
