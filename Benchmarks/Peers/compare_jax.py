"""Interleaved speed comparison of MetaTape with JAX.

Usage::

    python compare_jax.py METATAPE [--benchmark derivatives|meta-epoch|both]
                      [--rounds N] [--json FILE] ...

``METATAPE`` is the path of the ``metatape`` program. Each side runs in its own
process, compiles and warms up alone, prints ``ready``, and then measures each
of its quantities once for every line it receives, answering with one line of
JSON. The sides take turns, so they never run at the same moment, and the side
that goes first changes from round to round.

If one side fails, the reason is printed, the other side is still measured, and
the exit status is 1.
"""

import argparse
import datetime
import importlib.metadata
import json
import os
import platform
import select
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
FORMS = ("vmap", "map", "sharded")
CALIBRATION_ROUNDS = 5
PAUSE_BETWEEN_TURNS = 0.05  # seconds, for idle worker threads to fall asleep

# Every row of a table: its name, then the quantities to add up on either side.
DERIVATIVES_ROWS = (
    ("gradient", ("gradient",), ("gradient",)),
    ("HVP", ("hessianVectorProduct",), ("hessianVectorProduct",)),
    (
        "gradient and HVP",
        ("gradient", "hessianVectorProduct"),
        ("gradientAndHessianVectorProduct",),
    ),
    (
        "HVP, linearized in JAX too",
        ("hessianVectorProduct",),
        ("linearizedHessianVectorProduct",),
    ),
)
META_EPOCH_ROWS = (
    ("meta-epoch, SG-MRL", ("sg-mrl",), ("sg-mrl",)),
    ("meta-epoch, MAML", ("maml",), ("maml",)),
)


class SideFailure(Exception):
    """One side could not be started, stopped, or answered something unexpected."""


class Side:
    """A benchmark process that speaks the line protocol."""

    def __init__(self, name, command, cores, timeout):
        self.name = name
        self.timeout = timeout
        self.failure = None
        self._buffer = b""
        self._errors = tempfile.TemporaryFile()
        self._process = None
        if shutil.which("taskset"):
            command = ["taskset", "-c", cores, *command]
        else:
            print(f"warning: no taskset here, so {name} may not be pinned", file=sys.stderr)
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env=environment,
            )
            while (line := self._read_line()) != "ready":
                print(f"{name}: {line}", file=sys.stderr)
        except (OSError, SideFailure) as error:
            self._fail(error)

    def measure(self):
        """Run every quantity once; return their seconds, or None after a failure."""
        if self.failure:
            return None
        try:
            self._process.stdin.write(b"\n")
            self._process.stdin.flush()
            line = self._read_line()
            answer = json.loads(line)
            if not isinstance(answer, dict):
                raise SideFailure(f"answered {line!r} instead of a JSON object")
            return {
                key: value
                for key, value in answer.items()
                if isinstance(value, (int, float)) and value > 0
            }
        except json.JSONDecodeError:
            self._fail(SideFailure(f"answered {line!r} instead of JSON"))
        except BrokenPipeError:
            self._fail(SideFailure(self._ending()))
        except (OSError, SideFailure) as error:
            self._fail(error)
        return None

    def close(self):
        """End the process by ending its input."""
        if self._process is None:
            return
        try:
            self._process.stdin.close()
        except OSError:
            pass
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._process = None

    def _read_line(self):
        """Return the next non-empty line of output."""
        deadline = time.monotonic() + self.timeout
        while True:
            line, separator, rest = self._buffer.partition(b"\n")
            if separator:
                self._buffer = rest
                if text := line.decode(errors="replace").strip():
                    return text
                continue
            remaining = deadline - time.monotonic()
            output = self._process.stdout
            if remaining <= 0 or not select.select([output], [], [], remaining)[0]:
                raise SideFailure(f"gave no answer within {self.timeout:g} seconds")
            chunk = os.read(output.fileno(), 65536)
            if not chunk:
                raise SideFailure(self._ending())
            self._buffer += chunk

    def _ending(self):
        """Describe how the process ended."""
        try:
            return f"ended early with exit status {self._process.wait(timeout=5)}"
        except subprocess.TimeoutExpired:
            return "closed its output early"

    def _fail(self, error):
        """Record and print a failure with the last lines of the error output."""
        self.failure = str(error)
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()[-8:]
        print(f"{self.name} failed: {error}", file=sys.stderr)
        for line in lines:
            print(f"    {line}", file=sys.stderr)
        if self._process is not None:
            self._process.kill()
            self.close()


