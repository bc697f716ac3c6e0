"""Shared by the peers' programs: pinning to a core, and the protocol for measuring.

With ``--interactive``, a program prints ``ready`` after compiling and warming up.
Then it answers every line of standard input with one line of JSON, the seconds of
each of its quantities, until the end of input. Without it, the program measures
some rounds and prints medians.
"""

import argparse
import json
import os
import statistics
import sys
import time

PRECISIONS = ("double", "single")  # NumPy has dtypes of these names


def parser(description):
    """Return a parser for the options that all peers' programs share."""
    result = argparse.ArgumentParser(description=description)
    result.add_argument("--interactive", action="store_true", help="speak the line protocol")
    result.add_argument("--rounds", type=int, default=31, help="rounds when not interactive")
    result.add_argument("--core", type=int, default=0, help="the core to run on")
    return result


def add_precision(options):
    """Add the option for the precision, for programs that run in both."""
    options.add_argument(
        "--precision", choices=PRECISIONS, default=PRECISIONS[0], help="of all numbers"
    )


def restrict_to_cores(cores):
    """Pin this process; must precede the import of the peer.

    Libraries size their thread pools by the available cores.
    """
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ[f"{library}_NUM_THREADS"] = "1"
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cores)
    else:
        print("warning: cores cannot be pinned on this system", file=sys.stderr)


def timed(run):
    """Return the seconds of a call."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def time_once(measurements):
    """Run every quantity once and return the seconds of each."""
    return {name: timed(run) for name, run in measurements.items()}


def serve(measure):
    """Answer every line of standard input with the seconds that ``measure()`` returns."""
    print("ready", flush=True)
    for _ in sys.stdin:
        print(json.dumps(measure()), flush=True)


def run(measure, arguments, warm_up):
    """Warm up, then measure as the command line requests."""
    for _ in range(warm_up):
        measure()
    if arguments.interactive:
        serve(measure)
        return
    rounds = [measure() for _ in range(arguments.rounds)]
    for name in rounds[0]:
        median = statistics.median(seconds[name] for seconds in rounds)
        print(f"{name:34} {median * 1e3:10.3f} ms")


def run_rollouts(description, models, make_measurement):
    """Parse a simulator's command line and measure; the peer is imported only after parsing."""
    options = parser(description)
    options.add_argument("model", choices=sorted(models))
    options.add_argument("--batch", type=int, default=64, help="the number of environments")
    arguments = options.parse_args()
    restrict_to_cores({arguments.core})
    run(make_measurement(arguments.model, arguments.batch), arguments, warm_up=2)
