"""Tests whether training in single precision ends where training in double precision does.

Usage::

    metatape train --sweep Docs/Examples/Sweeps/precision.yaml
    python3 Benchmarks/Precision/equivalence.py runs/precision --margin 2

Reads the tests on fresh tasks of a sweep over ``training.precision`` and seeds, and
pairs the runs by seed. Two one-sided t tests at 5 % each: the precisions are
equivalent if the 90 % interval of the mean difference of the returns lies within
plus and minus the margin. The exit status is 0 if it does, and 1 if it does not.
"""

import argparse
import json
import math
import re
import statistics
import sys
from pathlib import Path

KEY = re.compile(r"training\.precision=(double|single).*\bseed=(\d+)")


def returns(folder, steps):
    """Return the test's undiscounted returns after some steps, by precision and seed."""
    found = {"double": {}, "single": {}}
    for file in sorted(Path(folder).glob("*/test.json")):
        match = KEY.search(file.parent.name)
        if match:
            rows = json.loads(file.read_text())["rows"]
            row = next(row for row in rows if row["steps"] == steps)
            found[match[1]][int(match[2])] = row["undiscounted_return"]
    return found


def t_probability(t, degrees):
    """Return P(|T| <= t) of Student's distribution, by Simpson's rule."""
    factor = math.exp(math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2))
    factor /= math.sqrt(degrees * math.pi)
    count = 2000
    width = t / count
    total = 0.0
    for i in range(count + 1):
        weight = 1 if i in (0, count) else 4 if i % 2 else 2
        total += weight * (1 + (i * width) ** 2 / degrees) ** (-(degrees + 1) / 2)
    return 2 * factor * total * width / 3


def t_quantile(probability, degrees):
    """Return the t with P(|T| <= t) = probability."""
    low, high = 0.0, 1000.0
    for _ in range(100):
        middle = (low + high) / 2
        if t_probability(middle, degrees) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def interval(differences, level=0.9):
    """Return the mean of the differences and its interval."""
    mean = statistics.fmean(differences)
    error = statistics.stdev(differences) / math.sqrt(len(differences))
    half = t_quantile(level, len(differences) - 1) * error
    return mean, mean - half, mean + half


def main(arguments=None):
    """Print the verdict and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", help="the folder of the sweep")
    parser.add_argument("--margin", type=float, required=True, help="of the mean return")
    parser.add_argument("--steps", type=int, default=1, help="adaptation steps of the test")
    options = parser.parse_args(arguments)
    found = returns(options.folder, options.steps)
    seeds = sorted(found["double"].keys() & found["single"].keys())
    if len(seeds) < 2:
        print(f"{options.folder} has fewer than two seeds in both precisions.", file=sys.stderr)
        return 65
    differences = [found["single"][seed] - found["double"][seed] for seed in seeds]
    mean, low, high = interval(differences)
    is_equivalent = -options.margin < low and high < options.margin
    print(
        f"{len(seeds)} pairs, single minus double: {mean:.3f}, 90 % interval {low:.3f} to {high:.3f};"
        f" deviation of a pair {statistics.stdev(differences):.3f}."
    )
    verdict = "equivalent" if is_equivalent else "not shown to be equivalent"
    print(f"Within a margin of {options.margin:g} they are {verdict}.")
    return 0 if is_equivalent else 1


if __name__ == "__main__":
    sys.exit(main())
