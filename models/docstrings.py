"""Keeps docstrings where Python drops them (python -OO): Pyomo needs them to load, help and manual are made of ours."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

PACKAGES = ("pyomo", "planner", "models", "app")


class _Whole(SourceFileLoader):
    """Compiles a module with its docstrings, whatever Python was told; assertions are dropped as with -O."""

    def get_code(self, fullname: str) -> CodeType | None:
        """Compile the source, without the cache of modules that lost theirs."""
        path = self.get_filename(fullname)
        code: CodeType = compile(self.get_data(path), path, "exec", dont_inherit=True, optimize=1)
        return code


class _Finder(MetaPathFinder):
    """Finds the modules of some packages as Python does, and has them compiled whole."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Leave every other package to Python."""
        if fullname.partition(".")[0] not in PACKAGES:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Whole(spec.loader.name, spec.loader.path)
        return spec


def keep() -> None:
    """See to it once, before Pyomo is loaded; does nothing where docstrings are kept anyway."""
    if sys.flags.optimize >= 2 and not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
