"""Torchmeta: its gradient update of a module's parameters."""

from collections import OrderedDict

import stand_ins

stand_ins.replace("torchvision", "PIL", "h5py", "tqdm", "ordered_set", "requests")  # data sets

from torch import nn
from torch_public import Public, serve
from torchmeta.modules import MetaModule
from torchmeta.utils.gradient_based import gradient_update_parameters


class Inner(Public):
    first_order = False

    def pose(self, problem):
        super().pose(problem)
        self.module = MetaModule()
        self.module.theta = self.policy.theta

    def steps(self, chain):
        parameters = OrderedDict(self.module.meta_named_parameters())
        thetas = [parameters["theta"]]
        for steps in chain:
            parameters = gradient_update_parameters(
                self.module,
                self.inner_loss(thetas[-1], steps),
                params=parameters,
                step_size=self.problem.step_size,
                first_order=self.first_order,
            )
            thetas.append(parameters["theta"])
        return thetas


class FirstOrder(Inner):
    first_order = True


serve({"gradient-update": Inner, "first-order": FirstOrder})
