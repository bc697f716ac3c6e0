"""The tables of Docs/Benchmarks.md and the claims of README.md, generated from the results.

Two lines mark each place on a page: ``<!-- peers: NAME -->`` and ``<!-- end of peers -->``.
Docs/Benchmarks.md has the tables of every processor; the claims span all of them.
"""

import textwrap
from pathlib import Path

from comparisons import (
    BOTH,
    DERIVATIVES,
    GRADIENT,
    HALF_CHEETAH_EPOCH,
    META_EPOCH,
    SG_MRL,
    SIMULATED,
    key,
)

ROOT = Path(__file__).resolve().parents[2]
NOT_MEASURED = "not measured"
SHOWN_PRECISIONS = ("single", "double")  # the peers' default comes first

# flop per environment and physics step, executed and needed, as counted in Docs/Benchmarks.md
FLOP = {"half-cheetah": (3770, 2010), "swimmer": (3170, 1610)}


class PageError(Exception):
    """A page lacks a marker."""


def rate(seconds, work):
    """Return physics steps per second, with separators."""
    return f"{work / seconds:,.0f}"


def milliseconds(seconds):
    """Return a time with its unit."""
    value = seconds * 1e3
    return f"{value:.2f} ms" if value < 100 else f"{value:.0f} ms"


def shown_ratio(row, work):
    """Return a row's ratio as text.

    If MetaTape is faster, a ratio of times is below 1 and a ratio of rates above 1.
    """
    return f"{1 / row['ratio']:.1f}" if work else f"{row['ratio']:.2f}"


def cells(row, work):
    """Return the cells of a row: both sides, their ratio, and the quartiles of the rounds' ratios."""

    def shown_side(part):
        if part is None:
            return NOT_MEASURED
        return rate(part["median"], work) if work else milliseconds(part["median"])

    shown = [shown_side(row["own"]), shown_side(row["other"])]
    if row["ratio"] is None:
        return [*shown, NOT_MEASURED, ""]
    low, high = row["perRound"]["lowerQuartile"], row["perRound"]["upperQuartile"]
    quartiles = f"{1 / high:.1f} … {1 / low:.1f}" if work else f"{low:.2f} … {high:.2f}"
    return [*shown, shown_ratio(row, work), quartiles]


def peer(row):
    """Return a row's peer and its method of computation."""
    if not row["note"]:
        return row["peer"]
    return f"{row['peer'].partition(',')[0]} {row['note']}"


def markdown(header, lines):
    """Return a Markdown table."""
    first, *others = ("| " + " | ".join(row) + " |" for row in (header, *lines))
    return "\n".join([first, "|---" * len(header) + "|", *others]).replace("|  |", "| |")


def table(comparisons):
    """Return the Markdown table of some comparisons in the same precision."""
    precision = comparisons[0]["precision"]
    unit = ", physics steps per second" if comparisons[0]["work"] else ""
    header = [
        "",
        "peer",
        f"MetaTape, {precision} precision{unit}",
        f"peer, {precision} precision{unit}",
        "ratio",
        "quartiles of the rounds' ratios",
    ]
    return markdown(
        header,
        [
            [row["name"], peer(row), *cells(row, comparison["work"])]
            for comparison in comparisons
            for row in comparison["rows"]
        ],
    )


def table_of_own_sides(comparison):
    """Return the Markdown table of a comparison of MetaTape with itself."""
    header = ["", "this", "compared with", "time of this", "time of the other", "ratio"]
    return markdown(
        [*header, "quartiles of the rounds' ratios"],
        [[row["name"], row["ownSide"], row["peer"], *cells(row, 0)] for row in comparison["rows"]],
    )


def facts(report):
    """Return the machine and the versions as a table."""
    machine, versions = report["machine"], report["versions"]
    shown = {
        "date": f"{report['date']}, {report['roundCount']} rounds",
        "processor": f"{machine['processor']}, {machine['cores']} cores",
        "vectors": machine.get("vectors"),
        "system": machine["system"],
        "BLAS of MetaTape": machine["blas"],
        "MetaTape": versions["metatape"],
        "earlier build": versions.get("before"),
        "peers": ", ".join(
            f"{name} {versions[package] or NOT_MEASURED}"
            for name, package in (
                ("JAX", "jax"),
                ("PyTorch", "torch"),
                ("MuJoCo", "mujoco"),
                ("EnvPool", "envpool"),
            )
        ),
    }
    return markdown(["measured on", ""], [[k, v] for k, v in shown.items() if v])


def operations_per_second(comparisons):
    """Return the sentence on GFLOPS at the rates of the table."""
    parts = []
    for model, flop in FLOP.items():
        comparison = comparisons.get(model)
        own = comparison and comparison["rows"][0]["own"]
        if not own:
            return f"Flop per second: {NOT_MEASURED}."
        executed, needed = (n * comparison["work"] / own["median"] / 1e9 for n in flop)
        parts.append(f"{executed:.1f} and {needed:.1f} GFLOPS ({model})")
    return f"At the rates above, flop executed and needed: {', '.join(parts)}."


def section(title, comparisons, draw=table):
    """Return a heading with the table of some comparisons, if they are measured."""
    known = [comparison for comparison in comparisons if comparison]
    return f"#### {title}\n\n{draw(known) if known else f'{NOT_MEASURED.capitalize()}.'}"


