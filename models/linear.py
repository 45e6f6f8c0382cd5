"""Linear forms in natural units, and the model as a solver sees it: columns and rows that were read from Pyomo.

A solver holds columns divided by their scale (people in thousands, money in millions). Forms are written in natural
units, so that an equation in the code reads like the equation on paper; only what they keep per column is per unit of
the solver's column.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from models.grid import Grid
from models.network import Network

ZERO = 1e-12
"""Coefficients below this, for one unit of a column, are noise of the lag integrals and are dropped."""

BY_HAND = "added"
"""Family of rows and columns that somebody added to a case's Pyomo model; their key is their name there."""

Key: TypeAlias = tuple[str | int, ...]


@dataclass(slots=True, eq=False)
class Form:
    """A linear form in natural units: constant plus what one unit of each column, as the solver holds it, adds.

    Forms are added, multiplied by numbers and compared as expressions of Pyomo are: `z == 0.9 * opening + made`.
    """

    terms: dict[int, float] = field(default_factory=dict)
    constant: float = 0.0

    def add(self, other: Form, factor: float = 1.0) -> Form:
        """Add `factor` times another form to this one, and return it."""
        if factor != 0.0:
            terms = self.terms
            if not terms:
                terms.update(other.terms if factor == 1.0 else {c: factor * v for c, v in other.terms.items()})
            else:
                for column, coefficient in other.terms.items():
                    terms[column] = terms.get(column, 0.0) + factor * coefficient
            self.constant += factor * other.constant
        return self

    def times(self, factor: float) -> Form:
        """Return a new form, `factor` times this one."""
        return Form({c: factor * v for c, v in self.terms.items()}, factor * self.constant)

    def __add__(self, other: Form | float) -> Form:
        """Sum, as a new form."""
        return Form(dict(self.terms), self.constant).add(_form(other))

    def __sub__(self, other: Form | float) -> Form:
        """Difference, as a new form."""
        return Form(dict(self.terms), self.constant).add(_form(other), -1.0)

    def __rmul__(self, factor: float) -> Form:
        """A number times this form, as a new form."""
        return self.times(factor)

    def __neg__(self) -> Form:
        """This form with the other sign, as a new form."""
        return self.times(-1.0)

    def __le__(self, other: Form | float) -> Limits:
        """Limit this form from above."""
        return _limits(self, other, -math.inf, 0.0)

    def __ge__(self, other: Form | float) -> Limits:
        """Limit this form from below."""
        return _limits(self, other, 0.0, math.inf)

    def __eq__(self, other: object) -> Limits:  # type: ignore[override]
        """Hold this form to a value."""
        if not isinstance(other, Form | float | int):
            return NotImplemented
        return _limits(self, other, 0.0, 0.0)

    __hash__ = None  # type: ignore[assignment]

    def value(self, columns: object) -> float:
        """Evaluate at the solver's values of the columns (an indexable of numbers)."""
        return self.constant + math.fsum(v * columns[c] for c, v in self.terms.items())  # type: ignore[index]


def total(forms: Iterable[Form]) -> Form:
    """Sum of forms, as a new form."""
    result = Form()
    for form in forms:
        result.add(form)
    return result


@dataclass(slots=True, eq=False)
class Limits:
    """What a constraint says: `lower <= form <= upper`."""

    form: Form
    lower: float
    upper: float

    def __bool__(self) -> bool:
        """Refuse to be true or false: a constraint is neither, as in Pyomo."""
        message = "a relation between forms is a constraint, not true or false"
        raise TypeError(message)


def _form(value: Form | float) -> Form:
    """A number as a form."""
    return value if isinstance(value, Form) else Form(constant=value)


def _limits(left: Form, right: Form | float, lower: float, upper: float) -> Limits:
    """Limits of the difference of two sides; a number stays on its side."""
    if isinstance(right, Form):
        return Limits(left - right, lower, upper)
    return Limits(left, lower + right, upper + right)


class ColumnSpec(NamedTuple):
    """A variable as read: its family and key name it; bounds are natural units, the solver's unit is `scale` of them.

    `origin` is the cell that it comes from, or where it was added to the Pyomo model.
    """

    family: str
    key: Key
    lower: float
    upper: float
    integer: bool
    scale: float
    origin: str


class RowSpec(NamedTuple):
    """A constraint as read: `lower <= form <= upper`, natural units; the solver has it divided by `scale`."""

    family: str
    key: Key
    form: Form
    lower: float
    upper: float
    scale: float
    origin: str


@dataclass
class LinearModel:
    """Columns and rows of a Pyomo model, in the order in which a solver gets them, with the case's network and grid.

    `objectives` are the points of each priority level, to be made most of. :mod:`models.reader` makes it; nothing is
    ever added to it that is not in the Pyomo model.
    """

    network: Network
    grid: Grid
    columns: list[ColumnSpec] = field(default_factory=list)
    rows: list[RowSpec] = field(default_factory=list)
    objectives: list[Form] = field(default_factory=list)
    column_of: dict[tuple[str, Key], int] = field(default_factory=dict)
