"""The Python code of the pages runs, block after block."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from conftest import REPOSITORY, needs_library

pytest.importorskip("gymnasium")

DATA = Path(__file__).with_name("data")
DOCUMENTS = REPOSITORY / "Docs"

pytestmark = [
    needs_library,
    pytest.mark.skipif(not DOCUMENTS.exists(), reason="the pages are not here"),
]


def run_page(page: str, folder: Path, **changes: str) -> None:
    """Runs the blocks of a page in one namespace, with some texts replaced."""
    text = (DOCUMENTS / page).read_text(encoding="utf-8")
    namespace: dict[str, object] = {"__name__": "page"}
    blocks = list(re.finditer(r"^```python\n(.*?)^```$", text, re.S | re.M))
    assert blocks
    for block in blocks:
        code = block[1]
        for old, new in changes.items():
            code = code.replace(old, new)
        line = text.count("\n", 0, block.start()) + 1
        # so that the lines of a traceback are those of the page
        exec(compile("\n" * line + code, str(DOCUMENTS / page), "exec"), namespace)


def test_the_page(tmp_path, monkeypatch, capsys):
    shutil.copytree(DATA / "run", tmp_path / "runs" / "quickstart")
    shutil.copy(DATA / "episodes.npz", tmp_path)
    monkeypatch.chdir(tmp_path)
    run_page("Python.md", tmp_path)
    assert "PASSED: SG-MRL in NumPy" in capsys.readouterr().out


def test_the_tutorial(tmp_path, monkeypatch, capsys):
    pytest.importorskip("torch")
    page = "Tutorials/Train-in-Python.md"
    text = (DOCUMENTS / page).read_text(encoding="utf-8")
    assert "iterations = 80" in text and "count, steps = 64, 200" in text
    monkeypatch.chdir(tmp_path)
    changes = {
        "iterations = 80": "iterations = 2",
        "count, steps = 64, 200": "count, steps = 8, 20",
    }
    run_page(page, tmp_path, **changes)
    assert "backwards" in capsys.readouterr().out
