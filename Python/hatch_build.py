"""Puts the shared library into the wheel: METATAPE_LIBRARY=…/libmetatape.so python -m build -w"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):
    """Adds the file that METATAPE_LIBRARY names as `metatape/libmetatape.so`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":  # the library is found by METATAPE_LIBRARY
            return
        named = os.environ.get("METATAPE_LIBRARY")
        if not named or not Path(named).is_file():
            raise RuntimeError(
                "Set METATAPE_LIBRARY to the path of libmetatape.so, "
                f"which the wheel contains; it is {named!r}."
            )
        build_data["force_include"][str(Path(named).resolve())] = "metatape/libmetatape.so"
        license = Path(self.root).parent / "LICENSE"
        if license.is_file():
            build_data["force_include"][str(license)] = "metatape/LICENSE"
        build_data["pure_python"] = False
        build_data["tag"] = "py3-none-linux_x86_64"