def interleave(swift, jax, rounds):
    """Measure both sides in turns; return the list of rounds, one pair of answers each."""
    results = []
    for index in range(rounds):
        answers = {}
        order = (swift, jax) if index % 2 == 0 else (jax, swift)
        for side in order:
            answers[side.name] = side.measure()
            time.sleep(PAUSE_BETWEEN_TURNS)
        if swift.failure and jax.failure:
            break
        results.append({"swift": answers[swift.name], "jax": answers[jax.name]})
    return results


def total(answer, quantities):
    """Return the sum of some quantities of an answer, or None if any is missing."""
    if not answer or any(quantity not in answer for quantity in quantities):
        return None
    return sum(answer[quantity] for quantity in quantities)


def summary(values):
    """Return the count, median and quartiles of some values, or None without any."""
    if not values:
        return None
    quartiles = statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else None
    return {
        "count": len(values),
        "median": statistics.median(values),
        "lowerQuartile": quartiles[0] if quartiles else values[0],
        "upperQuartile": quartiles[2] if quartiles else values[0],
    }


def summarise(rows, results):
    """Return each row's summary: either side's seconds, and their ratio."""
    summaries = []
    for name, swift_quantities, jax_quantities in rows:
        swift = [total(result["swift"], swift_quantities) for result in results]
        jax = [total(result["jax"], jax_quantities) for result in results]
        row = {
            "name": name,
            "swift": summary([value for value in swift if value is not None]),
            "jax": summary([value for value in jax if value is not None]),
            "ratio": None,
            "pairedRatio": summary(
                [s / j for s, j in zip(swift, jax) if s is not None and j is not None]
            ),
        }
        if row["swift"] and row["jax"]:
            row["ratio"] = row["swift"]["median"] / row["jax"]["median"]
        summaries.append(row)
    return summaries


def print_table(title, summaries):
    """Print summaries as an aligned table."""

    def milliseconds(part):
        if part is None:
            return ("-", "-")
        low, high = part["lowerQuartile"] * 1e3, part["upperQuartile"] * 1e3
        return (f"{part['median'] * 1e3:.2f}", f"{low:.2f} .. {high:.2f}")

    def ratio(row):
        if row["ratio"] is None:
            return ("-", "-")
        paired = row["pairedRatio"]
        spread = f"{paired['lowerQuartile']:.2f} .. {paired['upperQuartile']:.2f}" if paired else "-"
        return (f"{row['ratio']:.2f}", spread)

    header = ("", "Swift ms", "quartiles", "JAX ms", "quartiles", "Swift / JAX", "per round")
    body = [
        (row["name"], *milliseconds(row["swift"]), *milliseconds(row["jax"]), *ratio(row))
        for row in summaries
    ]
    widths = [max(len(line[column]) for line in [header, *body]) for column in range(len(header))]
    print(f"\n{title}")
    for line in [header, *body]:
        first, *others = line
        cells = [first.ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(others, widths[1:])]
        print("  ".join(cells).rstrip())


