"""The comparisons: the programs of each one and the rows of its table."""

import sys
from pathlib import Path
from typing import NamedTuple

from protocol import PRECISIONS
from turns import Row, Side, summarise, take_turns

HERE = Path(__file__).resolve().parent
METATAPE = "MetaTape"
# the sides where MetaTape is compared with itself
DOUBLE = "MetaTape, double precision"
SINGLE = "MetaTape, single precision"
EARLIER = "earlier build, double precision"
OWN = (METATAPE, DOUBLE, SINGLE)  # without these there is nothing to write
PACKAGES = ("jax", "torch", "mujoco", "envpool")  # their versions appear in the tables

GRADIENT = "gradient"
BOTH = "gradient and Hessian-vector product"
PRODUCT = "Hessian-vector product, given the gradient"
SG_MRL = "SG-MRL"
ALGORITHMS = ((SG_MRL, "sg-mrl"), ("MAML", "maml"))

# the kinds of comparisons, for the command line
DERIVATIVES = "derivatives"
META_EPOCH = "meta-epoch"
HALF_CHEETAH_EPOCH = "half-cheetah-epoch"
# physics steps per environment step
SIMULATED = {
    "half-cheetah": 5,
    "swimmer": 4,
    "walker2d": 4,
    "hopper": 4,
    "inverted-pendulum": 2,
    "inverted-double-pendulum": 5,
    "reacher": 2,
}
KINDS = (DERIVATIVES, META_EPOCH, HALF_CHEETAH_EPOCH, *SIMULATED)


class Comparison(NamedTuple):
    """MetaTape and its peers, pinned to the same cores."""

    kind: str
    precision: str  # of all sides; empty if their names say it
    cores: str
    commands: dict  # by name of the side; MetaTape is one of the sides
    rows: tuple
    repeats: int = 1  # measurements per turn of MetaTape
    work: int = 0  # physics steps per measurement, if rates are reported


def peer(script, *arguments):
    """Return the command of a peer's program."""
    return [sys.executable, str(HERE / script), "--interactive", *arguments]


def key(kind, precision):
    """Return the name under which a comparison that is made in both precisions is stored."""
    return f"{kind}-{precision}"


def epochs(program, preset, cores, precision=None):
    """Return the command that times meta-epochs; an earlier build knows no precision."""
    command = [program, "benchmark", "meta-epoch", "--interactive", "--preset", preset]
    if precision:
        command += ["--set", f"training.precision={precision}"]
    return [*command, "--threads", str(len(cores.split(",")))]


def derivatives(program, core, precision):
    """Return the comparison of gradients and Hessian-vector products in a precision."""
    gradient, product = ("gradient",), ("hessianVectorProduct",)
    both = ("gradientAndHessianVectorProduct",)
    options = ("--core", core, "--precision", precision)
    return Comparison(
        kind=DERIVATIVES,
        precision=precision,
        cores=core,
        commands={
            METATAPE: [program, "benchmark", "derivatives", "--interactive"]
            + ["--precision", precision],
            "JAX": peer("jax_derivatives.py", *options),
            "PyTorch": peer("torch_derivatives.py", *options),
            "PyTorch, compiled": peer("torch_derivatives.py", *options, "--form", "compiled"),
        },
        rows=(
            Row(GRADIENT, gradient, "JAX", gradient, "`jit(grad)`"),
            Row(GRADIENT, gradient, "PyTorch", gradient, "`autograd.grad`"),
            Row(GRADIENT, gradient, "PyTorch, compiled", gradient, "`compile(grad)`"),
            Row(BOTH, gradient + product, "JAX", both, "`jit(jvp(grad))`"),
            Row(
                BOTH,
                gradient + product,
                "PyTorch",
                ("recordedGradient",) + product,
                "`autograd.grad` twice",
            ),
            Row(BOTH, gradient + product, "PyTorch", ("forwardOverReverse",), "`jvp(grad)`"),
            Row(BOTH, gradient + product, "PyTorch, compiled", both, "`compile(jvp(grad))`"),
            Row(PRODUCT, product, "JAX", ("linearizedHessianVectorProduct",), "`linearize(grad)`"),
            Row(PRODUCT, product, "JAX", product, "`jit(jvp(grad))` from scratch"),
            Row(PRODUCT, product, "PyTorch", product, "`autograd.grad` of the kept graph"),
            Row(
                PRODUCT, product, "PyTorch, compiled", product, "`compile(jvp(grad))` from scratch"
            ),
        ),
    )


