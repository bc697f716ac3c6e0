"""Compares MetaTape's speed with JAX, PyTorch, MuJoCo and EnvPool and writes the tables.

Usage::

    python compare.py METATAPE [--before EARLIER_METATAPE] [--rounds N] [--json FILE]
    python compare.py METATAPE [--only NAME ...] [--precision double|single]
    python compare.py METATAPE --smoke
    python compare.py --pages
    python compare.py --targets

``METATAPE`` is the path of the ``metatape`` program. The comparisons run one
after another; within each, the programs take turns. All sides of a comparison
have the same precision, unless their names say which they have. At the end,
medians go to the file of this processor in ``results``, the tables to
Docs/Benchmarks.md and the claims to README.md; ``--smoke``, ``--only`` and
``--precision`` write nothing. ``--before`` names an earlier build of MetaTape to
compare half-cheetah meta-epochs with.

A run ends with the targets: which ratios of medians this processor meets.
``--targets`` prints those of all results files, ``--pages`` writes the pages from
these files, both without measuring.

A peer that is missing or fails is reported, its rows say "not measured", and the
exit status is 1. Nothing is written when MetaTape itself fails.
"""

import argparse
import datetime
import json
import sys
from pathlib import Path

import comparisons
import machine
import pages
import results
import targets
from machine import UsageError
from protocol import PRECISIONS

SMOKE_ROUNDS = 2


def print_table(name, comparison):
    """Print a comparison in readable form."""
    lines = [("", "peer", "MetaTape", "peer's", "ratio", "quartiles")]
    for row in comparison["rows"]:
        lines.append((row["name"], pages.peer(row), *pages.cells(row, comparison["work"])))
        if row["ownSide"] != comparisons.METATAPE:
            lines[-1] = (f"{row['name']}, {row['ownSide']}", *lines[-1][1:])
    widths = [max(map(len, column)) for column in zip(*lines)]
    precision = f"{comparison['precision']} precision, " if comparison["precision"] else ""
    print(f"\n{name}, {precision}rounds: {len(comparison['rounds'])}")
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
    parser.add_argument(
        "--before", metavar="PATH", help="the metatape program of an earlier build"
    )
    parser.add_argument(
        "--before-name",
        metavar="NAME",
        help="what the pages call that build (default: its version)",
    )
    parser.add_argument("--rounds", type=int, default=31)
    parser.add_argument(
        "--smoke", action="store_true", help=f"{SMOKE_ROUNDS} rounds, and write nothing"
    )
    parser.add_argument("--pages", action="store_true", help="write the pages from the results")
    parser.add_argument("--targets", action="store_true", help="print the targets of all results")
    parser.add_argument(
        "--only",
        action="append",
        choices=comparisons.KINDS,
        help="this comparison, and write nothing; may be repeated",
    )
    parser.add_argument(
        "--precision", choices=PRECISIONS, help="only this precision, and write nothing"
    )
    parser.add_argument("--json", metavar="FILE", help="write everything measured to this file")
    parser.add_argument("--core", default="0", help="the core for derivatives and simulators")
    parser.add_argument("--cores", default="0,1", help="the cores for meta-epochs, such as 0,1")
    parser.add_argument("--timeout", type=float, default=600, help="seconds to wait for an answer")
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error("--rounds must be at least 1")
    if not (arguments.metatape or arguments.pages or arguments.targets):
        parser.error("name the metatape program, such as .build/release/metatape")
    return arguments


def is_selected(comparison, arguments):
    """Return whether the command line asks for a comparison."""
    return (not arguments.only or comparison.kind in arguments.only) and (
        not arguments.precision or comparison.precision in ("", arguments.precision)
    )


def measure(arguments):
    """Run the comparisons that the command line selects; return the report."""
    program = machine.find_program(arguments.metatape)
    before = machine.find_program(arguments.before) if arguments.before else None
    machine.check_cores(arguments.core, arguments.cores)
    rounds = SMOKE_ROUNDS if arguments.smoke else arguments.rounds
    report = {
        "date": datetime.date.today().isoformat(),
        "roundCount": rounds,
        **machine.facts(program, comparisons.PACKAGES),
        "comparisons": {},
    }
    if before:
        name = arguments.before_name or machine.program_version(before)
        report["versions"]["before"] = name
    print(pages.facts(report), flush=True)
    known = comparisons.all_comparisons(program, arguments.core, arguments.cores, before)
    for name, comparison in known.items():
        if is_selected(comparison, arguments):
            result = comparisons.run(comparison, rounds, arguments.timeout)
            report["comparisons"][name] = result
            print_table(name, result)
    return report


def write_pages():
    """Write the pages from the results files."""
    print("Wrote " + ", ".join(pages.write(pages.blocks(stored_reports()))) + ".")


def stored_reports():
    """Return the reports of all processors, or stop with advice."""
    reports = results.load_all()
    if not reports:
        raise UsageError(
            f"there are no results in {results.FOLDER}: 'make benchmark-peers' measures"
        )
    return reports


def main():
    """Run the requested comparisons; return the exit status."""
    arguments = parse_arguments()
    if arguments.pages or arguments.targets:
        if arguments.pages:
            write_pages()
        if arguments.targets:
            print("\n\n".join(map(targets.text, stored_reports())))
        return 0
    report = measure(arguments)
    print(f"\n{targets.text(report)}")
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    missing = {side for part in report["comparisons"].values() for side in part["failures"]}
    if missing:
        print(
            f"\nIncomplete without {'; '.join(sorted(missing))}. 'make benchmark-peers' installs "
            "the peers that requirements-*.txt name."
        )
    if missing.intersection(comparisons.OWN):
        return 1
    if not (arguments.smoke or arguments.only or arguments.precision):
        for part in report["comparisons"].values():
            del part["rounds"]
        results.save(report)
        write_pages()
    return 1 if missing else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (UsageError, pages.PageError) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
