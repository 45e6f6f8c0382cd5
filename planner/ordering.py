"""The one rule for what is first, nearest, largest or equal, so that no last bit of a figure decides what is told.

Figures are put on steps about a millionth of themselves apart; figures on one step are the same, and those below
:data:`NOUGHT` are nought. Among things whose figures are the same the case's own order decides: the order of sheets,
rows and periods, or of names where things have no rows. Steps are cut on a logarithmic scale at places that no round
figure meets, so two results that differ only by the rounding of another processor lie on one step; and since a step is
a property of one figure, being the same is transitive, however many figures stand close together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

ItemT = TypeVar("ItemT")
Floats = npt.NDArray[np.float64]

NOUGHT = 1e-9
"""Figures below this are nought when things are put in order."""
STEPS = 2.0**20
"""Steps for each doubling of a figure: neighbours are 6.6e-7 of it apart."""
OFFSET = 0.381966
"""Where the steps are cut: no figure that people write lies on a cut."""


def place(value: float) -> float:
    """Step on which a figure lies, a whole number (infinite for infinities); larger figures lie on no lower steps."""
    size = abs(value)
    if not size > NOUGHT:  # not a number too
        return 0.0
    if math.isinf(size):
        return value
    step = math.floor((math.log2(size) - math.log2(NOUGHT)) * STEPS + OFFSET) + 1.0
    return math.copysign(step, value)


def places(values: Any) -> Floats:
    """:func:`place` of every figure; anything that has an order in the rule can be sorted by these."""
    return np.array([place(float(v)) for v in values], dtype=float)


def steps(column: Any) -> Any:
    """:func:`place` of a column of a table, for `sort_values(key=steps)`; text and what is missing stay as they are."""
    return column.map(place, na_action="ignore") if getattr(column.dtype, "kind", "") == "f" else column


def same(one: float, other: float) -> bool:
    """Whether two figures count as equal where things are put in order."""
    return place(one) == place(other)


def ranked(
    items: Iterable[ItemT], value: Callable[[ItemT], float], name: Callable[[ItemT], Any] | None = None
) -> list[ItemT]:
    """Items with the largest value first; equal ones by name, or in the order in which they came."""
    if name is None:
        return sorted(items, key=lambda item: -place(value(item)))
    return sorted(items, key=lambda item: (-place(value(item)), name(item)))


def first_of(
    items: Iterable[ItemT], value: Callable[[ItemT], float], name: Callable[[ItemT], Any] | None = None
) -> ItemT | None:
    """The item with the largest value; of equal ones the first by name, or the one that came first. None of none."""
    found = ranked(items, value, name)
    return found[0] if found else None


def largest(values: Sequence[float] | Floats) -> int:
    """Number of the largest figure; of equal ones the first. There has to be one."""
    return int(np.argmax(places(values)))


def smallest(values: Sequence[float] | Floats) -> int:
    """Number of the smallest figure; of equal ones the first. There has to be one."""
    return int(np.argmin(places(values)))
