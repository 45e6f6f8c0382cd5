"""How checks of meaning word their findings."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from planner.case.problems import Problem
from planner.decimals import decimal
from planner.ordering import even
from planner.sheets import Row
from planner.sheets.address import Address

TINY = 1e-9
"""Rounding that nobody means."""


def error(row: Row, field: str, check: str, found: str, mend: str, hint: str = "") -> Problem:
    """Make an error that stands at a cell of a row."""
    return Problem(check, "error", row.at(field), found, mend, row.id, hint)


def warning(row: Row, field: str, check: str, found: str, mend: str, hint: str = "") -> Problem:
    """Make a warning that stands at a cell of a row."""
    return Problem(check, "warning", row.at(field), found, mend, row.id, hint)


def conflict(row: Row, field: str, check: str, found: str, mend: str) -> Problem:
    """Make a finding about what arithmetic shows to be impossible, at a cell of a row."""
    return Problem(check, "conflict", row.at(field), found, mend, row.id)


ENDLESS = 1e15
"""Figures from here on are written with a power of ten: their digits would fill lines."""
TYPED = 9
"""Significant digits that somebody may have typed; a figure with more of them was reckoned."""


def amount(value: float) -> str:
    """Write a figure as people do: thousands apart, and as it was typed; one that was reckoned with four digits."""
    if abs(value) >= ENDLESS:
        return f"{value:.3g}"
    if math.isclose(value, float(f"{value:.{TYPED}g}"), rel_tol=1e-12):
        return decimal(value, TYPED)
    return _rounded(even(value), 0)


def amounts(one: float, other: float) -> tuple[str, str]:
    """Two figures that are held against each other, with as many digits as it takes to tell them apart."""
    for digits in (0, 6, 9, 12, 15):
        told = _rounded(one, digits), _rounded(other, digits)
        if told[0] != told[1]:
            break
    return told


def _rounded(value: float, digits: int) -> str:
    """A figure with so many significant digits; 0: as many as are usual."""
    if digits:
        return decimal(value, digits)
    return f"{value:,.0f}" if abs(value) >= 1000.0 else decimal(value, 4)


def millions(value: float) -> str:
    """Write USD million."""
    return f"{amount(value)} million USD"


def exceeds(asked: float, given: float) -> bool:
    """Whether one figure is certainly above another: by more than rounding."""
    return asked > given + max(1e-6, 1e-6 * abs(given))


def stated(row: Row, field: str) -> bool:
    """Whether a cell was filled in, and not left to its default."""
    return field not in row.defaulted


def cycles(arrows: dict[str, Iterable[str]]) -> list[list[str]]:
    """Closed ways along arrows, each once, written from its first name in the alphabet: ['a', 'b'] for a -> b -> a."""
    found: dict[frozenset[str], list[str]] = {}
    done: set[str] = set()

    def walk(name: str, way: list[str]) -> None:
        if name in way:
            ring = way[way.index(name) :]
            first = ring.index(min(ring))
            found.setdefault(frozenset(ring), ring[first:] + ring[:first])
            return
        if name in done:
            return
        for following in sorted(arrows.get(name, ())):
            walk(following, [*way, name])
        done.add(name)

    for name in sorted(arrows):
        walk(name, [])
    return [found[ring] for ring in sorted(found, key=sorted)]


def address_of(origin: str) -> Address:
    """Read an address that was written as 'Staff!D7'."""
    found = re.fullmatch(r"(.+)!([A-Z]+)(\d+)", origin)
    return Address(found[1], int(found[3]), found[2]) if found else Address(origin)
