"""The inputs of every peer's derivatives: a network's parameters, a direction, a batch.

The numbers are drawn in double precision and rounded to the precision of the measurement.
Both precisions therefore differentiate at the same point.
"""

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


def make_data(precision, sample_count=SAMPLE_COUNT):
    """Return the inputs in a precision, the same at each call."""
    dtype = np.dtype(precision)
    generator = np.random.default_rng(0)

    def random_parameters():
        layers = []
        for inputs, outputs in zip(LAYER_SIZES, LAYER_SIZES[1:]):
            limit = np.sqrt(6 / (inputs + outputs))
            weights = generator.uniform(-limit, limit, (inputs, outputs))
            biases = generator.normal(0, 0.1, outputs)
            layers.append((weights.astype(dtype), biases.astype(dtype)))
        return Parameters(layers, generator.normal(0, 0.1, LAYER_SIZES[-1]).astype(dtype))

    return Data(
        theta=random_parameters(),
        direction=random_parameters(),
        weights=generator.normal(size=sample_count).astype(dtype),
        observations=generator.normal(size=(sample_count, LAYER_SIZES[0])).astype(dtype),
        actions=generator.normal(size=(sample_count, LAYER_SIZES[-1])).astype(dtype),
    )
