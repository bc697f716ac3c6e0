"""MAML, SG-MRL and DiCE for a softmax policy, in NumPy alone: python3 numpy_estimators.py maml|sg-mrl|dice

The policy's logits are linear, so that the score of an action is its features less their mean, and the Hessian of its
log-probability less the features' covariance.
"""

import sys

import metatape_external as external
import numpy as np


class Softmax(external.Estimator):
    """The parts of which the estimators are made; n chains at once."""

    def scores(self, problem, batch, theta):
        """The scores of a batch [n, b]: [n, b, steps, d], and the covariances of features [n, b, steps, d, d]."""
        features = problem.features[problem.states[batch]]  # [n, b, steps, A, d]
        logits = np.einsum("nbhad,nd->nbha", features, theta)
        p = np.exp(logits - logits.max(-1, keepdims=True))
        p /= p.sum(-1, keepdims=True)
        mean = np.einsum("nbha,nbhad->nbhd", p, features)
        chosen = np.take_along_axis(features, problem.actions[batch][..., None, None], 3)[..., 0, :]
        centred = features - mean[..., None, :]
        covariance = np.einsum("nbha,nbhad,nbhae->nbhde", p, centred, centred)
        mask = problem.mask[batch][..., None]
        return (chosen - mean) * mask, covariance * mask[..., None]

    def gradient(self, problem, batch, scores):
        """The policy gradient of a batch, equation 5: [n, d]."""
        return np.einsum("nbh,nbhd->nd", problem.returns[batch], scores) / batch.shape[1]

    def steps(self, problem, chains, theta):
        """Takes the inner steps; what each of them saw, and the parameters at the end."""
        seen = []
        for t in range(chains.shape[1]):
            batch = chains[:, t]
            scores, covariance = self.scores(problem, batch, theta)
            seen.append((batch, scores, covariance))
            theta = theta + problem.stepSize * self.gradient(problem, batch, scores)
        return seen, theta

    def adapt(self, problem, chains, parameters):
        return self.steps(problem, chains, parameters)[1]

    def curvature(self, problem, batch, scores, covariance, v):
        """What multiplies the step size in the Jacobian's product with v: the Hessian of the inner objective."""
        returns = problem.returns[batch]
        return -np.einsum("nbh,nbhde,ne->nd", returns, covariance, v) / batch.shape[1]

    def score(self, problem, outer, batch, scores):
        """The score term of one inner step; none."""
        return 0.0

    def estimate(self, problem, chains, outer):
        start = np.broadcast_to(problem.parameters, (len(chains), len(problem.parameters)))
        seen, theta = self.steps(problem, chains, start)
        v = self.gradient(problem, outer, self.scores(problem, outer, theta)[0])
        for batch, scores, covariance in reversed(seen):
            v = v + problem.stepSize * self.curvature(problem, batch, scores, covariance, v)
            v = v + self.score(problem, outer, batch, scores)
        return v


class MAML(Softmax):
    name = "MAML in NumPy"


class SGMRL(Softmax):
    name = "SG-MRL in NumPy"
    unbiased = True

    def score(self, problem, outer, batch, scores):
        """The outer batch's mean return times the sum of all scores of the inner batch."""
        value = problem.returns[outer][:, :, 0].mean(1)
        return value[:, None] * scores.sum((1, 2))


class DiCE(Softmax):
    name = "DiCE in NumPy"

    def curvature(self, problem, batch, scores, covariance, v):
        """The Hessian of the inner objective with DiCE's box: each reward's own past is differentiated twice."""
        powers = float(problem.discount) ** np.arange(problem.steps)
        rewards = problem.rewards[batch] * problem.mask[batch] * powers
        past = np.cumsum(scores, 2)  # of the actions up to each step
        twice = np.einsum("nbh,nbhd,nbhe,ne->nd", rewards, past, past, v) / batch.shape[1]
        return twice + super().curvature(problem, batch, scores, covariance, v)


if __name__ == "__main__":
    external.serve({"maml": MAML, "sg-mrl": SGMRL, "dice": DiCE}[sys.argv[1]]())
