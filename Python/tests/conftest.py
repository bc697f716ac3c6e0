"""The library that is tested: METATAPE_LIBRARY, or what `make wheel` left in the repository."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
BUILT = REPOSITORY / ".build-wheel" / "libmetatape.so"

try:
    import metatape
except ImportError:  # not installed: the sources
    sys.path.insert(0, str(REPOSITORY / "Python" / "src"))
    import metatape

SOURCES = Path(metatape.__file__).resolve().parents[1]  # for other processes

if not Path(metatape.__file__).with_name("libmetatape.so").exists() and BUILT.exists():
    os.environ.setdefault("METATAPE_LIBRARY", str(BUILT))

from metatape._library import library_path  # noqa: E402

needs_library = pytest.mark.skipif(
    not library_path().exists(), reason="libmetatape.so is not built"
)


@pytest.fixture
def rng():
    import numpy as np

    return np.random.default_rng(0)
