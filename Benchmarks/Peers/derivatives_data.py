"""The inputs of every peer's derivatives: a network's parameters, a direction, a batch."""

from typing import NamedTuple

import numpy as np

LAYER_SIZES = (17, 100, 100, 6)
SAMPLE_COUNT = 4_000


class Parameters(NamedTuple):
    """Weights and biases of each layer, and the log standard deviations."""

    layers: list
    log_std: np.ndarray


class Data(NamedTuple):
    """The point and direction of differentiation, and the weighted batch."""

    theta: Parameters
    direction: Parameters
    weights: np.ndarray
    observations: np.ndarray
    actions: np.ndarray


def make_data(sample_count=SAMPLE_COUNT):
    """Return the inputs, the same at each call."""
    generator = np.random.default_rng(0)

    def random_parameters():
        layers = []
        for inputs, outputs in zip(LAYER_SIZES, LAYER_SIZES[1:]):
            limit = np.sqrt(6 / (inputs + outputs))
            weights = generator.uniform(-limit, limit, (inputs, outputs))
            layers.append((weights, generator.normal(0, 0.1, outputs)))
        return Parameters(layers, generator.normal(0, 0.1, LAYER_SIZES[-1]))

    return Data(
        theta=random_parameters(),
        direction=random_parameters(),
        weights=generator.normal(size=sample_count),
        observations=generator.normal(size=(sample_count, LAYER_SIZES[0])),
        actions=generator.normal(size=(sample_count, LAYER_SIZES[-1])),
    )
