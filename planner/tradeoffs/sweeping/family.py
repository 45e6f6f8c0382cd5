r"""A model whose numbers follow a place in a range: :math:`\max c_s x,\ L_s \le A_s x \le U_s,\ l_s \le x \le u_s`.

The case is compiled at both ends of the range and at two places between. Where only bounds and right-hand sides differ
and all of them lie on straight lines, or only the points of the objective do, every other place is an interpolation:
nothing is compiled again, and the best value is a concave (for bounds) or convex (for points) broken line of which the
kinks can be computed exactly (parametric programming: Gass & Saaty 1955). Otherwise the case is compiled at each place
and what differs is put into the same solver session.
"""

from __future__ import annotations

import math
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from models.build import Built
from models.linear import Form
from models.matrix import Floats, Matrix
from models.network import Activity, Stock, Switch
from planner.case import Case
from planner.options import Options
from planner.solve import Model, prepare
from planner.tradeoffs.sweeping.cellgroups import CellGroup

Kind = Literal["nothing", "limits", "gates", "points", "recipes", "mixed", "shape"]
"""What the cells change: limits (bounds and right-hand sides); gates (coefficients of yes-or-no decisions, such as
money that comes with a reform); points of the objective; recipes (other coefficients); several of them; or rows and
columns themselves."""

STRAIGHT = 1e-9
"""Relative distance from a straight line that counts as rounding."""
BETWEEN = (0.381966, 0.763932)
"""Where between the ends straight lines are tried: places with no simple ratio, so that no kink hides between them."""


@dataclass(frozen=True)
class Numbers:
    """Every number of a model at one place, in scaled units; `entries` follow the pattern of the reference matrix."""

    cost: Floats
    offset: float
    column_lower: Floats
    column_upper: Floats
    row_lower: Floats
    row_upper: Floats
    entries: Floats

    def parts(self) -> tuple[Floats, ...]:
        """All arrays in order."""
        sides = (self.column_lower, self.column_upper, self.row_lower, self.row_upper)
        return (self.cost, np.array([self.offset]), *sides, self.entries)

    def sharing(self, other: Numbers) -> Numbers:
        """The same numbers, with the other's arrays where they are equal."""
        pairs = zip(self.parts(), other.parts(), strict=True)
        cost, _, *rest = (theirs if np.array_equal(own, theirs) else own for own, theirs in pairs)
        return Numbers(cost, self.offset, *rest)

    def towards(self, other: Numbers, share: float) -> Numbers:
        """The place a share of the way to another, on straight lines."""
        cost, offset, *rest = (_line(a, b, share) for a, b in zip(self.parts(), other.parts(), strict=True))
        return Numbers(cost, float(offset[0]), *rest)


@dataclass(frozen=True)
class Rate:
    """Change of every number per unit of the range."""

    cost: Floats
    offset: float
    column_lower: Floats
    column_upper: Floats
    row_lower: Floats
    row_upper: Floats
    entries: Floats


class Reading:
    """What a plan gives to each row of the workbook: amounts, money (USD million) and yes-or-no, from its columns."""

    def __init__(self, built: Built) -> None:
        """Collect the forms."""
        network = built.frame.network
        self.subjects: list[tuple[str, str]] = []
        self.units: dict[tuple[str, str], str] = {}
        self.kinds: dict[tuple[str, str], str] = {}
        levels: dict[tuple[str, str], Form] = {}
        money: dict[tuple[str, str], Form] = {}
        items: list[Activity | Switch | Stock] = [*network.activities, *network.switches, *network.stocks]
        for item in items:
            subject = (item.tags.get("sheet", ""), item.tags.get("row", item.id))
            kind = item.tags.get("kind", "")
            if item.id in built.activities.by_id:
                own = levels.setdefault(subject, Form())
                for t in built.activities.active[item.id]:
                    own.add(built.activities.level[item.id, t])
                self.units.setdefault(subject, built.activities.by_id[item.id].unit)
            elif item.id in built.switches.by_id:
                levels.setdefault(subject, Form()).add(built.switches.taken(item.id))
                self.units.setdefault(subject, "yes or no")
            spent = money.setdefault(subject, Form())
            if item.id in built.payments.pairs:
                for t in built.frame.grid.periods:
                    spent.add(built.payments.cost(item.id, t), 1e-6)
            if subject not in self.kinds or kind in ("programme", "reform", "site"):
                self.kinds[subject] = kind
        self.subjects = sorted(s for s in levels.keys() | money.keys() if s in levels or money[s].terms)
        forms = [levels.get(s, Form()) for s in self.subjects] + [money[s] for s in self.subjects]
        self.matrix, self.constants = _stacked(forms, len(built.frame.columns))
        names = [o.id for o in network.outcomes]
        self.outcome_names = names
        self.outcome_rows, self.outcome_constants = _stacked(
            [built.outcomes.value[n] for n in names], len(built.frame.columns)
        )

    def outcomes(self, values: Floats) -> dict[str, float]:
        """Outcome values."""
        found = self.outcome_rows @ values + self.outcome_constants
        return dict(zip(self.outcome_names, (float(f"{v:.13g}") + 0.0 for v in found), strict=True))

    def towards(self, other: Reading, share: float) -> Reading:
        """The reading a share of the way to another with the same subjects."""
        between = copy(self)
        between.matrix = self.matrix + share * (other.matrix - self.matrix)
        between.constants = _line(self.constants, other.constants, share)
        return between

    def alike(self, other: Reading) -> bool:
        """Whether two readings are equal up to rounding."""
        if self.subjects != other.subjects or not _close(self.constants, other.constants):
            return False
        change = (self.matrix - other.matrix).data
        return not len(change) or float(np.abs(change).max()) <= STRAIGHT * float(np.abs(self.matrix.data).max())

    def amounts(self, values: Floats) -> tuple[Floats, Floats]:
        """Level and money of each subject; noise of the solver becomes zero."""
        found = self.matrix @ values + self.constants
        size = np.maximum(np.abs(self.matrix).max(axis=1).toarray().ravel(), 1.0) if self.matrix.nnz else 1.0
        found = np.where(np.abs(found) < 1e-7 * size, 0.0, found)
        half = len(self.subjects)
        return found[:half], found[half:]


