"""Who a person is outside a browser."""

from __future__ import annotations

import getpass

NOBODY = "local"
"""The owner where the system knows no name."""


def this_user() -> str:
    """Name of the operating system's user; :data:`NOBODY` where it has none (some containers)."""
    try:
        return getpass.getuser().strip().casefold() or NOBODY
    except (OSError, KeyError, ImportError):
        return NOBODY
