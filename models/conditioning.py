r"""Conditioning: what no plan can feel is struck before it reaches a solver, with certainty and counted.

Only rows whose coefficients lie further apart than :data:`WIDE`, and limits beyond :data:`FAR`, are touched. Bounds of
all columns are propagated through all rows first (Savelsbergh 1994, *Preprocessing and probing techniques for mixed
integer programming problems*), so that it is known how large a column :math:`x_j` can become, :math:`|x_j| \le u_j`.
Then, in each wide row *i* of scale :math:`s_i`:

* a column that can only be nought leaves the row, such as the start of a programme that no account can ever pay;
* a column that can become so little, :math:`|a_{kj}| u_j \le 10^{-9} s_k` in every row *k* that it could loosen, that a
  solver keeps no row so exactly, is nought;
* a big-M beyond what its row can use shrinks to that;
* a limit far beyond what a row or a column can reach moves to twice that, where it still never binds;
* a coefficient with :math:`|a_{ij}| u_j \le 10^{-9} s_i` is struck.

The scale of a row is the power of ten nearest to the geometric middle of its coefficients; what is smaller than its
largest by more than :data:`WIDE` has no say in it, so that no tiny coefficient moves the whole row.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from models.linear import ColumnSpec, Form, LinearModel, RowSpec

Floats = npt.NDArray[np.float64]

WIDE = 1e8
"""Ratio of a row's largest to its smallest coefficient from which the row is conditioned."""
UNFELT = 1e-9
"""Share of a row's scale that no solver keeps (its tolerances are ten times as large and more)."""
SEEN = 1e-7
"""Least coefficient of a scaled row: a solver takes much smaller ones for nothing."""
FAR = 1e8
"""Limit, in the units that a solver sees, from which it is far."""
MOST_ROUNDS = 80
"""Rounds of propagation; money passes on by one step of its account in each."""


@dataclass
class Struck:
    """What was struck: coefficients, big-Ms and far limits by family, and columns held at nought with their cells.

    `never` are the cells of what is held at nought in every period.
    """

    coefficients: Counter[str] = field(default_factory=Counter)
    shrunk: Counter[str] = field(default_factory=Counter)
    limits: Counter[str] = field(default_factory=Counter)
    impossible: dict[str, str] = field(default_factory=dict)
    never: tuple[str, ...] = ()
    unfelt: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Number of coefficients and limits that were struck or moved, and of columns that are held at nought."""
        counted = self.coefficients.total() + self.shrunk.total() + self.limits.total()
        return counted + len(self.impossible) + len(self.unfelt)


def scale_of(sizes: Iterable[float]) -> float:
    """Scale of a row from the sizes of its coefficients; one that is tiny beside the largest has no say in it."""
    sizes = list(sizes)
    if not sizes:
        return 1.0
    most, least = max(sizes), min(sizes)
    if least * WIDE < most:
        least = min(size for size in sizes if size * WIDE >= most)
    return float(10.0 ** round(math.log10(least * most) / 2.0))


def is_wide(sizes: Iterable[float]) -> bool:
    """Whether a row's coefficients lie further apart than :data:`WIDE`."""
    sizes = list(sizes)
    return bool(sizes) and max(sizes) > WIDE * min(sizes)


def condition(model: LinearModel, objectives: Iterable[Form]) -> Struck:
    """Strike from a model, as read, what no plan can feel; `objectives` are the points of all priority levels."""
    struck = Struck()
    wide = [n for n, row in enumerate(model.rows) if is_wide(abs(v) for v in row.form.terms.values())]
    far_rows = [n for n, row in enumerate(model.rows) if _far(row.lower, row.scale) or _far(row.upper, row.scale)]
    far_columns = [n for n, c in enumerate(model.columns) if _far(c.lower, c.scale) or _far(c.upper, c.scale)]
    if not (wide or far_rows or far_columns):
        return struck
    reach = PropagatedBounds(model)
    costs: dict[int, float] = {}
    for form in objectives:
        for column, points in form.terms.items():
            costs[column] = max(costs.get(column, 0.0), abs(points))
    _hold(model, wide, reach, costs, struck)
    struck.never = tuple(sorted(_never(model, struck)))
    for n in wide:
        _clear(model, n, reach, struck)
    for n in far_rows:
        _draw_near(model, n, reach, struck)
    for n in far_columns:
        spec, near = model.columns[n], 2.0 * max(1.0, float(reach.high[n]))
        if _far(spec.upper, spec.scale) and near * spec.scale < spec.upper:
            model.columns[n] = spec._replace(upper=near * spec.scale)
            struck.limits[spec.family] += 1
    return struck


def _far(limit: float, scale: float) -> bool:
    """Whether a limit is finite and far."""
    return FAR * scale < abs(limit) < math.inf


