"""Empty modules in the place of packages that an import asks for and the wrapped code never uses.

learn2learn, cherry-rl and torchmeta import simulators, image data sets or compiled data loaders
with their first line. Every name of a stand-in is an empty class, and calling it does nothing.
"""

from __future__ import annotations

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class Names(type):
    """The kind of a class that has every name."""

    def __getattr__(cls, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return Names(name, (), {})

    def __call__(cls, *arguments, **options):
        return cls


class StandIn(ModuleType):
    """A module that has every name."""

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return Names(name, (), {})


class Finder(MetaPathFinder, Loader):
    """Finds the modules below some names."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names

    def find_spec(self, name, path, target=None):
        if any(name == own or name.startswith(own + ".") for own in self.names):
            return ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return StandIn(spec.name)

    def exec_module(self, module) -> None:
        pass


def replace(*names: str) -> None:
    """Replaces these modules and all below them."""
    sys.meta_path.insert(0, Finder(names))
