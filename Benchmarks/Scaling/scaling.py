"""Measures how the cost of a meta-epoch grows with its size, and how it falls with more cores.

Usage::

    python scaling.py METATAPE [--mpi-program METATAPE_WITH_MPI] [--rounds N] [--json FILE]
    python scaling.py METATAPE [--only NAME ...]
    python scaling.py METATAPE --smoke
    python scaling.py --pages

``METATAPE`` is the path of the ``metatape`` program. Each size is measured in a
process of its own, in double and in single precision: the median time of a
meta-epoch and the peak resident memory of the process. ``--mpi-program`` is a
build with the trait MPI, for runs in several processes; without it their rows say
"not measured". At the end, medians go to the file of this processor in
``results``, plots to Docs/Images and tables to Docs/Benchmarks.md; ``--smoke`` and
``--only`` write nothing. ``--pages`` writes plots and pages from the results files
without measuring.

A point that fails is reported and says "not measured", and the exit status is 1.
Nothing is written if no point could be measured.
"""

import argparse
import csv
import datetime
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "Peers"))  # which has what both share

import machine  # noqa: E402
import pages  # noqa: E402
import results  # noqa: E402
import scaling_pages  # noqa: E402
from machine import UsageError  # noqa: E402
from protocol import PRECISIONS  # noqa: E402

BASE = ("--preset", "navigation-2d.recommended")
ESTIMATOR = "sg-mrl"
SMOKE_ROUNDS = 1
SMOKE_SIZES = 2
BYTES = 1024 if sys.platform.startswith("linux") else 1  # of the unit of ru_maxrss


class Dimension(NamedTuple):
    """One way to make a meta-epoch larger."""

    name: str
    sizes: tuple
    assignments: tuple  # of configuration keys, with the size in braces


DIMENSIONS = (
    Dimension("tasks", (5, 10, 20, 40, 80, 160), ("outer.tasks={}",)),
    Dimension("episodes", (5, 10, 20, 40, 80), ("inner.episodes={}", "outer.episodes={}")),
    Dimension("horizon", (25, 50, 100, 200, 400), ("environment.horizon={}",)),
    Dimension("hidden size", (32, 64, 128, 256, 512), ("policy.hidden-sizes=[{0},{0}]",)),
    Dimension("inner steps", (1, 2, 3, 4, 5), ("inner.steps={}",)),
)
STRONG = "strong"
# processes and threads of each
LAYOUTS = ((1, 1), (1, 2), (2, 1))


class PointFailure(Exception):
    """A point could not be measured."""


def settings(*assignments):
    """Return the options that set configuration keys."""
    return [word for assignment in assignments for word in ("--set", assignment)]


def run(command, cores, timeout):
    """Run a program pinned to cores; return its output and its or its children's peak memory."""
    if shutil.which("taskset"):
        command = ["taskset", "-c", cores, *command]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=errors, env=environment,
            start_new_session=True,
        )  # fmt: skip
        status, usage = wait(process, timeout)
        errors.seek(0)
        complaints = errors.read().decode(errors="replace").strip().splitlines()
        if status != 0:
            raise PointFailure(complaints[-1] if complaints else f"ended with status {status}")
        out.seek(0)
        return out.read().decode(), usage.ru_maxrss * BYTES


def wait(process, timeout):
    """Wait for a process; return its exit status and resource usage."""
    deadline = time.monotonic() + timeout
    try:
        while time.monotonic() < deadline:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                process.returncode = os.waitstatus_to_exitcode(status)
                return process.returncode, usage
            time.sleep(0.02)
        raise PointFailure(f"gave no answer within {timeout:g} seconds")
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def summary(seconds, memory):
    """Return the median and the quartiles of some times, with the memory in bytes."""
    if len(seconds) > 1:
        low, median, high = statistics.quantiles(seconds, n=4, method="inclusive")
    else:
        low = median = high = seconds[0]
    return {
        "count": len(seconds), "seconds": median, "lowerQuartile": low, "upperQuartile": high,
        "memory": memory,
    }  # fmt: skip


def measure_size(program, dimension, size, precision, arguments):
    """Return the time and memory of a meta-epoch of a size."""
    assignments = [text.format(size) for text in dimension.assignments]
    output, memory = run(
        [program, "benchmark", "meta-epoch", *BASE, "--estimators", ESTIMATOR, "--json"]
        + ["--rounds", str(arguments.rounds), "--warm-up", str(arguments.warm_up)]
        + ["--threads", str(len(arguments.cores.split(",")))]
        + settings(f"training.precision={precision}", *assignments),
        arguments.cores,
        arguments.timeout,
    )
    timing = json.loads(output)["timings"][0]
    low, high = timing["quartiles"]
    return {
        "count": arguments.rounds, "seconds": timing["median"],
        "lowerQuartile": low, "upperQuartile": high, "memory": memory,
    }  # fmt: skip


def layout_command(program, mpi_program, processes, threads):
    """Return the beginning of the command that trains with some processes and threads."""
    if processes == 1:
        return [program, "train", "--threads", str(threads)]
    mpirun = ["mpirun", "-n", str(processes), "--map-by", f"slot:PE={threads}"]
    if os.geteuid() == 0:
        mpirun.append("--allow-run-as-root")
    return [*mpirun, mpi_program, "train", "--threads", str(threads)]