def _draw_near(model: LinearModel, number: int, reach: PropagatedBounds, struck: Struck) -> None:
    """Move a row's far limits to twice what the row can reach, where they bind as little."""
    row = model.rows[number]
    if row.lower == row.upper:
        return
    most, least = reach.most(row.form.terms), -reach.most({c: -v for c, v in row.form.terms.items()})
    lower, upper = row.lower, row.upper
    if _far(upper, row.scale) and upper > 0.0 and 2.0 * max(most, row.scale) < upper:
        upper = 2.0 * max(most, row.scale)
    if _far(lower, row.scale) and lower < 0.0 and 2.0 * min(least, -row.scale) > lower:
        lower = 2.0 * min(least, -row.scale)
    if (lower, upper) != (row.lower, row.upper):
        struck.limits[row.family] += 1
        model.rows[number] = row._replace(lower=lower, upper=upper)


def _hold(
    model: LinearModel, wide: list[int], reach: PropagatedBounds, costs: Mapping[int, float], struck: Struck
) -> None:
    """Hold at nought the columns that overshadow a wide row and can be nothing, or nothing that anybody feels."""
    suspects = set()
    for n in wide:
        terms = model.rows[n].form.terms
        least = min(abs(v) for v in terms.values())
        suspects |= {c for c, v in terms.items() if abs(v) > WIDE * least}
    for column in sorted(suspects):
        low, high = reach.low[column], reach.high[column]
        if low < 0.0 or not math.isfinite(high):
            continue
        spec = model.columns[column]
        name = _name(spec)
        if high <= 0.0:
            if spec.upper > 0.0:
                struck.impossible[name] = spec.origin
        elif high <= UNFELT and costs.get(column, 0.0) * high <= UNFELT and reach.unfelt(column):
            struck.unfelt[name] = spec.origin
        else:
            continue
        model.columns[column] = spec._replace(lower=0.0, upper=0.0)
        reach.low[column] = reach.high[column] = 0.0


def _never(model: LinearModel, struck: Struck) -> set[str]:
    """Cells of decisions that are impossible in every period in which they could be taken."""
    possible = {(c.family, c.key[0]) for c in model.columns if _name(c) not in struck.impossible}
    return {c.origin for c in model.columns if c.origin and (c.family, c.key[0]) not in possible}


def _name(spec: ColumnSpec) -> str:
    """Name of a column in the record."""
    return f"{spec.family}({','.join(map(str, spec.key))})"


def _clear(model: LinearModel, number: int, reach: PropagatedBounds, struck: Struck) -> None:
    """Strike, shrink and scale one wide row.

    What is struck because of how far a column reaches is held to that reach: the row may be what held it. Where a
    column left the row because it is too little to be felt, what is left is measured by the scale that the row had with
    it: by a scale of its own the rest would become a limit that no plan was ever asked to keep.
    """
    row = model.rows[number]
    nought = [c for c in row.form.terms if reach.low[c] == 0.0 == reach.high[c]]
    if len(nought) == len(row.form.terms):
        nought.remove(min(nought, key=lambda c: abs(row.form.terms[c])))
    for column in nought:
        model.columns[column] = model.columns[column]._replace(lower=0.0, upper=0.0)
    terms = {c: v for c, v in row.form.terms.items() if c not in nought}
    terms = _shrink(row, terms, reach, struck)
    scale = scale_of(abs(v) for v in terms.values())
    most = max(abs(v) for v in terms.values())
    if any(_name(model.columns[c]) in struck.unfelt for c in nought):
        scale, tiny = max(scale, row.scale), list(terms)
    else:
        tiny = [c for c, v in terms.items() if abs(v) * WIDE < most]
    unfelt = []
    for column in tiny:
        if abs(terms[column]) * reach.size(column) <= UNFELT * scale:
            unfelt.append(column)
            spec, low, high = model.columns[column], float(reach.low[column]), float(reach.high[column])
            lower, upper = max(spec.lower, low * spec.scale), min(spec.upper, high * spec.scale)
            model.columns[column] = spec._replace(lower=lower, upper=upper)
    kept = {c: v for c, v in terms.items() if c not in unfelt} or {nought[0]: row.form.terms[nought[0]]}
    least = min(abs(v) for v in kept.values())
    if least < SEEN * scale:
        scale = float(10.0 ** math.floor(math.log10(least / SEEN)))
    struck.coefficients[row.family] += len(row.form.terms) - len(kept)
    model.rows[number] = row._replace(form=type(row.form)(kept), scale=scale)


