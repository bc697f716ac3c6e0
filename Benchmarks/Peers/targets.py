"""The targets of MetaTape's speed, and which of them a processor's results meet.

A target is the greatest ratio of MetaTape's median time to that of another program. In
double precision, it depends on whether the processor has AVX-512.
"""

from typing import NamedTuple

import pages
from comparisons import (
    ALGORITHMS,
    BOTH,
    DERIVATIVES,
    EARLIER,
    GRADIENT,
    HALF_CHEETAH_EPOCH,
    META_EPOCH,
    METATAPE,
    PRODUCT,
    SINGLE,
    key,
)

MET, MISSED = "met", "missed"
UNKNOWN = "unknown: the results do not say whether the processor has AVX-512"


class Target(NamedTuple):
    """The greatest ratio in the rows of a name, to one method of a peer or to its fastest."""

    comparison: str
    row: str
    peer: str
    limit: float
    limit_without_avx512: float
    note: str = ""  # the method; empty for the fastest
    own_side: str = METATAPE


TARGETS = (
    Target(key(DERIVATIVES, "double"), GRADIENT, "JAX", 0.55, 0.8, "`jit(grad)`"),
    Target(key(DERIVATIVES, "double"), PRODUCT, "JAX", 0.6, 0.75, "`linearize(grad)`"),
    *(Target(key(META_EPOCH, "double"), name, "JAX", 0.58, 0.8) for name, _ in ALGORITHMS),
    Target(key(DERIVATIVES, "single"), GRADIENT, "JAX", 0.8, 0.8, "`jit(grad)`"),
    Target(key(DERIVATIVES, "single"), BOTH, "JAX", 0.8, 0.8, "`jit(jvp(grad))`"),
    *(Target(key(META_EPOCH, "single"), name, "JAX", 0.8, 0.8) for name, _ in ALGORITHMS),
    *(
        Target(HALF_CHEETAH_EPOCH, name, EARLIER, 0.6, 0.6, own_side=SINGLE)
        for name, _ in ALGORITHMS
    ),
)


def limits(target, vectors):
    """Return the limits that may apply to a processor: one if its vectors are known."""
    if vectors is None:
        return sorted({target.limit, target.limit_without_avx512})
    return [target.limit if "AVX-512" in vectors else target.limit_without_avx512]


def decisive_row(target, report):
    """Return the row that decides a target, or None if it is not measured."""
    comparison = report["comparisons"].get(target.comparison, {"rows": []})
    rows = [
        row
        for row in comparison["rows"]
        if row["name"] == target.row
        and row["ownSide"] == target.own_side
        and row["peer"].startswith(target.peer)
        and (not target.note or row["note"] == target.note)
        and row["ratio"] is not None
    ]
    return min(rows, key=lambda row: row["other"]["median"], default=None)


def verdict(target, report):
    """Return a target's comparison, row, limit, ratio, other side and verdict as text."""
    row = decisive_row(target, report)
    possible = limits(target, report["machine"].get("vectors"))
    if row is None:
        result = pages.NOT_MEASURED
    else:
        answers = {MET if row["ratio"] <= limit else MISSED for limit in possible}
        result = answers.pop() if len(answers) == 1 else UNKNOWN
    return (
        target.comparison,
        target.row,
        " or ".join(f"{limit:.2f}" for limit in possible),
        f"{row['ratio']:.3f}" if row else "",
        pages.peer(row) if row else target.peer,
        result,
    )


def text(report):
    """Return a processor's targets as a table to print."""
    lines = [("comparison", "row", "at most", "ratio", "to", "")]
    lines += [verdict(target, report) for target in TARGETS]
    widths = [max(map(len, column)) for column in zip(*lines)]
    rows = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip()
        for line in lines
    ]
    return "\n".join([f"Targets on {report['machine']['processor']}:", *rows])
