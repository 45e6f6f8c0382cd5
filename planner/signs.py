"""Signs that nobody sees: in names that people type they are refused, in texts from elsewhere they are made visible."""

from __future__ import annotations

import unicodedata

_JOINING = frozenset("\u200c\u200d")
"""Signs without width that words of some scripts and composed pictures need."""
_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
INSTEAD = "\ufffd"


def unseen(sign: str) -> bool:
    """Whether a sign shows nothing by itself: controls, marks of direction, ends of lines, half signs."""
    return unicodedata.category(sign) in _HIDDEN and sign not in _JOINING


def visible(text: str, allowed: str = "") -> str:
    """The text with a mark in place of every sign that nobody would see."""
    return "".join(INSTEAD if sign not in allowed and unseen(sign) else sign for sign in text)


def shown(text: str, most: int = 200) -> str:
    """A text from elsewhere as one line that can be shown, its end cut."""
    seen = visible(text).strip()
    return seen if len(seen) <= most else seen[: most - 1] + "\u2026"
