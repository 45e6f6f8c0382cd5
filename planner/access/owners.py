"""Who a person is outside a browser."""

from __future__ import annotations

import getpass

NOBODY = "local"
"""The owner where the system knows no name."""


def same_owner(text: str) -> str:
    """A name without capital letters; no sign becomes two, and none that is not of ASCII becomes one that is.

    So the sign for kelvin stays apart from k, and the sharp s from ss: they may be the names of two people.
    """
    small = [(sign, sign.lower()) for sign in text]
    return "".join(low if sign.isascii() or (len(low) == 1 and not low.isascii()) else sign for sign, low in small)


def this_user() -> str:
    """Name of the operating system's user; :data:`NOBODY` where it has none (some containers)."""
    try:
        return same_owner(getpass.getuser().strip()) or NOBODY
    except (OSError, KeyError, ImportError):
        return NOBODY
