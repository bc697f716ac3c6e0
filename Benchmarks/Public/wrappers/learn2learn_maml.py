"""learn2learn: the inner updates of its MAML."""

import stand_ins

stand_ins.replace(
    *("gym", "torchvision", "PIL", "pandas", "requests", "tqdm", "sklearn", "qpth"),
    *("learn2learn.gym", "learn2learn.data", "learn2learn.text", "learn2learn.vision"),
)

from learn2learn.algorithms import MAML, MetaSGD
from torch_public import Public, serve


class Inner(Public):
    first_order = False

    def learner(self):
        rate = self.problem.step_size
        return MAML(self.policy, lr=rate, first_order=self.first_order).clone()

    def steps(self, chain):
        learner = self.learner()
        thetas = [learner.module.theta]
        for steps in chain:
            learner.adapt(self.inner_loss(learner.module.theta, steps))
            thetas.append(learner.module.theta)
        return thetas


class FirstOrder(Inner):
    first_order = True


class LearnedRates(Inner):
    def learner(self):
        return MetaSGD(self.policy, lr=self.problem.step_size).clone()


serve({"maml": Inner, "maml-first-order": FirstOrder, "meta-sgd": LearnedRates})