def meta_epoch(program, cores, precision):
    """Return the comparison of whole meta-epochs in a precision, for each form of the JAX side."""
    commands = {METATAPE: epochs(program, "navigation-2d.published-code", cores, precision)}
    notes = {
        "sharded": "`shard_map`, a device a core, `lax.map` in each",
        "map": "`lax.map`",
        "vmap": "`vmap`",
    }
    for form in notes:
        commands[f"JAX, {form}"] = peer(
            "jax_meta_epoch.py", "--form", form, "--cores", cores, "--precision", precision
        )
    return Comparison(
        kind=META_EPOCH,
        precision=precision,
        cores=cores,
        commands=commands,
        rows=tuple(
            Row(name, (quantity,), f"JAX, {form}", (quantity,), note)
            for name, quantity in ALGORITHMS
            for form, note in notes.items()
        ),
    )


def half_cheetah_epoch(program, cores, before=None):
    """Return the comparison of MetaTape's precisions, and of an earlier build if there is one."""
    preset = "half-cheetah-direction.published-code"
    commands = {
        DOUBLE: epochs(program, preset, cores, "double"),
        SINGLE: epochs(program, preset, cores, "single"),
    }
    pairs = [(SINGLE, DOUBLE)]
    if before:
        commands[EARLIER] = epochs(before, preset, cores)
        pairs += [(SINGLE, EARLIER), (DOUBLE, EARLIER)]
    return Comparison(
        kind=HALF_CHEETAH_EPOCH,
        precision="",
        cores=cores,
        commands=commands,
        rows=tuple(
            Row(name, (quantity,), other, (quantity,), own_side=own)
            for name, quantity in ALGORITHMS
            for own, other in pairs
        ),
    )


def simulator(program, core, model):
    """Return the comparison of physics and of whole environments, in rounds of equal work.

    MetaTape's round takes a fraction of its peers' time, so its turn has several rounds.
    """
    name = model.replace("-", "_")
    return Comparison(
        kind=model,
        precision="double",
        cores=core,
        commands={
            METATAPE: [program, "benchmark", "simulator", model, "--interactive"],
            "MuJoCo": peer("mujoco_rollout.py", name, "--core", core),
            "EnvPool": peer("envpool_rollout.py", name, "--core", core),
        },
        rows=(
            Row(f"{model}, physics", ("physics",), "MuJoCo", ("physics",), "`mujoco.rollout`"),
            Row(f"{model}, whole environment", ("environment",), "EnvPool", ("environment",)),
        ),
        repeats=15,
        work=64 * 200 * SIMULATED[model],
    )


def all_comparisons(program, core, cores, before=None):
    """Return all comparisons by name."""
    return {
        **{
            key(DERIVATIVES, precision): derivatives(program, core, precision)
            for precision in PRECISIONS
        },
        **{
            key(META_EPOCH, precision): meta_epoch(program, cores, precision)
            for precision in PRECISIONS
        },
        HALF_CHEETAH_EPOCH: half_cheetah_epoch(program, cores, before),
        **{model: simulator(program, core, model) for model in SIMULATED},
    }


def run(comparison, rounds, timeout):
    """Start the sides one after another and measure in turns; return rows, failures and answers.

    A side that fails in any round counts as not measured.
    """
    sides = []
    try:
        for name, command in comparison.commands.items():
            repeats = comparison.repeats if name == METATAPE else 1
            sides.append(Side(name, command, comparison.cores, timeout, repeats))
        results = take_turns(sides, rounds)
    finally:
        for side in sides:
            side.close()
    failures = {side.name: side.failure for side in sides if side.failure}
    complete = [
        {name: answer for name, answer in answers.items() if name not in failures}
        for answers in results
    ]
    rows = summarise(comparison.rows, complete, METATAPE)
    for row in rows:
        for name, part in ((row["ownSide"], row["own"]), (row["peer"], row["other"])):
            if part is None:
                failures.setdefault(name, f"did not report the quantities of {row['name']!r}")
    return {
        "precision": comparison.precision,
        "rows": rows,
        "work": comparison.work,
        "failures": failures,
        "rounds": results,
    }
