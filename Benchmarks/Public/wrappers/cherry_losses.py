"""cherry: its policy losses as the inner and outer losses of a MAML, with its returns."""

import stand_ins

stand_ins.replace("gym")  # its simulators

import cherry
from cherry.algorithms import a2c, ppo, trpo
from torch_public import Weighted, log_probabilities, serve


class ActorCritic(Weighted):
    """`a2c.policy_loss` with the returns of `discount`."""

    def returns(self, steps):
        rewards, ends = steps.rewards[:, None], steps.ends[:, None]
        return cherry.discount(self.problem.discount, rewards, ends)[:, 0]

    def loss(self, logits, steps, weights, is_inner):
        return a2c.policy_loss(log_probabilities(logits, steps.actions), weights)


class Advantage(ActorCritic):
    """The same with `generalized_advantage` for values of 0."""

    def returns(self, steps):
        rewards, ends = steps.rewards[:, None], steps.ends[:, None]
        zeros, last = rewards * 0, rewards[:1] * 0
        settings = self.problem.discount, 1.0
        return cherry.generalized_advantage(*settings, rewards, ends, zeros, last)[:, 0]


class AdvantageAsInExample(ActorCritic):
    """The same with the arguments in the order of the function's documented example."""

    def returns(self, steps):
        rewards, ends = steps.rewards[:, None], steps.ends[:, None]
        zeros, last = rewards * 0, rewards[:1] * 0
        settings = self.problem.discount, 1.0
        return cherry.generalized_advantage(*settings, rewards, zeros, ends, last)[:, 0]


class Normalized(ActorCritic):
    """The same with `normalize`."""

    def returns(self, steps):
        shown = super().returns(steps)
        return shown if self.score else cherry.normalize(shown, epsilon=1e-8)


class TrustRegion(ActorCritic):
    """`trpo.policy_loss`. The repair takes the inner steps with `a2c.policy_loss`."""

    def loss(self, logits, steps, weights, is_inner):
        if is_inner and self.score:
            return super().loss(logits, steps, weights, is_inner)
        drawn = log_probabilities(logits, steps.actions)
        return trpo.policy_loss(drawn, drawn.detach(), weights)


class Proximal(ActorCritic):
    """`ppo.policy_loss`. The repair takes the inner steps with `a2c.policy_loss`."""

    def loss(self, logits, steps, weights, is_inner):
        if is_inner and self.score:
            return super().loss(logits, steps, weights, is_inner)
        drawn = log_probabilities(logits, steps.actions)
        return ppo.policy_loss(drawn, drawn.detach(), weights)


class ProximalSteps(ActorCritic):
    """`ppo.policy_loss` for both losses, also with the score term."""

    def loss(self, logits, steps, weights, is_inner):
        drawn = log_probabilities(logits, steps.actions)
        return ppo.policy_loss(drawn, drawn.detach(), weights)


serve(
    {
        "a2c": ActorCritic,
        "a2c-gae": Advantage,
        "a2c-gae-example": AdvantageAsInExample,
        "a2c-normalized": Normalized,
        "trpo": TrustRegion,
        "ppo": Proximal,
        "ppo-steps": ProximalSteps,
    }
)
