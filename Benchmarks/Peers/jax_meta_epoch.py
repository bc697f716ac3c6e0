# More than 300 lines: the whole epoch is one function to be compiled, with its tests.
"""One meta-epoch of SG-MRL or MAML on 2D navigation as a single JAX function.

Sampling, environment, baseline fit, inner step, second-order meta-gradient and
Adam step are all inside one ``jit`` on the CPU, in double precision or, with
``--precision single``, in JAX's default. The configuration is that of the
published experiments: 20 tasks, 20 episodes per task and batch, horizon 100,
policy 2-100-100-2 with tanh activations.

Per task, the policy ``theta`` samples a batch ``D_in``; one inner step gives
``theta' = theta + 0.1 grad mean(adv_in log pi_theta)``; ``theta'`` samples a
batch ``D_o``. The meta-objective is ``mean(adv_o log pi_theta')``,
differentiated exactly through the inner step at fixed samples. SG-MRL adds
the score term ``c * sum(log pi_theta)`` over the samples of ``D_in``, where
``c`` is the mean raw discounted return of the episodes of ``D_o``.

Three forms over tasks compute the same thing. ``vmap`` batches all tasks.
``map`` processes them one after another with ``lax.map``. ``sharded`` divides
them among virtual CPU devices, one per core (``shard_map``); each device
processes its tasks one after another.

Usage::

    python jax_meta_epoch.py [--form vmap|map|sharded] [--precision double|single]
        [--algorithm sg-mrl|maml] [--rounds N]
    python jax_meta_epoch.py --interactive [--form vmap|map|sharded] [--precision double|single]
    python jax_meta_epoch.py --check [--precision double|single]

``--interactive`` uses the protocol of ``protocol.py`` and reports the seconds of
one meta-epoch of each algorithm.
"""

import argparse
import math
import os
import statistics
import time
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import protocol

ALGORITHMS = ("sg-mrl", "maml")
FORMS = ("vmap", "map", "sharded")
WARM_UP_ROUNDS = 3


class Tolerances(NamedTuple):
    """How far the checks may differ in a precision."""

    advantages: float  # of normalised advantages, absolute
    forms: float  # relative to the largest entry
    gradient: float  # of the meta-gradient from finite differences, relative
    step: float  # of the finite differences


TOLERANCES = {
    "double": Tolerances(advantages=1e-6, forms=1e-7, gradient=1e-5, step=1e-5),
    # rounding of the objective divided by the step limits the finite differences
    "single": Tolerances(advantages=1e-3, forms=1e-3, gradient=5e-2, step=1e-2),
}