def _shrink(row: RowSpec, terms: dict[int, float], reach: PropagatedBounds, struck: Struck) -> dict[int, float]:
    r"""Shrink big-Ms: in :math:`\sum_k a_k x_k - M y \le b`, y binary, M need not pass the most of the sum, less b."""
    sides = ((1.0, row.upper), (-1.0, -row.lower))
    finite = [(sign, limit) for sign, limit in sides if math.isfinite(limit)]
    if len(finite) != 1:
        return terms
    sign, limit = finite[0]
    terms = dict(terms)
    for column in [c for c, v in terms.items() if reach.binary(c) and sign * v < 0.0]:
        needed = reach.most({c: sign * v for c, v in terms.items() if c != column}) - limit
        if 0.0 < needed < 0.5 * abs(terms[column]):
            terms[column] = -sign * needed
            struck.shrunk[row.family] += 1
    return terms


class PropagatedBounds:
    """How far every column can go, in stored units: bounds propagated through all rows."""

    def __init__(self, model: LinearModel) -> None:
        """Lay out the rows as arrays and propagate until nothing moves."""
        self.model = model
        rows = model.rows
        counts = np.array([len(row.form.terms) for row in rows])
        total = int(counts.sum())
        self.column = np.fromiter((c for row in rows for c in row.form.terms), np.intp, total)
        self.value = np.fromiter((v for row in rows for v in row.form.terms.values()), float, total)
        self.row = np.repeat(np.arange(len(rows)), counts)
        self.least = np.array([row.lower for row in rows])
        self.most_of = np.array([row.upper for row in rows])
        self.scale = np.array([row.scale for row in rows])
        self.integer = np.array([spec.integer for spec in model.columns], dtype=bool)
        self.low = np.array([spec.lower / spec.scale for spec in model.columns], dtype=float)
        self.high = np.array([spec.upper / spec.scale for spec in model.columns], dtype=float)
        order = np.argsort(self.column, kind="stable")
        self._at = order
        self._first = np.searchsorted(self.column[order], np.arange(len(model.columns) + 1))
        for _ in range(MOST_ROUNDS):
            if not self._round():
                break

    def _round(self) -> bool:
        """Tighten every bound by every row once; whether one moved by more than a thousandth."""
        low, high = self.low.copy(), self.high.copy()
        for sign, limit in ((1.0, self.most_of), (-1.0, -self.least)):
            value = sign * self.value
            # the least that each term can add, to sum up all but one of them
            at = np.where(value > 0.0, self.low[self.column], self.high[self.column])
            term = value * at
            free = ~np.isfinite(term)
            known = np.where(free, 0.0, term)
            count = len(limit)
            frees = np.bincount(self.row, weights=free, minlength=count)
            sums = np.bincount(self.row, weights=known, minlength=count)
            sizes = np.bincount(self.row, weights=np.abs(known), minlength=count)
            others_free = frees[self.row] - free
            rest = limit[self.row] - (sums[self.row] - known)
            usable = np.isfinite(limit[self.row]) & (others_free == 0)
            # rounding of the sums, so that a bound is never tighter than it is
            slack = 1e-14 * (sizes[self.row] + np.abs(np.where(usable, limit[self.row], 0.0)))
            bound = (np.where(usable, rest, np.inf) + slack) / np.abs(value)
            up, down = usable & (value > 0.0), usable & (value < 0.0)
            np.minimum.at(high, self.column[up], bound[up])
            np.maximum.at(low, self.column[down], -bound[down])
        high = np.where(self.integer, np.floor(high + 1e-6), high)
        low = np.where(self.integer, np.ceil(low - 1e-6), low)
        crossed = low > high  # a conflict, which the solver is to find and the planner to explain
        low, high = np.where(crossed, self.low, low), np.where(crossed, self.high, high)
        with np.errstate(invalid="ignore"):
            moved = (self.high - high > 1e-3 * np.abs(high)) | (low - self.low > 1e-3 * np.abs(low))
            moved |= np.isinf(self.high) & np.isfinite(high)
        self.low, self.high = low, high
        return bool(moved.any())

    def size(self, column: int) -> float:
        """Largest size that a column can have."""
        return float(max(abs(self.low[column]), abs(self.high[column])))

    def binary(self, column: int) -> bool:
        """Whether a column is nought or one."""
        return bool(self.integer[column]) and self.low[column] >= 0.0 and self.high[column] <= 1.0

    def most(self, terms: Mapping[int, float]) -> float:
        """Most that a sum can reach."""
        return math.fsum(v * (self.high[c] if v > 0.0 else self.low[c]) for c, v in terms.items())

    def unfelt(self, column: int) -> bool:
        """Whether nought serves as well: what the column adds is below every row's scale, or only tightens the row."""
        entries = self._at[self._first[column] : self._first[column + 1]]
        value, rows = self.value[entries], self.row[entries]
        small = np.abs(value) * self.high[column] <= UNFELT * self.scale[rows]
        tightens = np.where(value > 0.0, np.isinf(self.least[rows]), np.isinf(self.most_of[rows]))
        return bool(np.all(small | tightens))
