"""higher: the differentiable SGD of its inner loop."""

import higher
import torch
from torch_public import Public, serve


class Inner(Public):
    copies = False  # the option `copy_initial_weights`

    def steps(self, chain):
        sgd = torch.optim.SGD(self.policy.parameters(), lr=self.problem.step_size)
        context = higher.innerloop_ctx(self.policy, sgd, copy_initial_weights=self.copies)
        with context as (model, optimizer):
            thetas = [model.theta]
            for steps in chain:
                optimizer.step(self.inner_loss(model.theta, steps))
                thetas.append(model.theta)
        return thetas


class Defaults(Inner):
    copies = True


serve({"innerloop": Inner, "innerloop-defaults": Defaults})
