"""TorchRL: its loss modules as the inner and outer losses of a MAML, with its returns to go."""

import torch
from tensordict import TensorDict
from tensordict.nn import ProbabilisticTensorDictModule, ProbabilisticTensorDictSequential
from tensordict.nn import TensorDictModule
from torch import nn
from torch.distributions import Categorical
from torch_public import Weighted, log_probabilities, serve
from torchrl.objectives import A2CLoss, ClipPPOLoss, ReinforceLoss
from torchrl.objectives.value.functional import reward2go


class Logits(nn.Module):
    """The policy's network. Its parameters are set to those of an inner step."""

    def __init__(self, features):
        super().__init__()
        self.register_buffer("features", features)
        self.current = [None]

    def forward(self, observation):
        return self.features[observation[:, 0]] @ self.current[0]


class Zero(nn.Module):
    """A critic, which the losses ask for: 0 everywhere."""

    def __init__(self):
        super().__init__()
        self.value = nn.Parameter(torch.zeros((), dtype=torch.float64))

    def forward(self, observation):
        return self.value.expand(len(observation), 1)


class Reinforce(Weighted):
    """`ReinforceLoss` with `reward2go` for advantages."""

    key = "loss_actor"

    def module(self, actor, critic):
        return ReinforceLoss(actor, critic, functional=False)

    def pose(self, problem):
        super().pose(problem)
        self.network = Logits(self.policy.features)
        logits = TensorDictModule(self.network, ["observation"], ["logits"])
        choice = ProbabilisticTensorDictModule(
            in_keys=["logits"],
            out_keys=["action"],
            distribution_class=Categorical,
            return_log_prob=True,
        )
        actor = ProbabilisticTensorDictSequential(logits, choice)
        critic = TensorDictModule(Zero(), ["observation"], ["state_value"])
        self.losses = self.module(actor, critic)

    def returns(self, steps):
        ends = steps.ends[:, None].bool()
        return reward2go(steps.rewards[:, None], ends, self.problem.discount)[:, 0]

    def batch_of(self, logits, steps, weights):
        content = {
            "observation": steps.states[:, None],
            "action": steps.actions,
            "action_log_prob": log_probabilities(logits, steps.actions).detach(),
            "advantage": weights[:, None],
            "value_target": weights[:, None],
            "state_value": weights[:, None] * 0,
        }
        return TensorDict(content, [len(weights)])

    def weighted_loss(self, theta, steps, is_inner):
        self.network.current[0] = theta
        return super().weighted_loss(theta, steps, is_inner)

    def loss(self, logits, steps, weights, is_inner):
        return self.total(self.losses(self.batch_of(logits, steps, weights)))

    def total(self, losses):
        return losses[self.key]


class ActorCritic(Reinforce):
    """`A2CLoss`, without its critic's loss and without its entropy bonus."""

    key = "loss_objective"
    bonus = False

    def module(self, actor, critic):
        return A2CLoss(actor, critic, functional=False, entropy_bonus=self.bonus)


class Entropy(ActorCritic):
    """`A2CLoss` as it is by default: with an entropy bonus of 0.01."""

    bonus = True

    def total(self, losses):
        return losses["loss_objective"] + losses["loss_entropy"]


class Proximal(Reinforce):
    """`ClipPPOLoss`. The repair takes the inner steps with `ReinforceLoss`."""

    key = "loss_objective"

    def module(self, actor, critic):
        self.plain = ReinforceLoss(actor, critic, functional=False)
        return ClipPPOLoss(actor, critic, functional=False, entropy_bonus=False)

    def loss(self, logits, steps, weights, is_inner):
        if not (is_inner and self.score):
            return super().loss(logits, steps, weights, is_inner)
        return self.plain(self.batch_of(logits, steps, weights))["loss_actor"]


serve(
    {"reinforce": Reinforce, "a2c": ActorCritic, "a2c-entropy": Entropy, "clip-ppo": Proximal}
)
