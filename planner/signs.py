"""Signs that cannot be seen, or that give orders to a terminal: shown as marks wherever a text is printed."""

from __future__ import annotations

import re

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
