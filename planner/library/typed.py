"""What stands in the library's loose fields, each value of its kind or left away: a damaged row harms only itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

MOST_LETTERS = 10_000
MOST_LISTED = 5_000
DAMAGED = "damaged"
"""Key of a field that could not be read at all."""


def _text(value: object) -> bool:
    """A text."""
    return isinstance(value, str) and len(value) <= MOST_LETTERS


def _figure(value: object) -> bool:
    """A figure that can be compared."""
    return type(value) in (int, float) and math.isfinite(value)  # type: ignore[arg-type]


def _figure_or_none(value: object) -> bool:
    """A figure, or nothing."""
    return value is None or _figure(value)


def _texts(value: object) -> bool:
    """A list of texts."""
    return isinstance(value, list | tuple) and len(value) <= MOST_LISTED and all(map(_text, value))


def _flag(value: object) -> bool:
    """Yes, no or nothing."""
    return value is None or type(value) is bool


def _figures(value: object) -> bool:
    """Figures by name."""
    return isinstance(value, Mapping) and all(map(_text, value)) and all(map(_figure, value.values()))


def _words(value: object) -> bool:
    """Texts by name."""
    return isinstance(value, Mapping) and all(map(_text, value)) and all(map(_text, value.values()))


RESULTS: Mapping[str, Callable[[object], bool]] = {
    "status": _text, "objective": _figure_or_none, "gap": _figure_or_none, "verified": _flag, "case": _text,
    "grid": _text, "scenario": _text, "changes": _texts, "versions": _words, "solved_at": _text, "outcomes": _figures,
}  # fmt: skip
SETTINGS: Mapping[str, Callable[[object], bool]] = {
    "scenario": _text, "grid": _text, "gap": _figure, "sets": _texts, "key": _text, "origin": _text, "remake": _text,
    "kind": _text, "imported": _flag,
}  # fmt: skip


def sorted_out(value: object, kinds: Mapping[str, Callable[[object], bool]]) -> tuple[dict[str, Any], list[str]]:
    """A field with what is of its kind, other keys as they are; and the names of what is not, which are left away."""
    if not isinstance(value, Mapping):
        return {}, ["all of it"]
    if DAMAGED in value and len(value) == 1:
        return {}, ["all of it"]
    wrong = [str(name) for name, sound in kinds.items() if name in value and not sound(value[name])]
    return {name: one for name, one in value.items() if name not in wrong}, wrong


def settings_from(value: Mapping[str, Any]) -> dict[str, Any]:
    """Settings that came in a file: those that are known and of their kind, nothing else."""
    found, _ = sorted_out(value, SETTINGS)
    return {name: one for name, one in found.items() if name in SETTINGS}
