"""Examines every wrapper with `metatape certify --external` and keeps the verdicts.

    python certify.py PROGRAM [--only TEXT]

`results.json` keeps what Docs/Public-estimators.md shows; write-page.py writes its tables. A
program that ends with an error has its message instead of verdicts. `--only` examines the wrappers
whose command contains a text and keeps the others' verdicts.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

from wrappers import LOSSES, WRAPPERS

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results.json"
EXTERNAL = HERE.parents[1] / "Docs" / "Examples" / "External"
KEPT = (
    "problem",
    "verdict",
    "relative_bias",
    "factor",
    "direction_error",
    "order",
    "equals",
    "equality_factor",
    "tolerance",
)
PACKAGES = (
    *("higher", "learn2learn", "torchmeta", "torchopt", "cherry-rl", "rlax", "torchrl"),
    *("torch", "jax", "numpy"),
)
LEARN2LEARN = "0.2.0"  # its files are copied and have no metadata


def shortened(value):
    """Six digits are more than the page shows."""
    return float(f"{value:.6g}") if isinstance(value, float) else value


def examined(program: str, wrapper, problems: str) -> dict:
    """The verdicts on a wrapper."""
    file = HERE / "wrappers" / wrapper.file
    command = [sys.executable, "-W", "ignore", str(file), *wrapper.arguments.split()]
    which = ["--mdp", str(HERE / "losses.json")] if problems == LOSSES else ["--suite"]
    environment = dict(os.environ, PYTHONPATH=str(EXTERNAL), OMP_NUM_THREADS="1")
    result = subprocess.run(
        [program, "certify", "--external", shlex.join(command), *which, "--json"],
        capture_output=True,
        text=True,
        env=environment,
    )
    try:
        report = json.loads(result.stdout)
    except json.JSONDecodeError:
        lines = result.stderr.strip().splitlines()
        line = next((line for line in lines if "metatape:" in line), lines[-1])
        return {"error": line.partition(" Its standard error")[0]}
    return {
        "passed": report["passed"],
        "cases": [
            {key: shortened(case[key]) for key in KEPT if key in case}
            for case in report["cases"]
        ],
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    runs = json.loads(RESULTS.read_text())["runs"] if RESULTS.exists() else {}
    keys = [(wrapper, problems) for wrapper in WRAPPERS for problems in wrapper.problems]
    runs = {w.key(p): runs[w.key(p)] for w, p in keys if w.key(p) in runs}
    for wrapper, problems in keys:
        key = wrapper.key(problems)
        if options.only in key:
            print(key, flush=True)
            runs[key] = examined(options.program, wrapper, problems)
    versions = {
        name: LEARN2LEARN if name == "learn2learn" else version(name).partition("+")[0]
        for name in PACKAGES
    }
    head = json.dumps({"date": date.today().isoformat(), "versions": versions})
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(run)}" for key, run in runs.items())
    RESULTS.write_text(f'{head[:-1]}, "runs": {{\n{lines}\n}}}}\n')  # a line for each run


if __name__ == "__main__":
    main()
