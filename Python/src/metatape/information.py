"""What the library has, and how it was built."""

from __future__ import annotations

from typing import Any

from ._library import library


def catalog() -> dict[str, Any]:
    """Tasks, policies, estimators, presets and models, with the options of each."""
    document: dict[str, Any] = library().document("catalog")
    return document


def build() -> dict[str, Any]:
    """The version, the processor and BLAS."""
    document: dict[str, Any] = library().document("build")
    return document
