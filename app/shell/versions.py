"""Which versions answer: of the app and its parts, and of the code that makes plans."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import version

from app.session.store import code_mark
from planner import __version__


@cache
def versions() -> dict[str, str]:
    """Versions by name; `model` is the hash of the code that makes plans: equal hashes make equal plans."""
    parts = {name: version(name) for name in ("highspy", "pyomo", "streamlit")}
    return {"app": __version__, "model": code_mark()[:12], **parts, "python": platform.python_version()}