def measure_layout(program, processes, threads, precision, arguments):
    """Return the time of an epoch of training with some processes and threads.

    Training is measured, because only training is shared by several processes. The memory
    is that of the largest process.
    """
    cores = arguments.cores.split(",")
    if processes * threads > len(cores):
        raise PointFailure(f"needs {processes * threads} cores: name them with --cores")
    with tempfile.TemporaryDirectory() as folder:
        epochs = arguments.warm_up + arguments.rounds
        _, memory = run(
            layout_command(program, arguments.mpi_program, processes, threads)
            + [*BASE, "--output", f"{folder}/run"]
            + settings(
                f"estimator={ESTIMATOR}",
                f"training.precision={precision}",
                f"training.epochs={epochs}",
                f"training.checkpoint-interval={epochs}",
                "test.tasks=1",
                "test.steps=0",
            ),
            ",".join(cores[: processes * threads]),
            arguments.timeout,
        )
        with open(f"{folder}/run/metrics.csv", newline="", encoding="utf-8") as file:
            seconds = [float(line["seconds"]) for line in csv.DictReader(file)]
    return summary(seconds[arguments.warm_up :], memory)


def attempt(report, name, measure):
    """Return what ``measure()`` returns for both precisions; record and print failures."""
    point = {}
    for precision in PRECISIONS:
        try:
            found = measure(precision)
            print(f"{name}, {precision}: {scaling_pages.shown_time(found)}, "
                  f"{scaling_pages.shown_memory(found)}", flush=True)  # fmt: skip
        except (PointFailure, OSError, ValueError, KeyError) as error:
            found = None
            report["failures"][f"{name}, {precision}"] = str(error)
            print(f"{name}, {precision}: {pages.NOT_MEASURED}: {error}", file=sys.stderr)
        point[precision] = found
    return point


def measure_all(arguments):
    """Measure what the command line selects; return the report."""
    program = machine.find_program(arguments.metatape)
    if arguments.mpi_program:
        arguments.mpi_program = machine.find_program(arguments.mpi_program)
    machine.check_cores(arguments.cores)
    report = {
        "date": datetime.date.today().isoformat(),
        "roundCount": arguments.rounds,
        "cores": len(arguments.cores.split(",")),
        **machine.facts(program),
        "sizes": {},
        "layouts": [],
        "failures": {},
    }
    for dimension in DIMENSIONS:
        if arguments.only and dimension.name not in arguments.only:
            continue
        sizes = dimension.sizes[:SMOKE_SIZES] if arguments.smoke else dimension.sizes
        report["sizes"][dimension.name] = [
            {"size": size}
            | attempt(
                report,
                f"{dimension.name} {size}",
                lambda precision, of=dimension, size=size: measure_size(
                    program, of, size, precision, arguments
                ),
            )
            for size in sizes
        ]
    if not arguments.only or STRONG in arguments.only:
        report["layouts"] = [
            {"processes": processes, "threads": threads}
            | layout_point(report, program, processes, threads, arguments)
            for processes, threads in LAYOUTS
        ]
    return report


def layout_point(report, program, processes, threads, arguments):
    """Return the point of some processes and threads, empty without a program for several."""
    if processes > 1 and not arguments.mpi_program:
        return dict.fromkeys(PRECISIONS)
    return attempt(
        report,
        f"processes {processes}, threads {threads}",
        lambda precision: measure_layout(program, processes, threads, precision, arguments),
    )


def parse_arguments():
    """Parse the command line."""
    parser = argparse.ArgumentParser(description="Measure the cost of meta-epochs against size.")
    parser.add_argument("metatape", nargs="?", help="the path of the metatape program")
    parser.add_argument("--mpi-program", metavar="PATH", help="a build with the trait MPI")
    parser.add_argument("--rounds", type=int, default=5, help="meta-epochs of each point")
    parser.add_argument("--warm-up", type=int, default=1, help="meta-epochs before the first")
    parser.add_argument(
        "--smoke", action="store_true", help="the smallest sizes, one round, and write nothing"
    )
    parser.add_argument("--pages", action="store_true", help="write the pages from the results")
    parser.add_argument(
        "--only",
        action="append",
        choices=(*(dimension.name for dimension in DIMENSIONS), STRONG),
        help="this part, and write nothing; may be repeated",
    )
    parser.add_argument("--json", metavar="FILE", help="write everything measured to this file")
    parser.add_argument("--cores", default="0,1", help="the cores to run on, such as 0,1")
    parser.add_argument("--timeout", type=float, default=1800, help="seconds for each point")
    arguments = parser.parse_args()
    if arguments.smoke:
        arguments.rounds = SMOKE_ROUNDS
    if arguments.rounds < 1 or arguments.warm_up < 0:
        parser.error("--rounds must be at least 1")
    if not arguments.metatape and not arguments.pages:
        parser.error("name the metatape program, such as .build/release/metatape")
    return arguments


def write_pages():
    """Write plots and pages from the results files."""
    reports = results.load_all(scaling_pages.RESULTS)
    try:
        import scaling_plots
    except ImportError:
        raise UsageError("the plots need matplotlib: 'make benchmark-scaling' installs it")
    plots = [scaling_plots.write(report) for report in reports]
    written = pages.write(scaling_pages.blocks(reports), kind="scaling")
    print("Wrote " + ", ".join([*plots, *written]) + ".")


def main():
    """Run the requested measurements; return the exit status."""
    arguments = parse_arguments()
    if arguments.pages:
        write_pages()
        return 0
    report = measure_all(arguments)
    print(f"\n{scaling_pages.processor_block(report)}")
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    points = [*report["layouts"], *(p for found in report["sizes"].values() for p in found)]
    if not any(point[precision] for point in points for precision in PRECISIONS):
        return 1
    if not arguments.smoke and not arguments.only:
        results.save(report, scaling_pages.RESULTS)
        write_pages()
    return 1 if report["failures"] else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (UsageError, pages.PageError) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
