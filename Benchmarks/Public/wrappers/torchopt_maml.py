"""TorchOpt: its differentiable optimizers."""

import torch
import torchopt
from torch_public import Public, serve


class SGD(Public):
    def optimizer(self):
        return torchopt.MetaSGD(self.policy, lr=self.problem.step_size)

    def start(self, parameters):
        self.policy.theta = torch.nn.Parameter(torch.tensor(parameters))
        self.first = self.policy.theta

    def steps(self, chain):
        optimizer, thetas = self.optimizer(), [self.policy.theta]
        for steps in chain:
            optimizer.step(self.inner_loss(self.policy.theta, steps))
            thetas.append(self.policy.theta)
        self.policy._parameters["theta"] = self.first
        return thetas


class Adam(SGD):
    root = 0.0

    def optimizer(self):
        return torchopt.MetaAdam(self.policy, lr=self.problem.step_size, eps_root=self.root)


class RootedAdam(Adam):
    root = 1e-8


serve({"meta-sgd": SGD, "meta-adam": Adam, "meta-adam-eps-root": RootedAdam})
