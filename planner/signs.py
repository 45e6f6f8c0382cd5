"""Signs that cannot be seen, that give orders to a terminal, or that look like others: shown, left out, or named."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

from planner.wording.lists import in_a_row

_ORDERS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Control signs but tab and line end, line separators, signs that turn the direction, lone surrogates, tags."""


def visible(text: str) -> str:
    """A text in which signs that would steer a terminal or turn its reading around stand as marks: <U+001B>."""
    return _ORDERS.sub(lambda found: f"<U+{ord(found[0]):04X}>", text)


def json_safe(text: str) -> str:
    r"""JSON in which such signs stand as \u001b, so that it means the same and can be printed."""
    return _ORDERS.sub(lambda found: _escaped(ord(found[0])), text)


def _escaped(number: int) -> str:
    """A sign as JSON writes it."""
    if number < 0x10000:
        return f"\\u{number:04x}"
    rest = number - 0x10000
    return f"\\u{0xD800 + (rest >> 10):04x}\\u{0xDC00 + (rest & 0x3FF):04x}"


INVISIBLE = dict.fromkeys(
    (0xAD, 0x34F, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F, 0xFEFF, *range(0x2060, 0x2070), *range(0x202A, 0x202F)), ""
)
"""Soft hyphens, zero-width blanks, direction marks: no part of a name, whatever program left them there."""
_JOINERS = {0x200C: "", 0x200D: ""}
_LIKE = str.maketrans(
    dict.fromkeys((*range(0x2010, 0x2016), 0x2212, 0xFE63, 0xFF0D), "-")
    | dict.fromkeys((*range(0x2018, 0x201C), 0x2032, 0x2BC, 0xB4, 0x60), "'")
    | dict.fromkeys((*range(0x201C, 0x2020), 0x2033), '"')
    | dict(zip("авекмнорстухіјѕԁԛԝһӏ", "abekmhopctyxijsdqwhl", strict=True))
    | dict(zip("αβεικνορτυχ", "abeikvoptux", strict=True))
)
"""Cyrillic and Greek letters, dashes and quotes that look like one of the keyboard."""
MOST_NAMED = 3


def one_name(text: str) -> str:
    """A name as it is compared and kept: accents in one piece (NFC), without signs that cannot be seen."""
    return text if text.isascii() else unicodedata.normalize("NFC", text.translate(INVISIBLE))


def looks(text: str) -> str:
    """What a name looks like: two names that look the same have the same."""
    plain = unicodedata.normalize("NFKC", one_name(text).translate(_JOINERS)).casefold().translate(_LIKE)
    return " ".join(plain.split())


def twin(name: str, known: Iterable[str]) -> str:
    """The first known name, in alphabetical order, that looks the same; '' if none does."""
    seen = looks(name)
    return next((other for other in sorted(known) if looks(other) == seen), "")


def difference(name: str, known: str) -> str:
    """The signs in which two names differ that look the same, in words; '' where they do not look the same, or are."""
    if not known or name.casefold() == known.casefold() or looks(name) != looks(known):
        return ""
    parts = []
    for kind, a, b, c, d in SequenceMatcher(None, name, known, autojunk=False).get_opcodes():
        if kind != "equal":
            parts.append(" for ".join(_named(part) for part in (name[a:b], known[c:d]) if part) or "nothing")
    told = in_a_row(parts, MOST_NAMED, between="; ")
    return f"It looks like '{known}' and is written with other signs: {told}."


def _named(signs: str) -> str:
    """Signs by their names: Cyrillic small letter o (U+043E)."""
    return ", ".join(
        f"{unicodedata.name(sign, 'a sign without a name').capitalize()} (U+{ord(sign):04X})" for sign in signs
    )


_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
INSTEAD = "\ufffd"
"""What stands on a page in place of a sign that nobody would see."""


def unseen(sign: str) -> bool:
    """Whether a sign shows nothing by itself: controls, marks of direction, ends of lines, half signs.

    The two signs that join or part letters without width are none: words of some scripts need them.
    """
    return unicodedata.category(sign) in _HIDDEN and ord(sign) not in _JOINERS


def replaced(text: str, allowed: str = "") -> str:
    """The text with a mark in place of every sign that nobody would see, but for those that are allowed."""
    return "".join(INSTEAD if sign not in allowed and unseen(sign) else sign for sign in text)


def shown(text: str, most: int = 200) -> str:
    """A text from elsewhere as one line that can be shown, its end cut."""
    seen = replaced(text).strip()
    return seen if len(seen) <= most else seen[: most - 1] + "\u2026"
