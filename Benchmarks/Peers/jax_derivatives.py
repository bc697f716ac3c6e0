"""Gradient and Hessian-vector product of a weighted log-likelihood in JAX.

The function under test is ``nu(theta; w) = w . l(theta)``, where ``l`` holds
the log-probabilities of 4,000 fixed samples under a Gaussian policy network
17-100-100-6 with ReLU activations and a learned, state-independent diagonal
log standard deviation. Everything runs in double precision on the CPU.

Timed quantities, every one a single jitted call on already-resident arrays:

``gradient``
    ``jit(grad(nu))``
``hessianVectorProduct``
    ``jit(jvp(grad(nu)))`` along a direction, returning the product only. It
    starts from scratch, so it includes the primal work it depends on.
``gradientAndHessianVectorProduct``
    the same call, returning the gradient as well.
``linearizedHessianVectorProduct``
    the linear map obtained once, outside the timing, by
    ``linearize(grad(nu))``: the product alone, from stored intermediate values.

Usage::

    python jax_derivatives.py [--rounds N] [--core N]
    python jax_derivatives.py --interactive [--core N]

With ``--interactive`` the program prints ``ready`` after compiling and warming
up, then answers every line of standard input with one line of JSON holding
the seconds taken by each quantity, until the end of input.
"""

import argparse
import json
import os
import statistics
import sys
import time

LAYER_SIZES = (17, 100, 100, 6)
SAMPLE_COUNT = 4_000
WARM_UP_ROUNDS = 5


def restrict_to_core(core):
    """Pin this process to one core; must happen before JAX is imported.

    XLA sizes its thread pool by the cores it may run on, so pinning first
    leaves it with a single thread.
    """
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})
    else:
        print("warning: cores cannot be pinned on this system", file=sys.stderr)


def make_measurements(sample_count=SAMPLE_COUNT):
    """Return a dictionary from each quantity's name to a function that computes it."""
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp
    import numpy as np

    def log_probabilities(theta, observations, actions):
        hidden = observations
        *hidden_layers, (output_weights, output_biases) = theta["layers"]
        for weights, biases in hidden_layers:
            hidden = jax.nn.relu(hidden @ weights + biases)
        means = hidden @ output_weights + output_biases
        log_std = theta["log_std"]
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

    generator = np.random.default_rng(0)

    def random_parameters():
        layers = []
        for inputs, outputs in zip(LAYER_SIZES, LAYER_SIZES[1:]):
            limit = np.sqrt(6 / (inputs + outputs))
            weights = generator.uniform(-limit, limit, (inputs, outputs))
            layers.append((jnp.asarray(weights), jnp.asarray(generator.normal(0, 0.1, outputs))))
        return {
            "layers": layers,
            "log_std": jnp.asarray(generator.normal(0, 0.1, LAYER_SIZES[-1])),
        }

    theta, v = random_parameters(), random_parameters()
    w = jnp.asarray(generator.normal(size=sample_count))
    observations = jnp.asarray(generator.normal(size=(sample_count, LAYER_SIZES[0])))
    actions = jnp.asarray(generator.normal(size=(sample_count, LAYER_SIZES[-1])))

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
        "linearizedHessianVectorProduct": lambda: jax.block_until_ready(
            apply_map(product_map, v)
        ),
    }


def check(measurements):
    """Check that the three ways to form the product agree with each other."""
    import jax
    import numpy as np

    def flatten(tree):
        return np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(tree)])

    gradient, both = measurements["gradient"](), measurements["gradientAndHessianVectorProduct"]()
    product = flatten(measurements["hessianVectorProduct"]())
    linearized = flatten(measurements["linearizedHessianVectorProduct"]())
    np.testing.assert_allclose(flatten(both[0]), flatten(gradient), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(flatten(both[1]), product, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(linearized, product, rtol=1e-9, atol=1e-9)


def time_once(measurements):
    """Run every quantity once and return the seconds each one took."""
    seconds = {}
    for name, run in measurements.items():
        start = time.perf_counter()
        run()
        seconds[name] = time.perf_counter() - start
    return seconds


def main():
    """Parse the command line and measure."""
    parser = argparse.ArgumentParser(description="Time a gradient and a Hessian-vector product.")
    parser.add_argument("--interactive", action="store_true", help="speak the line protocol")
    parser.add_argument("--rounds", type=int, default=31, help="rounds when not interactive")
    parser.add_argument("--core", type=int, default=0, help="the core to run on")
    arguments = parser.parse_args()

    restrict_to_core(arguments.core)
    measurements = make_measurements()
    check(measurements)
    for _ in range(WARM_UP_ROUNDS):
        time_once(measurements)

    if arguments.interactive:
        print("ready", flush=True)
        for _ in sys.stdin:
            print(json.dumps(time_once(measurements)), flush=True)
        return

    rounds = [time_once(measurements) for _ in range(arguments.rounds)]
    for name in measurements:
        median = statistics.median(seconds[name] for seconds in rounds)
        print(f"{name:34} {median * 1e3:10.3f} ms")


if __name__ == "__main__":
    main()
