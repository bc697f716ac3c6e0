"""Gradient and Hessian-vector product of a weighted log-likelihood in JAX.

The function under test is ``nu(theta; w) = w . l(theta)``, where ``l`` holds
the log-probabilities of 4,000 fixed samples under a Gaussian policy network
17-100-100-6 with ReLU activations and a learned, state-independent diagonal
log standard deviation. Everything runs on the CPU, in double precision or, with
``--precision single``, in JAX's default.

Timed quantities, each a single jitted call on resident arrays:

``gradient``
    ``jit(grad(nu))``
``hessianVectorProduct``
    ``jit(jvp(grad(nu)))`` along a direction, returning the product only. It
    starts from scratch, so it includes the primal work it depends on.
``gradientAndHessianVectorProduct``
    the same call, returning the gradient as well.
``linearizedHessianVectorProduct``
    the linear map of ``linearize(grad(nu))``, computed once outside the timing:
    the product alone, from stored intermediate values.

Usage::

    python jax_derivatives.py [--precision double|single] [--rounds N] [--core N]
    python jax_derivatives.py --interactive [--precision double|single] [--core N]

``--interactive`` uses the protocol of ``protocol.py``.
"""

import os

import protocol
from derivatives_data import SAMPLE_COUNT, make_data

WARM_UP_ROUNDS = 5
TOLERANCES = {"double": 1e-12, "single": 1e-4}  # relative to the largest entry


def make_measurements(precision, sample_count=SAMPLE_COUNT):
    """Return a dictionary from each quantity's name to a function that computes it."""
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    import jax

    jax.config.update("jax_enable_x64", precision == "double")
    import jax.numpy as jnp
    import numpy as np

    def log_probabilities(theta, observations, actions):
        hidden = observations
        *hidden_layers, (output_weights, output_biases) = theta.layers
        for weights, biases in hidden_layers:
            hidden = jax.nn.relu(hidden @ weights + biases)
        means = hidden @ output_weights + output_biases
        log_std = theta.log_std
        standardised = (actions - means) * jnp.exp(-log_std)
        constant = 0.5 * actions.shape[-1] * np.log(2 * np.pi)
        return -0.5 * jnp.sum(standardised**2, axis=-1) - jnp.sum(log_std) - constant

    def nu(theta, w, observations, actions):
        return jnp.dot(w, log_probabilities(theta, observations, actions))

    gradient_of_nu = jax.grad(nu)

    def gradient_and_product(theta, v, w, observations, actions):
        return jax.jvp(lambda t: gradient_of_nu(t, w, observations, actions), (theta,), (v,))

    def product(theta, v, w, observations, actions):
        return gradient_and_product(theta, v, w, observations, actions)[1]

    def linearized(theta, w, observations, actions):
        return jax.linearize(lambda t: gradient_of_nu(t, w, observations, actions), theta)[1]

    data = jax.tree.map(jnp.asarray, make_data(precision, sample_count))
    theta, v, w, observations, actions = data

    jitted_gradient = jax.jit(gradient_of_nu)
    jitted_product = jax.jit(product)
    jitted_both = jax.jit(gradient_and_product)
    product_map = jax.jit(linearized)(theta, w, observations, actions)
    apply_map = jax.jit(lambda linear_map, direction: linear_map(direction))

    return {
        "gradient": lambda: jax.block_until_ready(
            jitted_gradient(theta, w, observations, actions)
        ),
        "hessianVectorProduct": lambda: jax.block_until_ready(
            jitted_product(theta, v, w, observations, actions)
        ),
        "gradientAndHessianVectorProduct": lambda: jax.block_until_ready(
            jitted_both(theta, v, w, observations, actions)
        ),
        "linearizedHessianVectorProduct": lambda: jax.block_until_ready(apply_map(product_map, v)),
    }


def flatten(tree):
    """Return all numbers of a pytree as one vector."""
    import jax
    import numpy as np

    return np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(tree)])


def check(measurements, precision):
    """Check that the three ways to compute the product agree, and the precision of all results."""
    import jax
    import numpy as np

    results = {name: run() for name, run in measurements.items()}
    for name, result in results.items():
        found = {str(leaf.dtype) for leaf in jax.tree.leaves(result)}
        if found != {np.dtype(precision).name}:
            raise SystemExit(f"{name} has entries of {found} instead of {precision} precision")

    def compare(name, computed, expected):
        computed, expected = flatten(computed), flatten(expected)
        worst = np.abs(computed - expected).max() / np.abs(expected).max()
        if not worst < TOLERANCES[precision]:
            raise SystemExit(f"{name}: two ways differ by {worst:.1e} of the largest entry")

    gradient, product = results["gradientAndHessianVectorProduct"]
    compare("gradient", gradient, results["gradient"])
    compare("hessianVectorProduct", results["hessianVectorProduct"], product)
    compare("linearizedHessianVectorProduct", results["linearizedHessianVectorProduct"], product)


def main():
    """Parse the command line and measure."""
    parser = protocol.parser("Time a gradient and a Hessian-vector product in JAX.")
    protocol.add_precision(parser)
    arguments = parser.parse_args()
    protocol.restrict_to_cores({arguments.core})
    measurements = make_measurements(arguments.precision)
    check(measurements, arguments.precision)
    protocol.run(lambda: protocol.time_once(measurements), arguments, WARM_UP_ROUNDS)


if __name__ == "__main__":
    main()