class Family:
    """The models of a case over the range of a group of cells."""

    def __init__(self, case: Case, group: CellGroup, options: Options) -> None:
        """Compile both ends and two places between; raises InvalidCaseError for a case that cannot be built."""
        self.case, self.group, self.options = case, group, options
        home = group.now
        self.has_home = home is not None and group.low <= home <= group.high
        self.builds = 0
        self.model = self.model_at(home if self.has_home and home is not None else group.low)
        self.built = self.model.built
        self._columns = {(c.family, c.key): n for n, c in enumerate(self.built.frame.columns)}
        self._rows = {(r.family, r.key): n for n, r in enumerate(self.built.frame.rows)}
        self.reading = Reading(self.built)
        places = (group.low, *(group.low + share * group.length for share in BETWEEN), group.high)
        probes = [self.model_at(place).built for place in places]
        self._pattern(probes)
        found = [self.numbers_of(built) for built in probes]
        read = [numbers for numbers in found if numbers is not None]
        self.same_shape = len(read) == len(probes)
        self.kind: Kind = "shape"
        self.straight = False
        if self.same_shape:
            self.low, self.high = read[0], read[-1].sharing(read[0])
            self._classify(read)
            self._try_lines(read[1:-1], [Reading(built) for built in probes])

    def model_at(self, place: float) -> Model:
        """Compile and build the case at a place."""
        self.builds += 1
        group = self.group
        if group.scaled and place == 1.0:
            return prepare(self.case, self.options)
        return prepare(group.case_at(self.case, place), self.options)

    @cached_property
    def levels(self) -> int:
        """How many priority levels the objective has."""
        return max(1, len(self.built.frame.network.priorities))

    @property
    def whole(self) -> bool:
        """Whether there are whole-number decisions."""
        return bool(self.matrix.whole.any())

    def exact(self, *, held: bool) -> bool:
        """Whether the best value is a broken line with exact kinks, with whole decisions held or not."""
        kinds = ("nothing", "limits", "points", *(("gates",) if held else ()))
        return self.straight and self.levels == 1 and self.kind in kinds and (held or not self.whole)

    def at(self, place: float) -> Numbers | None:
        """All numbers at a place; None where the model has other rows or columns there."""
        if self.straight:
            return self.low.towards(self.high, (place - self.group.low) / self.group.length)
        return self.numbers_of(self.model_at(place).built)

    def reading_at(self, place: float) -> Reading:
        """How a plan is read at a place."""
        if self.straight:
            low, high = self._readings
            return low.towards(high, (place - self.group.low) / self.group.length)
        return Reading(self.model_at(place).built)

    @cached_property
    def rate(self) -> Rate:
        """How bounds and points move per unit of the range."""
        moved = [np.zeros_like(part) for part in self.low.parts()]
        for target, a, b in zip(moved, self.low.parts(), self.high.parts(), strict=True):
            moves = np.isfinite(a) & np.isfinite(b)
            target[moves] = (b[moves] - a[moves]) / self.group.length
        cost, offset, *rest = moved
        return Rate(cost, float(offset[0]), *rest)

    def numbers_of(self, built: Built) -> Numbers | None:
        """A model's numbers in the reference's order and scales; None where rows, columns or pattern differ."""
        frame, home = built.frame, self.built.frame
        if len(frame.columns) != len(home.columns) or len(frame.rows) != len(home.rows):
            return None
        columns = [self._columns.get((c.family, c.key), -1) for c in frame.columns]
        rows = [self._rows.get((r.family, r.key), -1) for r in frame.rows]
        if min(columns, default=0) < 0 or min(rows, default=0) < 0:
            return None
        stretch = [home.columns[k].scale / c.scale for k, c in zip(columns, frame.columns, strict=True)]
        lower, upper = np.zeros(len(columns)), np.zeros(len(columns))
        for k, spec in zip(columns, frame.columns, strict=True):
            lower[k], upper[k] = spec.lower / home.columns[k].scale, spec.upper / home.columns[k].scale
        row_lower, row_upper, entries = np.zeros(len(rows)), np.zeros(len(rows)), np.zeros(len(self._place))
        for r, row in zip(rows, frame.rows, strict=True):
            scale = home.rows[r].scale
            row_lower[r], row_upper[r] = row.lower / scale, row.upper / scale
            for c, value in row.form.terms.items():
                spot = self._place.get((r, columns[c]))
                if spot is None:
                    return None
                entries[spot] = value * stretch[c] / scale
        objective, cost = built.outcomes.objective(0), np.zeros(len(columns))
        for c, value in objective.terms.items():
            cost[columns[c]] += value * stretch[c]
        return Numbers(cost, objective.constant, lower, upper, row_lower, row_upper, entries)

    def _pattern(self, probes: list[Built]) -> None:
        """Every place of the matrix that any probe fills, and the matrix of the reference with all of them."""
        home = self.built.frame
        cells = {(r, c) for r, row in enumerate(home.rows) for c in row.form.terms}
        for built in probes:
            numbers = [self._columns.get((c.family, c.key)) for c in built.frame.columns]
            for row in built.frame.rows:
                r = self._rows.get((row.family, row.key))
                if r is not None:
                    cells |= {(r, k) for c in row.form.terms if (k := numbers[c]) is not None}
        ordered = sorted(cells)
        self._place = {cell: n for n, cell in enumerate(ordered)}
        self.entry_rows = np.array([r for r, _ in ordered], dtype=np.int32)
        self.entry_columns = np.array([c for _, c in ordered], dtype=np.int32)
        own = self.numbers_of(self.built)
        assert own is not None
        self.matrix = self.matrix_of(own)

    def matrix_of(self, numbers: Numbers) -> Matrix:
        """Numbers as a matrix that a session can hold."""
        starts = np.searchsorted(self.entry_rows, np.arange(len(numbers.row_lower) + 1)).astype(np.int32)
        return replace(
            self.model.matrix, cost=numbers.cost, offset=numbers.offset, column_lower=numbers.column_lower,
            column_upper=numbers.column_upper, row_lower=numbers.row_lower, row_upper=numbers.row_upper,
            starts=starts, columns=self.entry_columns, values=numbers.entries,
        )  # fmt: skip

    def _classify(self, read: list[Numbers]) -> None:
        """See what moves between the ends."""
        moved = [
            ~np.logical_and.reduce([_same(parts[0], part) for part in parts[1:]])
            for parts in zip(*(numbers.parts() for numbers in read), strict=True)
        ]
        cost, offset, *sides, entries = moved
        whole = self.matrix.whole[self.entry_columns]
        points, limits = bool(cost.any() or offset.any()), any(side.any() for side in sides)
        recipes, gates = bool(entries[~whole].any()), bool(entries[whole].any())
        if points:
            self.kind = "mixed" if limits or recipes or gates else "points"
        else:
            self.kind = "recipes" if recipes else "gates" if gates else "limits" if limits else "nothing"

    def _try_lines(self, between: list[Numbers], readings: list[Reading]) -> None:
        """See whether everything that moves does so on straight lines."""
        low, *middle, high = readings
        self._readings = (low, high)
        places = list(zip(BETWEEN, between, strict=True))
        if self.has_home and self.group.now is not None:
            own = self.numbers_of(self.built)
            assert own is not None
            places.append(((self.group.now - self.group.low) / self.group.length, own))
        self.straight = (
            low.subjects == high.subjects
            and all(low.towards(high, share).alike(r) for share, r in zip(BETWEEN, middle, strict=True))
            and all(
                _close(a, b)
                for share, numbers in places
                for a, b in zip(self.low.towards(self.high, share).parts(), numbers.parts(), strict=True)
            )
        )


def _line(low: Floats, high: Floats, share: float) -> Floats:
    """Between two arrays; what is infinite at both ends stays so, and what does not move is not copied."""
    if low is high:
        return low
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(low == high, low, low + share * (high - low)))


def _same(one: Floats, other: Floats) -> npt.NDArray[np.bool_]:
    """Where two arrays are equal up to rounding."""
    with np.errstate(invalid="ignore"):
        size = np.maximum(np.maximum(np.abs(one), np.abs(other)), 1e-9)
        return np.asarray((one == other) | (np.abs(one - other) <= STRAIGHT * size))


def _close(one: Floats, other: Floats) -> bool:
    """Whether two arrays are equal up to rounding."""
    return bool(np.all(_same(one, other)))


def _stacked(forms: list[Form], width: int) -> tuple[csr_matrix, Floats]:
    """Forms as rows of a matrix, and their constants."""
    starts, columns, values = [0], [], []
    for form in forms:
        columns += list(form.terms)
        values += list(form.terms.values())
        starts.append(len(columns))
    matrix = csr_matrix((np.array(values, dtype=float), np.array(columns, dtype=np.int32), starts), (len(forms), width))
    return matrix, np.array([math.fsum([f.constant]) for f in forms])
