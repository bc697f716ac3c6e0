"""Gradient and Hessian-vector product of a weighted log-likelihood in PyTorch.

The function and the numbers are those of ``jax_derivatives.py``, on the CPU with one
thread, in double precision or, with ``--precision single``, in PyTorch's default. Two
forms compute the same thing.

``eager`` differentiates with ``torch.autograd``:

``gradient``
    ``autograd.grad(nu)``
``recordedGradient``
    the same, recorded (``create_graph=True``) for further differentiation
``hessianVectorProduct``
    ``autograd.grad(gradient . v)`` from that recording
``forwardOverReverse``
    ``func.jvp(func.grad(nu))``, gradient and product from scratch

``compiled`` applies ``torch.compile`` to functions of ``torch.func``:

``gradient``
    ``compile(grad(nu))``
``hessianVectorProduct``
    ``compile(jvp(grad(nu)))``, from scratch, returning the product only
``gradientAndHessianVectorProduct``
    the same, returning the gradient as well

Usage::

    python torch_derivatives.py [--form eager|compiled] [--precision double|single]
        [--rounds N] [--core N]
    python torch_derivatives.py --interactive [--form eager|compiled]
        [--precision double|single] [--core N]
    python torch_derivatives.py --check [--precision double|single]

``--check`` compares both forms with JAX in the same precision; JAX must be installed
too. ``compiled`` needs a C++ compiler. ``--interactive`` uses the protocol of
``protocol.py``.
"""

import math
import os

import protocol
from derivatives_data import make_data

FORMS = ("eager", "compiled")
WARM_UP_ROUNDS = 5
TOLERANCES = {"double": 1e-10, "single": 1e-4}  # relative to the largest entry


def log_probabilities(theta, observations, actions):
    """Return each sample's log-probability."""
    import torch

    *weights_and_biases, log_std = theta
    hidden = observations
    *hidden_layers, (output_weights, output_biases) = zip(*[iter(weights_and_biases)] * 2)
    for weights, biases in hidden_layers:
        hidden = torch.relu(hidden @ weights + biases)
    means = hidden @ output_weights + output_biases
    standardised = (actions - means) * torch.exp(-log_std)
    constant = 0.5 * actions.shape[-1] * math.log(2 * math.pi)
    return -0.5 * torch.sum(standardised**2, -1) - torch.sum(log_std) - constant


def nu(theta, w, observations, actions):
    """Return the weighted log-likelihood."""
    return w @ log_probabilities(theta, observations, actions)


def gradient_and_product(theta, v, *batch):
    """Return the gradient and the Hessian-vector product, forward over reverse."""
    from torch import func

    return func.jvp(lambda t: func.grad(nu)(t, *batch), (theta,), (v,))


def make_measurements(form, precision):
    """Return a dictionary from each quantity's name to a function that computes it."""
    # compile in one process: helper processes would compete with the other programs
    os.environ["TORCHINDUCTOR_COMPILE_THREADS"] = "1"
    import torch

    torch.set_num_threads(1)

    def tensors(parameters):
        arrays = [array for layer in parameters.layers for array in layer]
        return tuple(torch.from_numpy(array) for array in [*arrays, parameters.log_std])

    data = make_data(precision)
    theta, v = tensors(data.theta), tensors(data.direction)
    batch = tuple(torch.from_numpy(x) for x in (data.weights, data.observations, data.actions))
    if form == "compiled":
        return compiled_measurements(theta, v, batch)
    return eager_measurements(theta, v, batch)


def eager_measurements(theta, v, batch):
    """Return the quantities of the form ``eager``."""
    import torch

    variables = tuple(tensor.clone().requires_grad_() for tensor in theta)
    recording = []

    def record():
        recording[:] = torch.autograd.grad(nu(variables, *batch), variables, create_graph=True)
        return recording

    def product():
        if not recording:
            record()
        return torch.autograd.grad(recording, variables, v, retain_graph=True)

    return {
        "gradient": lambda: torch.autograd.grad(nu(variables, *batch), variables),
        "recordedGradient": record,
        "hessianVectorProduct": product,
        "forwardOverReverse": lambda: gradient_and_product(theta, v, *batch),
    }


def compiled_measurements(theta, v, batch):
    """Return the quantities of the form ``compiled``."""
    import torch

    gradient = torch.compile(torch.func.grad(nu))
    both = torch.compile(gradient_and_product)
    product = torch.compile(lambda *arguments: gradient_and_product(*arguments)[1])
    return {
        "gradient": lambda: gradient(theta, *batch),
        "hessianVectorProduct": lambda: product(theta, v, *batch),
        "gradientAndHessianVectorProduct": lambda: both(theta, v, *batch),
    }


def tensors_of(result):
    """Return all tensors of a quantity, which may be nested."""
    if isinstance(result, (tuple, list)):
        return [tensor for part in result for tensor in tensors_of(part)]
    return [result]


def check_precision(measurements, precision):
    """Stop if a quantity has entries of another precision."""
    import torch

    expected = {"double": torch.float64, "single": torch.float32}[precision]
    for name, run in measurements.items():
        found = {tensor.dtype for tensor in tensors_of(run())}
        if found != {expected}:
            raise SystemExit(f"{name} has entries of {found} instead of {precision} precision")


def check(precision):
    """Compare every quantity of both forms with JAX."""
    import jax_derivatives
    import numpy as np

    jax = jax_derivatives.make_measurements(precision)
    gradient = jax_derivatives.flatten(jax["gradient"]())
    product = jax_derivatives.flatten(jax["hessianVectorProduct"]())
    alone = {"gradient": gradient, "recordedGradient": gradient, "hessianVectorProduct": product}

    def difference(tensors, expected):
        computed = np.concatenate([tensor.detach().numpy().ravel() for tensor in tensors])
        return np.abs(computed - expected).max() / np.abs(expected).max()

    for form in FORMS:
        for name, run in make_measurements(form, precision).items():
            if name in alone:
                worst = difference(run(), alone[name])
            else:
                worst = max(map(difference, run(), (gradient, product)))
            if not worst < TOLERANCES[precision]:
                raise SystemExit(f"{form} {name}: differs from JAX by {worst:.1e}")
            print(f"{form} {name}: agrees with JAX (worst {worst:.1e} of the largest entry)")


def main():
    """Verify or measure, depending on the command line."""
    parser = protocol.parser("Time a gradient and a Hessian-vector product in PyTorch.")
    parser.add_argument("--form", choices=FORMS, default="eager", help="how to differentiate")
    protocol.add_precision(parser)
    parser.add_argument("--check", action="store_true", help="compare with JAX, then stop")
    arguments = parser.parse_args()
    protocol.restrict_to_cores({arguments.core})
    if arguments.check:
        check(arguments.precision)
        return
    measurements = make_measurements(arguments.form, arguments.precision)
    check_precision(measurements, arguments.precision)
    protocol.run(lambda: protocol.time_once(measurements), arguments, WARM_UP_ROUNDS)


if __name__ == "__main__":
    main()
