"""Compares MetaTape's speed with JAX, PyTorch, MuJoCo and EnvPool and writes the tables.

Usage::

    python compare.py METATAPE [--rounds N] [--only NAME ...] [--json FILE]
    python compare.py METATAPE --smoke
    python compare.py --pages

``METATAPE`` is the path of the ``metatape`` program. The comparisons run one
after another; within each, the programs take turns. At the end, medians go to
``results.json``, the tables to Docs/Benchmarks.md and the claims to README.md;
``--smoke`` and ``--only`` write nothing. ``--pages`` writes the pages from
``results.json`` without measuring.

A peer that is missing or fails is reported, its rows say "not measured", and the
exit status is 1. Nothing is written when MetaTape itself fails.
"""

import argparse
import datetime
import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import comparisons
import pages

SMOKE_ROUNDS = 2


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


def version(package):
    """Return the version of an installed package, or None."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def machine_facts(program):
    """Return the machine as MetaTape reports it, and all versions."""
    command = [program, "benchmark", "derivatives", "--json"]
    report = output([*command, "--rounds", "1", "--warm-up", "0", "--samples", "100"])
    try:
        facts = json.loads(report)["machine"]
    except (ValueError, TypeError, KeyError):
        raise UsageError(f"{program} does not answer as metatape does; build it with 'make build'")
    return {
        "machine": {
            "processor": processor(facts),
            "cores": facts["processor_count"],
            "system": facts["system"],
            "blas": kernels(facts),
        },
        "versions": {
            "metatape": output([program, "--version"]).strip(),
            "python": platform.python_version(),
            **{package: version(package) for package in comparisons.PACKAGES},
        },
    }


def found(program):
    """Return the absolute path of a program, or stop with advice."""
    path = shutil.which(program)
    if not path:
        raise UsageError(f"there is no program {program}: build it with 'make build'")
    return os.path.abspath(path)


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


def print_table(name, comparison):
    """Print a comparison in readable form."""
    lines = [("", "peer", "MetaTape", "peer's", "ratio", "quartiles")]
    for row in comparison["rows"]:
        lines.append((row["name"], pages.peer(row), *pages.cells(row, comparison["work"])))
    widths = [max(map(len, column)) for column in zip(*lines)]
    print(f"\n{name}, rounds: {len(comparison['rounds'])}")
    for first, second, *others in lines:
        cells = [first.ljust(widths[0]), second.ljust(widths[1])]
        cells += [cell.rjust(width) for cell, width in zip(others, widths[2:])]
        print("  ".join(cells).rstrip())
    for side, failure in comparison["failures"].items():
        print(f"{side} is {pages.NOT_MEASURED}: {failure}")
    sys.stdout.flush()


def parse_arguments():
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description="Compare MetaTape's speed with JAX, PyTorch, MuJoCo and EnvPool."
    )
    parser.add_argument("metatape", nargs="?", help="the path of the metatape program")
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument(
        "--smoke", action="store_true", help=f"{SMOKE_ROUNDS} rounds, and write nothing"
    )
    parser.add_argument("--pages", action="store_true", help="write the pages from results.json")
    parser.add_argument(
        "--only",
        action="append",
        choices=("derivatives", "meta-epoch", "half-cheetah", "swimmer"),
        help="this comparison, and write nothing; may be repeated",
    )
    parser.add_argument("--json", metavar="FILE", help="write everything measured to this file")
    parser.add_argument("--core", default="0", help="the core for derivatives and simulators")
    parser.add_argument("--cores", default="0,1", help="the cores for meta-epochs, such as 0,1")
    parser.add_argument("--timeout", type=float, default=600, help="seconds to wait for an answer")
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error("--rounds must be at least 1")
    if not arguments.metatape and not arguments.pages:
        parser.error("name the metatape program, such as .build/release/metatape")
    return arguments


def measure(arguments):
    """Run the comparisons that the command line selects; return the report."""
    program = found(arguments.metatape)
    check_cores(arguments.core, arguments.cores)
    rounds = SMOKE_ROUNDS if arguments.smoke else arguments.rounds
    report = {
        "date": datetime.date.today().isoformat(),
        "roundCount": rounds,
        **machine_facts(program),
        "comparisons": {},
    }
    print(pages.facts(report), flush=True)
    known = comparisons.all_comparisons(program, arguments.core, arguments.cores)
    for name, comparison in known.items():
        if not arguments.only or name in arguments.only:
            result = comparisons.run(comparison, rounds, arguments.timeout)
            report["comparisons"][name] = result
            print_table(name, result)
    return report


def write_pages():
    """Write the pages from the results file."""
    try:
        report = json.loads(pages.RESULTS.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"there is no {pages.RESULTS}: 'make benchmark-peers' measures")
    print("Wrote " + ", ".join(pages.write(report)) + ".")


def main():
    """Run the requested comparisons; return the exit status."""
    arguments = parse_arguments()
    if arguments.pages:
        write_pages()
        return 0
    report = measure(arguments)
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    missing = {side for part in report["comparisons"].values() for side in part["failures"]}
    if missing:
        print(
            f"\nIncomplete without {'; '.join(sorted(missing))}. 'make benchmark-peers' installs "
            "the peers that requirements-*.txt name."
        )
    if comparisons.METATAPE in missing:
        return 1
    if not arguments.smoke and not arguments.only:
        for part in report["comparisons"].values():
            del part["rounds"]
        pages.RESULTS.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        write_pages()
    return 1 if missing else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (UsageError, pages.PageError) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
