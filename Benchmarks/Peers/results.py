"""The results files: one for each processor, named after it."""

import json
import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "results"


def slug(processor):
    """Return a processor's name as the name of a file."""
    plain = re.sub(r"\((r|tm)\)", "", processor.lower())
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def load_all(folder=FOLDER):
    """Return the reports of all processors, in the order of their files' names."""
    return [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]


def save(report, folder=FOLDER):
    """Write a report to the file of its processor; return the path."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{slug(report['machine']['processor'])}.json"
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return path
