"""Writes the tables of Docs/Public-estimators.md from results.json.

Two lines mark each place on the page: `<!-- public: NAME -->` and `<!-- end of public -->`. NAME is
`versions`, `summary`, or the name of a package.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections import Counter
from pathlib import Path

from wrappers import DISCOUNTED, LOSSES, SUITE, WRAPPERS

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "Docs" / "Public-estimators.md"
SHOWN = ("bandit", "two states", "two inner steps", "early ends")  # problems of the suite
PREFERRED = ("maml", "sg-mrl", "lvc", "first-order-maml")  # where several are equal


def markdown(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines).replace("|  |", "| |")


def number(value: float) -> str:
    """A relative bias; below a billionth it is 0 up to rounding."""
    return "0" if abs(value) < 1e-9 else f"{value:.3g}" if value >= 0.001 else f"{value:.1e}"


def name_of(case: dict) -> str | None:
    """The known estimator that a problem's estimates equal."""
    equal = case.get("equals") or []
    return next((name for name in PREFERRED if name in equal), equal[0] if equal else None)


def equals(cases: list[dict]) -> str:
    """The known estimator, on how many problems, and the greatest factor's distance from 1."""
    shared = [n for n in PREFERRED if all(n in (c.get("equals") or []) for c in cases)]
    counts = Counter(name for name in map(name_of, cases) if name)
    if not shared and not counts:
        return "none"
    name = shared[0] if shared else counts.most_common(1)[0][0]
    having = [case for case in cases if name in (case.get("equals") or [])]
    scaled = any(abs(case.get("equality_factor", 1) - 1) > 1e-9 for case in having)
    text = f"`{name}`"
    if len(having) < len(cases):
        text += f" on {len(having)} of {len(cases)}"
    return text + (", scaled" if scaled else "")


def order(case: dict) -> str:
    value = case.get("order")
    return "–" if value is None else f"{value:.1f}".replace("-0.0", "0.0")


def verdict(cases: list[dict]) -> str:
    """Whether it is unbiased on all problems."""
    counts = Counter(case["verdict"] for case in cases)
    if len(counts) == 1:
        return cases[0]["verdict"]
    return ", ".join(f"{kind} on {count}" for kind, count in counts.items())


def suite_row(wrapper, run: dict) -> list[str]:
    first = [wrapper.called, wrapper.option or "nothing"]
    if "error" in run:
        return [*first, "not finite", *[""] * (len(SHOWN) + 2)]
    by_name = {case["problem"]: case for case in run["cases"]}
    shown = [number(by_name[name]["relative_bias"]) for name in SHOWN]
    orders = " / ".join(order(by_name[name]) for name in ("bandit", "two states"))
    return [*first, verdict(run["cases"]), *shown, orders, equals(run["cases"])]


def loss_row(wrapper, run: dict) -> list[str]:
    first = [wrapper.called, wrapper.option or "nothing"]
    if "error" in run:
        return [*first, "not finite", *[""] * 3]
    cells = []
    for case in run["cases"]:
        bias, sine = number(case["relative_bias"]), number(case["direction_error"])
        cells.append("0" if bias == "0" else f"{bias} ({case['factor']:.3g}, {sine})")
    return [*first, verdict(run["cases"]), *cells]


def package_tables(package: str, runs: dict) -> str:
    """The tables of a package."""
    parts = []
    for problems, row, header in (
        (
            SUITE,
            suite_row,
            ["called", "added", "verdict", *SHOWN, "order", "equals"],
        ),
        (
            LOSSES,
            loss_row,
            ["called", "added", "verdict", "discount 1", "discount 0.6", "one or two steps"],
        ),
    ):
        own = [w for w in WRAPPERS if w.package == package and problems in w.problems]
        if own:
            rows = [row(wrapper, runs[wrapper.key(problems)]) for wrapper in own]
            title = "As a meta-gradient:" if problems == SUITE else "Without inner steps:"
            parts.append(f"{title}\n\n{markdown(header, rows)}")
    return "\n\n".join(parts)


def summary(runs: dict, versions: dict) -> str:
    rows = []
    for wrapper in WRAPPERS:
        if wrapper.option not in ("", DISCOUNTED) or SUITE not in wrapper.problems:
            continue
        run = runs[wrapper.key(SUITE)]
        repaired = next(
            (
                runs[other.key(SUITE)]
                for other in WRAPPERS
                if other.file == wrapper.file
                and other.arguments == wrapper.arguments.split()[0] + " --fixed"
            ),
            None,
        )
        name = f"{wrapper.package} {versions[wrapper.package]}"
        if "error" in run:
            cells = ["not finite", "", "none"]
        else:
            biases = [case["relative_bias"] for case in run["cases"]]
            spread = f"{number(min(biases))} … {number(max(biases))}"
            cells = [verdict(run["cases"]), spread, equals(run["cases"])]
        called = ", ".join(filter(None, (wrapper.called, wrapper.option)))
        rows.append([name, called, *cells, verdict(repaired["cases"]) if repaired else "–"])
    header = ["package", "called", "verdict", "relative bias", "equals", "repaired"]
    return markdown(header, rows)


def main() -> None:
    results = json.loads((HERE / "results.json").read_text())
    runs, versions = results["runs"], results["versions"]
    listed = ", ".join(f"{name} {version}" for name, version in versions.items())
    tables = {
        "versions": textwrap.fill(f"Examined on {results['date']} with {listed}.", 120),
        "summary": summary(runs, versions),
    }
    tables |= {name: package_tables(name, runs) for name in {w.package for w in WRAPPERS}}

    def replaced(match: re.Match) -> str:
        return f"{match[1]}\n{tables[match[2]]}\n{match[3]}"

    pattern = r"(<!-- public: ([\w-]+) -->)\n.*?(<!-- end of public -->)"
    PAGE.write_text(re.sub(pattern, replaced, PAGE.read_text(), flags=re.DOTALL))


if __name__ == "__main__":
    main()
