"""Changes that undo themselves: what is inside a `with` sees another model, what comes after sees the one before.

Scopes may lie in one another; each puts back what it found. What HiGHS keeps from the last run (a basis, a plan) is not
put back: only the model is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import numpy as np

from models.matrix import Floats, Integers
from planner.solver.loaded import LoadedModel, Terms
from planner.solver.session import Session


def bounded_columns(
    model: LoadedModel, columns: Integers, lower: Floats, upper: Floats
) -> AbstractContextManager[None]:
    """Give some columns other bounds (the same value below and above fixes them)."""
    return _bounded(model.column_bounds, model.bound_columns, columns, lower, upper)


def bounded_rows(model: LoadedModel, rows: Integers, lower: Floats, upper: Floats) -> AbstractContextManager[None]:
    """Give some rows other bounds."""
    return _bounded(model.row_bounds, model.bound_rows, rows, lower, upper)


@contextmanager
def _bounded(
    bounds: Callable[[], tuple[Floats, Floats]],
    bound: Callable[[Integers, Floats, Floats], None],
    numbers: Integers,
    lower: Floats,
    upper: Floats,
) -> Iterator[None]:
    """Other bounds of some columns or rows, and then those that were there."""
    was_lower, was_upper = bounds()
    bound(numbers, lower, upper)
    try:
        yield
    finally:
        bound(numbers, was_lower[numbers], was_upper[numbers])


@contextmanager
def added_row(model: LoadedModel, terms: Terms, lower: float, upper: float) -> Iterator[int]:
    """Add a row, which must still be the last one at the end; yields its number."""
    row = model.add_terms(terms, lower, upper)
    try:
        yield row
    finally:
        model.delete_row(row)


@contextmanager
def costed(model: LoadedModel, cost: Floats, offset: float = 0.0) -> Iterator[None]:
    """Seek another objective."""
    before, shift = model.costs(), model.offset
    model.set_cost(cost, offset)
    try:
        yield
    finally:
        model.set_cost(before, shift)


@contextmanager
def relaxed(session: Session) -> Iterator[None]:
    """Let integer columns take any value between their bounds."""
    integer = session.integer
    session.relax()
    try:
        yield
    finally:
        session.relax(relaxed=not integer)


@contextmanager
def fixed_integers(session: Session, values: Floats) -> Iterator[None]:
    """Fix every integer column at its rounded value: a linear programme inside, the search outside."""
    integer = np.flatnonzero(session.matrix.integer).astype(np.int32)
    at = np.round(values[integer])
    with relaxed(session), bounded_columns(session, integer, at, at):
        yield
