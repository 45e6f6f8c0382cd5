"""What an install may leave out, and the sentence that says how to get it."""

from __future__ import annotations

from typing import Final, NamedTuple


class Extra(NamedTuple):
    """An extra of the package: what needs it, in words, and the modules that it brings."""

    needed: str
    modules: tuple[str, ...]


EXTRAS: Final = {
    "library": Extra("Keeping plans needs", ("planner.library", "sqlalchemy", "alembic")),
    "golden": Extra("Comparing with accepted figures needs", ("planner.golden", "pytest")),
    "app": Extra("The app needs", ("app", "streamlit", "altair")),
    "team": Extra("Signing in needs", ("authlib", "httpx")),
}
"""The extras by the name that pip knows; `pyproject.toml` says which packages bring those modules."""


def lacking(error: ModuleNotFoundError) -> str:
    """What to install for a module that was not found, in one sentence; blank where no extra brings it.

    >>> lacking(ModuleNotFoundError(name="sqlalchemy.orm"))
    "Keeping plans needs what this installation left out: pip install 'migration-planner[library]'."
    >>> lacking(ModuleNotFoundError(name="something else"))
    ''
    """
    for name, extra in EXTRAS.items():
        if any(f"{error.name}.".startswith(f"{module}.") for module in extra.modules):
            return f"{extra.needed} what this installation left out: pip install 'migration-planner[{name}]'."
    return ""
