"""The comparisons: the programs of each one and the rows of its table."""

import sys
from pathlib import Path
from typing import NamedTuple

from turns import Row, Side, summarise, take_turns

HERE = Path(__file__).resolve().parent
METATAPE = "MetaTape"
PACKAGES = ("jax", "torch", "mujoco", "envpool")  # their versions appear in the tables

GRADIENT = "gradient"
BOTH = "gradient and Hessian-vector product"
PRODUCT = "Hessian-vector product, given the gradient"


class Comparison(NamedTuple):
    """MetaTape and its peers, pinned to the same cores."""

    cores: str
    commands: dict  # by name of the side; MetaTape is one of the sides
    rows: tuple
    repeats: int = 1  # measurements per turn of MetaTape
    work: int = 0  # physics steps per measurement, if rates are reported


def peer(script, *arguments):
    """Return the command of a peer's program."""
    return [sys.executable, str(HERE / script), "--interactive", *arguments]


def derivatives(program, core):
    """Return the comparison of gradients and Hessian-vector products."""
    gradient, product = ("gradient",), ("hessianVectorProduct",)
    both = ("gradientAndHessianVectorProduct",)
    return Comparison(
        cores=core,
        commands={
            METATAPE: [program, "benchmark", "derivatives", "--interactive"],
            "JAX": peer("jax_derivatives.py", "--core", core),
            "PyTorch": peer("torch_derivatives.py", "--core", core),
            "PyTorch, compiled": peer("torch_derivatives.py", "--core", core, "--form", "compiled"),
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


def meta_epoch(program, cores):
    """Return the comparison of whole meta-epochs, for each form of the JAX side."""
    commands = {
        METATAPE: [program, "benchmark", "meta-epoch", "--interactive"]
        + ["--preset", "navigation-2d.published-code", "--threads", str(len(cores.split(",")))]
    }
    notes = {
        "sharded": "`shard_map`, a device a core, `lax.map` in each",
        "map": "`lax.map`",
        "vmap": "`vmap`",
    }
    for form in notes:
        commands[f"JAX, {form}"] = peer("jax_meta_epoch.py", "--form", form, "--cores", cores)
    return Comparison(
        cores=cores,
        commands=commands,
        rows=tuple(
            Row(name, (key,), f"JAX, {form}", (key,), note)
            for name, key in (("SG-MRL", "sg-mrl"), ("MAML", "maml"))
            for form, note in notes.items()
        ),
    )


def simulator(program, core, model, frames):
    """Return the comparison of physics and of whole environments, in rounds of equal work.

    MetaTape's round takes a fraction of its peers' time, so its turn has several rounds.
    """
    name = model.replace("-", "_")
    return Comparison(
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
        work=64 * 200 * frames,
    )


def all_comparisons(program, core, cores):
    """Return all comparisons by name."""
    return {
        "derivatives": derivatives(program, core),
        "meta-epoch": meta_epoch(program, cores),
        "half-cheetah": simulator(program, core, "half-cheetah", 5),
        "swimmer": simulator(program, core, "swimmer", 4),
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
        for name, part in ((METATAPE, row["own"]), (row["peer"], row["other"])):
            if part is None:
                failures.setdefault(name, f"did not report the quantities of {row['name']!r}")
    return {"rows": rows, "work": comparison.work, "failures": failures, "rounds": results}