def machine_facts():
    """Return what is needed to read the numbers later."""
    model = platform.processor()
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    except OSError:
        pass
    facts = {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "cpu": model or platform.machine(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "loadAverage": os.getloadavg()[0],
        "python": platform.python_version(),
    }
    for package in ("jax", "jaxlib", "numpy"):
        try:
            facts[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            facts[package] = None
    return facts


def compare(title, rows, start_swift, start_jax, rounds):
    """Start both sides, one after the other, measure them, and print the table."""
    jax = start_jax()
    swift = start_swift()
    try:
        results = interleave(swift, jax, rounds)
    finally:
        swift.close()
        jax.close()
    summaries = summarise(rows, results)
    print_table(f"{title}, {len(results)} rounds", summaries)
    failures = {side.name: side.failure for side in (swift, jax) if side.failure}
    for row in summaries:
        for key, name in (("swift", swift.name), ("jax", jax.name)):
            if row[key] is None and name not in failures:
                failures[name] = f"did not report {row['name']!r}"
                print(f"{name} {failures[name]}", file=sys.stderr)
    for name, failure in failures.items():
        print(f"incomplete: {name} {failure}")
    return {"summaries": summaries, "failures": failures, "rounds": results}


def compare_derivatives(arguments):
    """Compare gradient and Hessian-vector product, both sides on the same core."""
    core = str(arguments.core)
    swift_command = [arguments.metatape, "benchmark", "derivatives", "--interactive"]
    jax_command = [sys.executable, str(HERE / "jax_derivatives.py"), "--interactive"]
    return compare(
        f"Derivatives, one core (core {core})",
        DERIVATIVES_ROWS,
        lambda: Side("Swift", swift_command, core, arguments.timeout),
        lambda: Side("JAX", [*jax_command, "--core", core], core, arguments.timeout),
        arguments.rounds,
    )


def compare_meta_epoch(arguments):
    """Compare whole meta-epochs, with the fastest form of the JAX side."""
    cores = arguments.cores

    def jax_side(form):
        command = [sys.executable, str(HERE / "jax_meta_epoch.py"), "--interactive"]
        command += ["--form", form, "--cores", cores, *shlex.split(arguments.jax_arguments)]
        return Side("JAX", command, cores, arguments.timeout)

    calibration = {}
    form = arguments.form
    if form == "auto":
        for candidate in FORMS:
            side = jax_side(candidate)
            answers = [side.measure() for _ in range(CALIBRATION_ROUNDS)]
            side.close()
            times = [sum(answer.values()) for answer in answers if answer]
            if not side.failure and times:
                calibration[candidate] = statistics.median(times)
                print(f"JAX form {candidate}: {calibration[candidate]:.3f} s for all algorithms")
        form = min(calibration, key=calibration.get, default=FORMS[0])

    swift_command = [arguments.metatape, "benchmark", "meta-epoch"]
    swift_command += ["--preset", "navigation-2d.published-code", "--interactive"]
    swift_command += ["--threads", str(len(cores.split(",")))]
    for setting in arguments.set:
        swift_command += ["--set", setting]
    result = compare(
        f"Meta-epoch, cores {cores}, JAX form {form}",
        META_EPOCH_ROWS,
        lambda: Side("Swift", swift_command, cores, arguments.timeout),
        lambda: jax_side(form),
        arguments.rounds,
    )
    return {"form": form, "calibration": calibration, **result}


def parse_arguments():
    """Parse the command line."""
    parser = argparse.ArgumentParser(description="Compare MetaTape's speed with that of JAX.")
    parser.add_argument("metatape", help="the path of the metatape program")
    parser.add_argument(
        "--benchmark", choices=("derivatives", "meta-epoch", "both"), default="both"
    )
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument("--json", metavar="FILE", help="write everything measured to this file")
    parser.add_argument("--core", type=int, default=0, help="the core for derivatives")
    parser.add_argument("--cores", default="0,1", help="the cores for meta-epochs, such as 0,1")
    parser.add_argument(
        "--form", choices=("auto", *FORMS), default="auto", help="JAX's form over tasks"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a setting to pass on to metatape's meta-epoch; may be repeated",
    )
    parser.add_argument(
        "--jax-arguments",
        default="",
        metavar="WORDS",
        help="further options for jax_meta_epoch.py; write --jax-arguments='--tasks 10'",
    )
    parser.add_argument("--timeout", type=float, default=600, help="seconds to wait for an answer")
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error("--rounds must be at least 1")
    return arguments


def main():
    """Run the requested comparisons; return the exit status."""
    arguments = parse_arguments()
    facts = machine_facts()
    report = {"machine": facts}
    print("\n".join(f"{key}: {value}" for key, value in facts.items()), flush=True)
    if arguments.benchmark in ("derivatives", "both"):
        report["derivatives"] = compare_derivatives(arguments)
    if arguments.benchmark in ("meta-epoch", "both"):
        report["metaEpoch"] = compare_meta_epoch(arguments)
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(report, indent=2) + "\n")
    failed = any(report.get(part, {}).get("failures") for part in ("derivatives", "metaEpoch"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