def parse_arguments():
    """Parse the command line."""
    parser = argparse.ArgumentParser(description="Time meta-epochs on 2D navigation.")
    parser.add_argument("--interactive", action="store_true", help="speak the line protocol")
    parser.add_argument("--check", action="store_true", help="verify the computation, then stop")
    parser.add_argument("--rounds", type=int, default=11, help="rounds when not interactive")
    parser.add_argument("--form", choices=FORMS, default="map", help="the form over tasks")
    protocol.add_precision(parser)
    parser.add_argument("--algorithm", choices=ALGORITHMS, help="only this algorithm")
    parser.add_argument("--tasks", type=int, default=20)
    parser.add_argument("--episodes", type=int, default=20, help="per task and batch")
    parser.add_argument("--horizon", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cores", help="cores to run on, such as 0,1 (default: all)")
    return parser.parse_args()


def prepare_process(arguments):
    """Pin the process and divide the CPU into devices; must precede the import of JAX.

    When XLA is loaded, it sizes its thread pool by the available cores and fixes
    the number of its devices.
    """
    if arguments.cores:
        protocol.restrict_to_cores({int(core) for core in arguments.cores.split(",")})
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    devices = 1
    if arguments.check:
        devices = 2
    elif arguments.form == "sharded":
        devices = math.gcd(cores, arguments.tasks)
    flags = f"{os.environ.get('XLA_FLAGS', '')} --xla_force_host_platform_device_count={devices}"
    os.environ["XLA_FLAGS"] = flags.strip()


if __name__ == "__main__":
    ARGUMENTS = parse_arguments()
    prepare_process(ARGUMENTS)

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
from jax import lax  # noqa: E402
from jax.sharding import AxisType, NamedSharding, PartitionSpec  # noqa: E402


@dataclass(frozen=True)
class Configuration:
    """Everything that determines a meta-epoch except its random numbers."""

    algorithm: str = "sg-mrl"
    form: str = "map"
    tasks: int = 20
    episodes: int = 20
    horizon: int = 100
    hidden: tuple = (100, 100)
    discount: float = 0.99
    gae_lambda: float = 0.997
    ridge: float = 1e-5
    inner_learning_rate: float = 0.1
    outer_learning_rate: float = 1e-3


class Batch(NamedTuple):
    """One task's samples; arrays begin with (time, episode) unless noted."""

    observations: jax.Array
    actions: jax.Array
    advantages: jax.Array  # normalised; zero where the mask is zero
    mask: jax.Array  # 1 for valid samples, 0 after the end of an episode
    mean_return: jax.Array  # scalar, undiscounted
    mean_discounted_return: jax.Array  # scalar


class State(NamedTuple):
    """The state carried from one meta-epoch to the next."""

    theta: dict
    first_moment: dict
    second_moment: dict
    step: jax.Array
    key: jax.Array


# Policy


def initial_parameters(key, hidden):
    """Return Glorot-uniform weights, zero biases and zero log standard deviations."""
    sizes = (2, *hidden, 2)
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        key, layer_key = jax.random.split(key)
        limit = np.sqrt(6 / (inputs + outputs))
        weights = jax.random.uniform(layer_key, (inputs, outputs), minval=-limit, maxval=limit)
        layers.append((weights, jnp.zeros(outputs)))
    return {"layers": layers, "log_std": jnp.zeros(2)}


def action_means(theta, observations):
    """Return the means of the actions at the given observations."""
    *hidden_layers, (output_weights, output_biases) = theta["layers"]
    hidden = observations
    for weights, biases in hidden_layers:
        hidden = jnp.tanh(hidden @ weights + biases)
    return hidden @ output_weights + output_biases


def action_log_std(theta):
    """Return the logarithms of the actions' standard deviations."""
    return jnp.maximum(theta["log_std"], np.log(1e-6))


def log_probabilities(theta, batch):
    """Return the log-probability of every sample, shaped (time, episode)."""
    log_std = action_log_std(theta)
    standardised = (batch.actions - action_means(theta, batch.observations)) * jnp.exp(-log_std)
    constant = 0.5 * batch.actions.shape[-1] * np.log(2 * np.pi)
    return -0.5 * jnp.sum(standardised**2, axis=-1) - jnp.sum(log_std) - constant


# Sampling


def rollout(theta, key, goal, configuration):
    """Sample one task's episodes; return observations, actions, rewards and mask."""
    episodes, horizon = configuration.episodes, configuration.horizon
    noise = jnp.exp(action_log_std(theta)) * jax.random.normal(key, (horizon, episodes, 2))

    def step(carry, noise_now):
        position, active = carry
        action = action_means(theta, position) + noise_now
        displacement = jnp.clip(action / 100, -0.1, 0.1)
        new_position = jnp.clip(position + displacement, -0.5, 0.5)
        offset = new_position - goal
        reward = -jnp.sqrt(jnp.sum(offset**2, axis=-1)) * active
        reached = jnp.all(jnp.abs(offset) < 0.01, axis=-1)
        still_active = jnp.where(reached, 0.0, active)
        return (new_position, still_active), (position, action, reward, active)

    start = (jnp.zeros((episodes, 2)), jnp.ones(episodes))
    return lax.scan(step, start, noise)[1]


def discounted_sums(values, factor):
    """Return ``sum over t >= h of factor^(t - h) values[t]`` for every time ``h``.

    The horizon is short, so one product with a triangular matrix of powers
    (constant at compile time) replaces a backward scan.
    """
    times = np.arange(values.shape[0])
    exponents = times[None, :] - times[:, None]
    powers = np.where(exponents >= 0, factor ** np.maximum(exponents, 0), 0.0)
    return powers @ values


def baseline_features(observations):
    """Return the linear baseline's features, shaped (time, episode, feature)."""
    horizon, episodes, _ = observations.shape
    clipped = jnp.clip(observations, -10, 10)
    time_now = np.arange(horizon) / 100
    powers = np.stack([time_now, time_now**2, time_now**3, np.ones(horizon)], axis=-1)
    powers = jnp.broadcast_to(powers[:, None, :], (horizon, episodes, 4))
    return jnp.concatenate([clipped, clipped**2, powers], axis=-1)


def process(observations, actions, rewards, mask, configuration):
    """Fit the baseline to one task's episodes and return their normalised advantages."""
    discount = configuration.discount
    returns = discounted_sums(rewards, discount)

    features = baseline_features(observations) * mask[..., None]
    flat = features.reshape(-1, features.shape[-1])
    normal_matrix = flat.T @ flat + configuration.ridge * jnp.eye(flat.shape[-1])
    coefficients = jax.scipy.linalg.solve(
        normal_matrix, flat.T @ returns.reshape(-1), assume_a="pos"
    )
    # Masked features are zero; so is the value after the last step of an episode.
    values = features @ coefficients
    next_values = jnp.concatenate([values[1:], jnp.zeros_like(values[:1])])
    errors = rewards + discount * next_values - values
    advantages = discounted_sums(errors, discount * configuration.gae_lambda)

    count = jnp.sum(mask)
    centred = (advantages - jnp.sum(advantages * mask) / count) * mask
    normalised = centred / (jnp.sqrt(jnp.sum(centred**2) / count) + 1e-8)
    return Batch(
        observations,
        actions,
        normalised,
        mask,
        mean_return=jnp.mean(jnp.sum(rewards, axis=0)),
        mean_discounted_return=jnp.mean(returns[0]),
    )


def sample_batch(theta, key, goal, configuration):
    """Sample and process one task's batch; differentiation treats it as constant."""
    samples = rollout(lax.stop_gradient(theta), key, goal, configuration)
    return lax.stop_gradient(process(*samples, configuration))


# Objectives


def mean_advantage(theta, batch):
    """Return the mean over valid samples of advantage times log-probability.

    Also return the log-probabilities, so that other uses can share this forward
    pass and its part of the backward pass.
    """
    log_probability = log_probabilities(theta, batch)
    mean = jnp.sum(batch.advantages * log_probability) / jnp.sum(batch.mask)
    return mean, log_probability


def adapt(theta, batch, configuration):
    """Return the parameters after one inner step, and the log-probabilities before it."""
    gradient, log_probability = jax.grad(mean_advantage, has_aux=True)(theta, batch)
    rate = configuration.inner_learning_rate
    return jax.tree.map(lambda p, g: p + rate * g, theta, gradient), log_probability


def outer_objective(adapted, inner_log_probability, inner, outer, configuration):
    """Return one task's meta-objective, given both batches and the results of ``adapt``."""
    objective, _ = mean_advantage(adapted, outer)
    if configuration.algorithm == "sg-mrl":
        score = jnp.sum(inner.mask * inner_log_probability)
        objective += outer.mean_discounted_return * score
    return objective


def task_objective(theta, key, goal, configuration):
    """Sample, adapt and sample again; return one task's meta-objective and both batches."""
    inner_key, outer_key = jax.random.split(key)
    inner = sample_batch(theta, inner_key, goal, configuration)
    adapted, log_probability = adapt(theta, inner, configuration)
    outer = sample_batch(adapted, outer_key, goal, configuration)
    objective = outer_objective(adapted, log_probability, inner, outer, configuration)
    return objective, (inner, outer)


# Meta-epoch


def device_mesh():
    """Return the mesh of all devices, over which the sharded form divides the tasks."""
    return jax.make_mesh((len(jax.devices()),), ("tasks",), axis_types=(AxisType.Auto,))


def meta_gradient(theta, keys, goals, configuration):
    """Return the gradient of the tasks' mean objective, and each task's mean returns."""

    def objective(parameters, key, goal):
        value, (inner, outer) = task_objective(parameters, key, goal, configuration)
        return value, (inner.mean_return, outer.mean_return)

    if configuration.form == "vmap":

        def mean_objective(parameters):
            values, returns = jax.vmap(partial(objective, parameters))(keys, goals)
            return jnp.mean(values), returns

        return jax.grad(mean_objective, has_aux=True)(theta)

    task_gradient = jax.grad(objective, has_aux=True)

    def mapped(parameters, own_keys, own_goals):
        gradients, returns = lax.map(
            lambda task: task_gradient(parameters, *task), (own_keys, own_goals)
        )
        return jax.tree.map(lambda g: jnp.mean(g, axis=0), gradients), returns

    if configuration.form == "map":
        return mapped(theta, keys, goals)

    def device_share(parameters, own_keys, own_goals):
        gradient, returns = mapped(parameters, own_keys, own_goals)
        return lax.pmean(gradient, "tasks"), returns

    whole, divided = PartitionSpec(), PartitionSpec("tasks")
    return jax.shard_map(
        device_share,
        mesh=device_mesh(),
        in_specs=(whole, divided, divided),
        out_specs=(whole, divided),
        check_vma=False,
    )(theta, keys, goals)


def initial_state(seed, configuration):
    """Return the state before the first meta-epoch."""
    parameter_key, key = jax.random.split(jax.random.key(seed))
    theta = initial_parameters(parameter_key, configuration.hidden)
    zeros = jax.tree.map(jnp.zeros_like, theta)
    state = State(theta, zeros, zeros, jnp.zeros(()), key)
    if configuration.form == "sharded":
        state = jax.device_put(state, NamedSharding(device_mesh(), PartitionSpec()))
    return state


@partial(jax.jit, static_argnums=1)
def meta_epoch(state, configuration):
    """Run one meta-epoch; return the next state and the mean returns before and after."""
    key, goal_key, task_key = jax.random.split(state.key, 3)
    goals = jax.random.uniform(goal_key, (configuration.tasks, 2), minval=-0.5, maxval=0.5)
    keys = jax.random.split(task_key, configuration.tasks)
    gradient, (before, after) = meta_gradient(state.theta, keys, goals, configuration)

    beta_1, beta_2, epsilon = 0.9, 0.999, 1e-8
    step = state.step + 1
    first = jax.tree.map(lambda m, g: beta_1 * m + (1 - beta_1) * g, state.first_moment, gradient)
    second = jax.tree.map(
        lambda m, g: beta_2 * m + (1 - beta_2) * g**2, state.second_moment, gradient
    )

    def ascend(parameter, m, v):
        unbiased_m, unbiased_v = m / (1 - beta_1**step), v / (1 - beta_2**step)
        rate = configuration.outer_learning_rate
        return parameter + rate * unbiased_m / (jnp.sqrt(unbiased_v) + epsilon)

    theta = jax.tree.map(ascend, state.theta, first, second)
    return State(theta, first, second, step, key), (jnp.mean(before), jnp.mean(after))


# Verification


def check_precision(precision):
    """Check that no value of a meta-epoch has the other precision."""
    other = {"double": "f32", "single": "f64"}[precision]
    for form in FORMS:
        configuration = Configuration(form=form, tasks=4, episodes=4, horizon=15, hidden=(5, 4))
        state = initial_state(0, configuration)
        program = str(jax.make_jaxpr(meta_epoch, static_argnums=1)(state, configuration))
        assert f"{other}[" not in program, f"{form}: there are values of the type {other}"
    print(f"every value has {precision} precision")


def check_processing(tolerance):
    """Compare a batch's advantages with a plain loop, including episodes that end early."""
    configuration = Configuration(episodes=6, horizon=30, hidden=(5, 4))
    theta = initial_parameters(jax.random.key(1), configuration.hidden)
    goal = jnp.asarray([0.02, -0.02])
    observations, actions, rewards, mask = map(
        np.asarray, rollout(theta, jax.random.key(2), goal, configuration)
    )
    batch = process(observations, actions, rewards, mask, configuration)

    episodes = []
    for episode in range(configuration.episodes):
        position, path, path_rewards = np.zeros(2), [], []
        for t in range(configuration.horizon):
            path.append(position)
            displacement = np.clip(actions[t, episode] / 100, -0.1, 0.1)
            position = np.clip(position + displacement, -0.5, 0.5)
            path_rewards.append(-np.linalg.norm(position - goal))
            if np.all(np.abs(position - goal) < 0.01):
                break
        episodes.append((np.array(path), np.array(path_rewards)))
    lengths = [len(path) for path, _ in episodes]
    assert min(lengths) < configuration.horizon, "the check needs an episode that ends early"
    np.testing.assert_array_equal(mask.sum(axis=0), lengths)

    all_features, all_returns = [], []
    for path, path_rewards in episodes:
        t = np.arange(len(path))[:, None] / 100
        all_features.append(np.hstack([path, path**2, t, t**2, t**3, np.ones_like(t)]))
        returns, total = np.zeros(len(path)), 0.0
        for h in reversed(range(len(path))):
            total = path_rewards[h] + configuration.discount * total
            returns[h] = total
        all_returns.append(returns)
    features, targets = np.vstack(all_features), np.concatenate(all_returns)
    coefficients = np.linalg.solve(
        features.T @ features + configuration.ridge * np.eye(8), features.T @ targets
    )
    expected = []
    for (path, path_rewards), episode_features in zip(episodes, all_features):
        values = np.append(episode_features @ coefficients, 0.0)
        advantages, total = np.zeros(len(path)), 0.0
        for h in reversed(range(len(path))):
            error = path_rewards[h] + configuration.discount * values[h + 1] - values[h]
            total = error + configuration.discount * configuration.gae_lambda * total
            advantages[h] = total
        expected.append(advantages)
    flat = np.concatenate(expected)
    flat = (flat - flat.mean()) / (flat.std() + 1e-8)
    actual = np.concatenate([batch.advantages[:n, e] for e, n in enumerate(lengths)])
    worst = np.abs(actual - flat).max()
    assert worst < tolerance, f"advantages differ by {worst:.1e}"
    expected_return = np.mean([returns[0] for returns in all_returns])
    np.testing.assert_allclose(batch.mean_discounted_return, expected_return, rtol=tolerance)
    print(f"advantages agree with a plain loop (worst {worst:.1e}, episode lengths {lengths})")


def check_meta_gradient(algorithm, tolerance, h):
    """Compare the meta-gradient of a tiny problem with finite differences on its samples."""
    configuration = Configuration(algorithm=algorithm, episodes=4, horizon=30, hidden=(5, 4))
    theta = initial_parameters(jax.random.key(3), configuration.hidden)
    goal, key = jnp.asarray([0.02, -0.02]), jax.random.key(4)
    gradient, (inner, outer) = jax.grad(task_objective, has_aux=True)(
        theta, key, goal, configuration
    )

    @jax.jit
    def fixed_samples(parameters):
        adapted, log_probability = adapt(parameters, inner, configuration)
        return outer_objective(adapted, log_probability, inner, outer, configuration)

    generator, worst = np.random.default_rng(5), 0.0
    for _ in range(10):
        direction = jax.tree.map(lambda p: generator.normal(size=p.shape), theta)
        plus, minus = (
            fixed_samples(jax.tree.map(lambda p, d: p + sign * h * d, theta, direction))
            for sign in (1, -1)
        )
        numeric = (plus - minus) / (2 * h)
        products = jax.tree.map(lambda g, d: jnp.sum(g * d), gradient, direction)
        exact = sum(jax.tree.leaves(products))
        worst = max(worst, float(abs(numeric - exact) / abs(exact)))
    assert worst < tolerance, f"{algorithm}: meta-gradient differs by {worst:.1e}"
    print(
        f"{algorithm}: meta-gradient agrees with finite differences (worst relative {worst:.1e})"
    )


def check_forms(algorithm, tolerance):
    """Compare the meta-gradients of the forms over tasks."""
    configuration = Configuration(
        algorithm=algorithm, tasks=4, episodes=4, horizon=15, hidden=(5, 4)
    )
    theta = initial_parameters(jax.random.key(6), configuration.hidden)
    keys = jax.random.split(jax.random.key(7), configuration.tasks)
    goals = jax.random.uniform(jax.random.key(8), (configuration.tasks, 2))
    computed = jax.jit(meta_gradient, static_argnums=3)
    expected, *others = (
        jax.tree.leaves(computed(theta, keys, goals, replace(configuration, form=form)))
        for form in FORMS
    )
    for other in others:
        for one, two in zip(expected, other):
            np.testing.assert_allclose(one, two, atol=tolerance * np.abs(one).max(), rtol=0)
    print(f"{algorithm}: the forms over tasks agree")


# Measurement


class Runner:
    """One algorithm's training, advanced and timed an epoch at a time."""

    def __init__(self, configuration, seed):
        self.configuration = configuration
        self.state = initial_state(seed, configuration)
        self.returns = (float("nan"), float("nan"))

    def require_numbers(self):
        """Stop if training has diverged; times would then mean nothing."""
        if not all(jnp.isfinite(leaf).all() for leaf in jax.tree.leaves(self.state.theta)):
            raise SystemExit(f"{self.configuration.algorithm}: parameters are not finite")

    def time_epoch(self):
        """Run one meta-epoch and return the seconds it took."""
        start = time.perf_counter()
        self.state, self.returns = jax.block_until_ready(
            meta_epoch(self.state, self.configuration)
        )
        return time.perf_counter() - start


def main(arguments):
    """Verify or measure, depending on the command line."""
    jax.config.update("jax_enable_x64", arguments.precision == "double")
    if arguments.check:
        tolerances = TOLERANCES[arguments.precision]
        check_precision(arguments.precision)
        check_processing(tolerances.advantages)
        for algorithm in ALGORITHMS:
            check_meta_gradient(algorithm, tolerances.gradient, tolerances.step)
            check_forms(algorithm, tolerances.forms)
        return

    algorithms = (arguments.algorithm,) if arguments.algorithm else ALGORITHMS
    runners = {
        algorithm: Runner(
            Configuration(
                algorithm=algorithm,
                form=arguments.form,
                tasks=arguments.tasks,
                episodes=arguments.episodes,
                horizon=arguments.horizon,
            ),
            arguments.seed,
        )
        for algorithm in algorithms
    }

    def measure():
        seconds = {name: runner.time_epoch() for name, runner in runners.items()}
        for runner in runners.values():
            runner.require_numbers()
        return seconds

    for _ in range(WARM_UP_ROUNDS):
        measure()

    if arguments.interactive:
        protocol.serve(measure)
        return

    rounds = [measure() for _ in range(arguments.rounds)]
    for name, runner in runners.items():
        before, after = (float(value) for value in runner.returns)
        median = statistics.median(seconds[name] for seconds in rounds)
        print(
            f"{name:8} {arguments.form:8} median {median:8.4f} s, "
            f"last mean return before {before:8.2f}, after {after:8.2f}"
        )


if __name__ == "__main__":
    main(ARGUMENTS)