def processor_block(report):
    """Return all tables of a processor."""
    comparisons = report["comparisons"]
    sections = [f"### {report['machine']['processor']}", facts(report)]
    for title, kind in (
        ("Derivatives", DERIVATIVES),
        ("Meta-epochs of 2D navigation", META_EPOCH),
    ):
        for precision in SHOWN_PRECISIONS:
            parts = [comparisons.get(key(kind, precision))]
            sections.append(section(f"{title}, {precision} precision", parts))
    sections += [
        section(
            "Meta-epochs of the half-cheetah, both precisions of MetaTape",
            [comparisons.get(HALF_CHEETAH_EPOCH)],
            lambda known: table_of_own_sides(*known),
        ),
        section("Simulator, double precision", [comparisons.get(model) for model in SIMULATED]),
        operations_per_second(comparisons),
    ]
    return "\n\n".join(sections)


def fastest(report, name, row_name, program):
    """Return the ratio of a row to a peer's fastest method, as in the table; None if not measured."""
    comparison = report["comparisons"].get(name, {"rows": []})
    rows = [
        row
        for row in comparison["rows"]
        if row["name"] == row_name and row["peer"].startswith(program) and row["ratio"] is not None
    ]
    if not rows:
        return None
    return shown_ratio(min(rows, key=lambda row: row["other"]["median"]), comparison["work"])


def span(reports, name, row_name, program):
    """Return the range of a ratio over the processors, or None if none has measured it."""
    found = [fastest(report, name, row_name, program) for report in reports]
    known = sorted((ratio for ratio in found if ratio is not None), key=float)
    if not known:
        return None
    shown = known[0] if known[0] == known[-1] else f"{known[0]} to {known[-1]}"
    incomplete = len(known) < len(reports)
    return f"{shown} ({len(known)} of {len(reports)} processors)" if incomplete else shown


def headline(reports):
    """Return the sentence that compares with JAX, in its default precision and in double."""

    def sentence(precision, remark):
        ratios = {
            "a gradient": span(reports, key(DERIVATIVES, precision), GRADIENT, "JAX"),
            "a meta-epoch of 2D navigation": span(
                reports, key(META_EPOCH, precision), SG_MRL, "JAX"
            ),
        }
        parts = [f"{what} takes {ratio}" for what, ratio in ratios.items() if ratio]
        if not parts:
            return f"In {precision} precision{remark}, the comparison is {NOT_MEASURED}."
        return f"In {precision} precision{remark}, {' and '.join(parts)} of JAX's time."

    return f"{sentence('single', ', the default of JAX')} {sentence('double', '')}"


def wrapped(text, width=120, **indents):
    """Return a paragraph in lines that are not too long."""
    return textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False, **indents)


def claims(reports):
    """Return the paragraphs and the table of the README."""

    def simulator(what, program):
        return " and ".join(
            span(reports, model, f"{model}, {what}", program) or f"({NOT_MEASURED})"
            for model in FLOP
        )

    epoch = "SG-MRL meta-epoch of 2D navigation"
    ratios = markdown(
        ["time relative to", "single precision, the peers' default", "double precision"],
        [
            [
                f"{title}, {program}",
                *(
                    span(reports, key(kind, precision), row, program) or NOT_MEASURED
                    for precision in SHOWN_PRECISIONS
                ),
            ]
            for title, kind, row, program in (
                (GRADIENT, DERIVATIVES, GRADIENT, "JAX"),
                (GRADIENT, DERIVATIVES, GRADIENT, "PyTorch"),
                (BOTH, DERIVATIVES, BOTH, "JAX"),
                (BOTH, DERIVATIVES, BOTH, "PyTorch"),
                (epoch, META_EPOCH, SG_MRL, "JAX"),
            )
        ],
    )
    measured_on = [
        wrapped(
            f"- {report['machine']['processor']} with {report['machine']['cores']} cores and "
            f"{report['machine']['blas']}, on {report['date']}",
            subsequent_indent="  ",
        )
        for report in reports
    ]
    return "\n\n".join(
        [
            wrapped(headline(reports)),
            wrapped(
                "The ratios compare with each peer's fastest way, in the same precision and in "
                "interleaved runs. A range is over the processors:"
            ),
            "\n".join(measured_on),
            ratios,
            wrapped(
                "Derivatives: 4,000 samples, network 17-100-100-6, one core. Meta-epochs: two "
                "cores; JAX compiles the meta-epoch as a whole. Half-cheetah and swimmer make "
                f"{simulator('physics', 'MuJoCo')} times the physics steps of MuJoCo's rollout in "
                "the same time, whole environments "
                f"{simulator('whole environment', 'EnvPool')} times those of EnvPool (double "
                "precision, one core)."
            ),
        ]
    )


def blocks(reports):
    """Return the blocks between the markers, by page and name."""
    return {
        "Docs/Benchmarks.md": {"results": "\n\n".join(map(processor_block, reports))},
        "README.md": {"claims": claims(reports)},
    }


def replaced(text, name, block, kind="peers"):
    """Return a page's text with the block between the markers of a name replaced."""
    begin, end = f"<!-- {kind}: {name} -->\n", f"<!-- end of {kind} -->"
    before, marker, rest = text.partition(begin)
    _, found_end, after = rest.partition(end)
    if not marker or not found_end:
        raise PageError(f"has no place for {name!r}: put {begin.strip()} and {end} where it goes")
    return f"{before}{begin}{block}\n{end}{after}"


def updated(blocks_of_pages, root=ROOT, kind="peers"):
    """Return the pages' texts with their blocks inserted."""
    pages = {}
    for page, parts in blocks_of_pages.items():
        text = (root / page).read_text(encoding="utf-8")
        for name, block in parts.items():
            try:
                text = replaced(text, name, block, kind)
            except PageError as error:
                raise PageError(f"{page} {error}") from error
        pages[page] = text
    return pages


def write(blocks_of_pages, root=ROOT, kind="peers"):
    """Insert the blocks into the pages; return the names of the pages."""
    pages = updated(blocks_of_pages, root, kind)
    for page, text in pages.items():
        (root / page).write_text(text, encoding="utf-8")
    return list(pages)
