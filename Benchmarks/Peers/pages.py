"""The tables of Docs/Benchmarks.md and the claims of README.md, generated from the results.

Two lines mark each place on a page: ``<!-- peers: NAME -->`` and ``<!-- end of peers -->``.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).resolve().parent / "results.json"
NOT_MEASURED = "not measured"
END = "<!-- end of peers -->"

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


def cells(row, work):
    """Return the cells of a row: both sides, their ratio, and the quartiles of the rounds' ratios.

    If MetaTape is faster, a ratio of times is below 1 and a ratio of rates above 1.
    """

    def shown_side(part):
        if part is None:
            return NOT_MEASURED
        return rate(part["median"], work) if work else milliseconds(part["median"])

    shown = [shown_side(row["own"]), shown_side(row["other"])]
    if row["ratio"] is None:
        return [*shown, NOT_MEASURED, ""]
    ratio = row["ratio"]
    low, high = row["perRound"]["lowerQuartile"], row["perRound"]["upperQuartile"]
    if work:
        return [*shown, f"{1 / ratio:.1f}", f"{1 / high:.1f} … {1 / low:.1f}"]
    return [*shown, f"{ratio:.2f}", f"{low:.2f} … {high:.2f}"]


def peer(row):
    """Return a row's peer and its method of computation."""
    return f"{row['peer'].partition(',')[0]} {row['note']}".strip()


def table(comparisons):
    """Return the Markdown table of some comparisons."""
    unit = ", physics steps per second" if comparisons[0]["work"] else ""
    lines = [
        f"| | peer | MetaTape{unit} | peer{unit} | ratio | quartiles of the rounds' ratios |",
        "|---|---|---|---|---|---|",
    ]
    for comparison in comparisons:
        for row in comparison["rows"]:
            line = " | ".join([row["name"], peer(row), *cells(row, comparison["work"])])
            lines.append(f"| {line} |".replace("|  |", "| |"))
    return "\n".join(lines)


def claim(comparison, name, program):
    """Return the ratio to a peer's fastest method, as in the table, for a sentence."""
    rows = [
        row
        for row in comparison["rows"]
        if row["name"] == name and row["peer"].startswith(program) and row["ratio"] is not None
    ]
    if not rows:
        return f"({NOT_MEASURED})"
    return cells(min(rows, key=lambda row: row["other"]["median"]), comparison["work"])[2]


def facts(report):
    """Return the machine and the versions as a table."""
    machine, versions = report["machine"], report["versions"]
    shown = {
        "date": f"{report['date']}, {report['roundCount']} rounds",
        "processor": f"{machine['processor']}, {machine['cores']} cores",
        "system": machine["system"],
        "BLAS of MetaTape": machine["blas"],
        "MetaTape": versions["metatape"],
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
    lines = ["| measured on | |", "|---|---|", *(f"| {k} | {v} |" for k, v in shown.items())]
    return "\n".join(lines)


def operations_per_second(comparisons):
    """Return the sentence on GFLOPS at the rates of the table."""
    parts = []
    for model, flop in FLOP.items():
        comparison = comparisons[model]
        own = comparison["rows"][0]["own"]
        if own is None:
            return f"Flop per second: {NOT_MEASURED}."
        executed, needed = (n * comparison["work"] / own["median"] / 1e9 for n in flop)
        parts.append(f"{executed:.1f} and {needed:.1f} GFLOPS ({model})")
    return f"At the rates above, executed and needed: {', '.join(parts)}."


def claims(report):
    """Return the sentences of the README."""
    derivatives = report["comparisons"]["derivatives"]
    epochs = report["comparisons"]["meta-epoch"]

    def simulator(what, peer):
        return " and ".join(
            claim(report["comparisons"][model], f"{model}, {what}", peer) for model in FLOP
        )

    gradient, both = (
        [claim(derivatives, name, peer) for peer in ("JAX", "PyTorch")]
        for name in ("gradient", "gradient and Hessian-vector product")
    )
    machine = report["machine"]
    return f"""\
Ratios of one interleaved run on {report['date']}, against each peer's fastest way, on \
{machine['processor']} with {machine['cores']} cores
and {machine['blas']}:

- a gradient takes {gradient[0]} times as long as in JAX and {gradient[1]} times as long as in \
PyTorch, gradient and
  Hessian-vector product together {both[0]} and {both[1]} times (double precision, 4,000 samples, \
17-100-100-6, one core);
- a meta-epoch of 2D navigation takes {claim(epochs, 'SG-MRL', 'JAX')} times as long as in JAX, \
which compiles it as a whole (two cores);
- half-cheetah and swimmer make {simulator('physics', 'MuJoCo')} times the physics steps of \
MuJoCo's rollout in the same time,
  whole environments {simulator('whole environment', 'EnvPool')} times those of EnvPool (one \
core)."""


def blocks(report):
    """Return the blocks between the markers, by page and name."""
    comparisons = report["comparisons"]
    return {
        "Docs/Benchmarks.md": {
            "machine": facts(report),
            "derivatives": table([comparisons["derivatives"]]),
            "meta-epochs": table([comparisons["meta-epoch"]]),
            "simulator": table([comparisons[model] for model in FLOP]),
            "flop": operations_per_second(comparisons),
        },
        "README.md": {"claims": claims(report)},
    }


def replaced(text, name, block):
    """Return a page's text with the block between the markers of a name replaced."""
    begin = f"<!-- peers: {name} -->\n"
    before, marker, rest = text.partition(begin)
    _, end, after = rest.partition(END)
    if not marker or not end:
        raise PageError(f"has no place for {name!r}: put {begin.strip()} and {END} where it goes")
    return f"{before}{begin}{block}\n{END}{after}"


def updated(report, root=ROOT):
    """Return the pages' texts with the results inserted."""
    pages = {}
    for page, parts in blocks(report).items():
        text = (root / page).read_text(encoding="utf-8")
        for name, block in parts.items():
            try:
                text = replaced(text, name, block)
            except PageError as error:
                raise PageError(f"{page} {error}") from error
        pages[page] = text
    return pages


def write(report, root=ROOT):
    """Write the results into the pages; return the names of the pages."""
    pages = updated(report, root)
    for page, text in pages.items():
        (root / page).write_text(text, encoding="utf-8")
    return list(pages)
