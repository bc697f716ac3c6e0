"""MAML and SG-MRL of a Gaussian network, in JAX: python3 jax_chains.py maml|sg-mrl

    metatape certify --external 'python3 jax_chains.py sg-mrl' --monte-carlo --preset navigation-2d.quickstart
"""

import sys

import jax
import jax.numpy as jnp
import metatape_chains as chains
import numpy as np

jax.config.update("jax_enable_x64", True)
ACTIVATIONS = {"tanh": jnp.tanh, "relu": jax.nn.relu, "sigmoid": jax.nn.sigmoid, "softplus": jax.nn.softplus}


def log_probabilities(theta, batch, activation):
    """Of the actions of a batch: [N]."""
    x, layers = batch["observations"], sum(name.startswith("weight") for name in theta)
    for k in range(layers):
        x = x @ theta[f"weight{k}"] + theta[f"bias{k}"]
        x = ACTIVATIONS[activation](x) if k < layers - 1 else x
    z = (batch["actions"] - x) / jnp.exp(theta["logStandardDeviation"])
    return (-0.5 * z**2 - theta["logStandardDeviation"] - 0.5 * jnp.log(2 * jnp.pi)).sum(1)


def surrogate(theta, batch, activation):
    """Equation 5: its gradient is the policy gradient."""
    return (batch["returns"] * batch["mask"] * log_probabilities(theta, batch, activation)).sum() / batch["count"]


def estimate(theta, inner, outer, alpha, activation, scored):
    """A scalar whose gradient at theta is the estimate."""
    now, scores = theta, 0.0
    value = jax.lax.stop_gradient(outer["value"])
    for batch in inner:
        # the batch is drawn at the parameters before its step
        scores += (batch["mask"] * log_probabilities(now, batch, activation)).sum()
        step = jax.grad(surrogate)(now, batch, activation)
        now = jax.tree.map(lambda p, g: p + alpha * g, now, step)
    return surrogate(now, outer, activation) + scored * value * scores


gradient = jax.jit(jax.grad(estimate), static_argnums=(4, 5))
inner_step = jax.jit(jax.grad(surrogate), static_argnums=2)
ROWS = 500  # batches are filled up to multiples of this, so that JAX compiles for few shapes


class Gaussian(chains.ChainEstimator):
    def __init__(self, kind):
        self.name, self.unbiased, self.scored = f"{kind} in JAX", kind == "sg-mrl", float(kind == "sg-mrl")

    def pose(self, parameters, settings):
        self.parameters = {name: jnp.asarray(value) for name, value in parameters.items()}
        self.alpha, self.discount = float(settings["inner.step-size"]), float(settings["discount"])
        self.activation = settings["policy.activation"]

    def arrays(self, batch):
        """A batch with its discounted returns to go, filled up with rows that do not count."""
        rows, returns, values = len(batch.rewards), np.zeros(len(batch.rewards)), []
        for first, end in zip(batch.offsets, batch.offsets[1:]):
            rewards = batch.rewards[first:end] * self.discount ** np.arange(end - first)
            returns[first:end] = np.cumsum(rewards[::-1])[::-1]
            values.append(rewards.sum())
        room = -rows % ROWS
        fill = {"observations": batch.observations, "actions": batch.actions, "returns": returns}
        result = {name: np.pad(x, [(0, room)] + [(0, 0)] * (x.ndim - 1)) for name, x in fill.items()}
        return result | {"mask": np.pad(np.ones(rows), (0, room)), "value": np.mean(values), "count": len(values)}

    def log_probabilities(self, parameters, batch):
        return log_probabilities(parameters, vars(batch), self.activation)

    def step(self, parameters, batch):
        direction = inner_step(parameters, self.arrays(batch), self.activation)
        return {name: value + self.alpha * direction[name] for name, value in parameters.items()}

    def gradient(self, inner, outer):
        inner = [self.arrays(batch) for batch in inner]
        return gradient(self.parameters, inner, self.arrays(outer), self.alpha, self.activation, self.scored)


if __name__ == "__main__":
    chains.serve(Gaussian(sys.argv[1]))
