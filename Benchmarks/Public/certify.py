"""Examines every wrapper with `metatape certify --external` and keeps the verdicts.

    python certify.py PROGRAM [--only TEXT]

`results.json` keeps what Docs/Public-estimators.md shows; write-page.py writes its tables. A program
that ends with an error has its last line instead of verdicts. `--only` examines the wrappers whose
command contains a text and keeps the others' verdicts.
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
    "step_factor",
    "tolerance",
    "pairs",
)
PACKAGES = (
    *("higher", "learn2learn", "torchmeta", "torchopt", "cherry-rl", "rlax", "torchrl"),
    *("torch", "jax", "numpy"),
)
LEARN2LEARN = "0.2.0"  # its files are copied and have no metadata


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
        return {"error": next((line for line in lines if "metatape:" in line), lines[-1])}
    return {
        "passed": report["passed"],
        "equals": report["equals"],
        "cases": [
            {key: case[key] for key in KEPT if key in case}
            | {"findings": [finding["kind"] for finding in case["findings"]]}
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
    written = {"date": date.today().isoformat(), "versions": versions, "runs": runs}
    RESULTS.write_text(json.dumps(written, indent=1) + "\n")


if __name__ == "__main__":
    main()
