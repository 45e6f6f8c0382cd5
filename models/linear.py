"""Linear forms in natural units, and the frame that collects the columns and rows of a model.

Columns are stored divided by their scale (people in thousands, money in millions); forms are always written in natural
units, so that an equation in the code reads like the equation on paper.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from models.conditioning import scale_of
from models.grid import Grid
from models.network import Network

ZERO = 1e-12
"""Coefficients below this, for one unit of a column, are noise of the lag integrals and are dropped."""

Key = tuple[str | int, ...]


@dataclass(slots=True)
class Form:
    """A linear form: constant plus coefficients on column numbers, natural units."""

    terms: dict[int, float] = field(default_factory=dict)
    constant: float = 0.0

    def add(self, other: Form, factor: float = 1.0) -> Form:
        """Add `factor` times another form to this one, and return it."""
        if factor != 0.0:
            if other.terms:
                terms = self.terms
                for column, coefficient in other.terms.items():
                    terms[column] = terms.get(column, 0.0) + factor * coefficient
            self.constant += factor * other.constant
        return self

    def plus(self, constant: float) -> Form:
        """Add a constant to this form, and return it."""
        self.constant += constant
        return self

    def times(self, factor: float) -> Form:
        """Return a new form, `factor` times this one."""
        return Form({c: factor * v for c, v in self.terms.items()}, factor * self.constant)

    def value(self, columns: object) -> float:
        """Evaluate at stored column values (an indexable of numbers)."""
        return self.constant + math.fsum(v * columns[c] for c, v in self.terms.items())  # type: ignore[index]


def total(forms: Iterable[Form]) -> Form:
    """Sum of forms, as a new form."""
    result = Form()
    for form in forms:
        result.add(form)
    return result


class ColumnSpec(NamedTuple):
    """A decision variable: its family and key name it; bounds are natural units."""

    family: str
    key: Key
    lower: float
    upper: float
    whole: bool
    scale: float
    origin: str


class RowSpec(NamedTuple):
    """A constraint: `lower <= form <= upper`, natural units, stored divided by `scale`."""

    family: str
    key: Key
    form: Form
    lower: float
    upper: float
    scale: float
    origin: str


@dataclass
class Frame:
    """A model in the making: the network, the grid, and the columns and rows so far."""

    network: Network
    grid: Grid
    columns: list[ColumnSpec] = field(default_factory=list)
    rows: list[RowSpec] = field(default_factory=list)
    column_of: dict[tuple[str, Key], int] = field(default_factory=dict)

    def column(
        self,
        family: str,
        key: Key,
        lower: float = 0.0,
        upper: float = math.inf,
        *,
        whole: bool = False,
        scale: float = 1.0,
        origin: str = "",
    ) -> Form:
        """Add a decision variable and return it as a form."""
        number = len(self.columns)
        self.columns.append(ColumnSpec(family, key, lower, upper, whole, scale, origin))
        self.column_of[family, key] = number
        return Form({number: scale})

    def known(self, family: str, key: Key) -> Form | None:
        """Return a decision variable as a form, None where it does not exist."""
        number = self.column_of.get((family, key))
        return None if number is None else Form({number: self.columns[number].scale})

    def row(
        self,
        family: str,
        key: Key,
        form: Form,
        lower: float = -math.inf,
        upper: float = math.inf,
        *,
        origin: str = "",
    ) -> None:
        """Add a constraint; the constant moves to the bounds, a row without any column that holds is left out.

        Its scale is the power of ten nearest to the geometric middle of its coefficients, so that these lie around one
        (:func:`models.conditioning.scale_of`).
        """
        sizes = [abs(v) for v in form.terms.values()]
        terms = dict(form.terms)
        if sizes and min(sizes) <= ZERO:
            terms = {c: v for c, v in terms.items() if abs(v) > ZERO * min(1.0, self.columns[c].scale)}
            sizes = [abs(v) for v in terms.values()]
        slack = 1e-9 * max(1.0, abs(form.constant))
        if not terms and lower - slack <= form.constant <= upper + slack:
            return
        lower, upper = lower - form.constant, upper - form.constant
        self.rows.append(RowSpec(family, key, Form(terms), lower, upper, scale_of(sizes), origin))
