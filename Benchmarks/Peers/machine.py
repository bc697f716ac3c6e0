"""The machine and the versions of the programs, as MetaTape and Python's packages report them."""

import importlib.metadata
import json
import os
import platform
import shutil
import subprocess


class UsageError(Exception):
    """The command line asks for something that does not exist."""


def output(command):
    """Return the output of a command."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except OSError as error:
        raise UsageError(f"cannot run {command[0]}: {error.strerror}")
    except subprocess.CalledProcessError as error:
        reason = (error.stderr.strip().splitlines() or ["no message"])[-1]
        raise UsageError(
            f"'{' '.join(command)}' failed: {reason}; is this metatape, built from this source tree?"
        )


def processor(facts):
    """Return a processor's name with the numbers that distinguish processors of that name."""
    if facts.get("processor_family") is None:
        return facts["processor"]
    numbers = f"family {facts['processor_family']}, model {facts['processor_model']}"
    return f"{facts['processor']} ({numbers})"


def kernels(facts):
    """Return OpenBLAS's version and kernels, with the reason if it did not choose the kernels."""
    reason = facts.get("blas_choice") or "chosen by OpenBLAS"
    suffix = "" if reason == "chosen by OpenBLAS" else f" ({reason})"
    return f"{' '.join(facts['blas'].split()[:2])}, kernels {facts['blas_core']}{suffix}"


def package_version(package):
    """Return the version of an installed package, or None."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def program_version(program):
    """Return what a metatape program says of its version."""
    return output([program, "--version"]).strip()


def facts(program, packages=()):
    """Return the machine as MetaTape reports it, and the versions of MetaTape and of packages."""
    command = [program, "benchmark", "derivatives", "--json"]
    report = output([*command, "--rounds", "1", "--warm-up", "0", "--samples", "100"])
    try:
        found = json.loads(report)["machine"]
    except (ValueError, TypeError, KeyError):
        raise UsageError(f"{program} does not answer as metatape does; build it with 'make build'")
    return {
        "machine": {
            "processor": processor(found),
            "cores": found["processor_count"],
            "vectors": found.get("vectors"),
            "system": found["system"],
            "blas": kernels(found),
        },
        "versions": {
            "metatape": program_version(program),
            "python": platform.python_version(),
            **{package: package_version(package) for package in packages},
        },
    }


def find_program(program):
    """Return the absolute path of a program, or stop with advice."""
    path = shutil.which(program)
    if not path:
        raise UsageError(f"there is no program {program}: build it with 'make build'")
    return os.path.abspath(path)


def first_core():
    """Return a core that can be used, as text."""
    return str(min(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else "0"


def check_cores(*lists):
    """Stop with advice if a core cannot be used."""
    if not hasattr(os, "sched_getaffinity"):
        return
    usable = os.sched_getaffinity(0)
    for core in ",".join(lists).split(","):
        if not core.isdigit() or int(core) not in usable:
            raise UsageError(
                f"core {core!r} cannot be used here; there are {sorted(usable)}: "
                "choose with --core N and --cores N,N"
            )
