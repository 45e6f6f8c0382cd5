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
from dataclasses import dataclass
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
from planner.solver.snapshots import ModelSnapshot, SparsityPattern, line
from planner.tradeoffs.sweeping.cellgroups import CellGroup

Kind = Literal["nothing", "limits", "gates", "points", "recipes", "mixed", "shape"]
"""What the cells change: limits (bounds and right-hand sides); gates (coefficients of binary decisions, such as
money that comes with a reform); points of the objective; recipes (other coefficients); several of them; or rows and
columns themselves."""

STRAIGHT = 1e-9
"""Relative distance from a straight line that counts as rounding."""
BETWEEN = (0.381966, 0.763932)
"""Where between the ends straight lines are tried: places with no simple ratio, so that no kink hides between them."""


@dataclass(frozen=True)
class Allocations:
    """What each row of the workbook (sheet, row) gets: amount in its unit, money in USD million; units and kinds."""

    levels: dict[tuple[str, str], Form]
    money: dict[tuple[str, str], Form]
    units: dict[tuple[str, str], str]
    kinds: dict[tuple[str, str], str]


def allocations_of(built: Built) -> Allocations:
    """Collect the expressions of what is given to each row of the workbook."""
    network = built.frame.network
    found = Allocations({}, {}, {}, {})
    items: list[Activity | Switch | Stock] = [*network.activities, *network.switches, *network.stocks]
    for item in items:
        subject = (item.tags.get("sheet", ""), item.tags.get("row", item.id))
        kind = item.tags.get("kind", "")
        if item.id in built.activities.by_id:
            own = found.levels.setdefault(subject, Form())
            for t in built.activities.active[item.id]:
                own.add(built.activities.level[item.id, t])
            found.units.setdefault(subject, built.activities.by_id[item.id].unit)
        elif item.id in built.switches.by_id:
            found.levels.setdefault(subject, Form()).add(built.switches.taken(item.id))
            found.units.setdefault(subject, "yes or no")
        spent = found.money.setdefault(subject, Form())
        if item.id in built.payments.pairs:
            for t in built.frame.grid.periods:
                spent.add(built.payments.cost(item.id, t), 1e-6)
        if subject not in found.kinds or kind in ("programme", "reform", "site"):
            found.kinds[subject] = kind
    return found


class Readout:
    """What a plan gives to each row of the workbook: amounts, money (USD million) and yes-or-no, from its columns."""

    def __init__(self, built: Built) -> None:
        """Collect the forms."""
        network, allocations = built.frame.network, allocations_of(built)
        levels, money = allocations.levels, allocations.money
        self.units, self.kinds = allocations.units, allocations.kinds
        self.subjects = sorted(s for s in levels.keys() | money.keys() if s in levels or money[s].terms)
        forms = [levels.get(s, Form()) for s in self.subjects] + [money[s] for s in self.subjects]
        self.matrix, self.constants = stacked(forms, len(built.frame.columns))
        names = [o.id for o in network.outcomes]
        self.outcome_names = names
        self.outcome_rows, self.outcome_constants = stacked(
            [built.outcomes.value[n] for n in names], len(built.frame.columns)
        )

    def outcomes(self, values: Floats) -> dict[str, float]:
        """Outcome values."""
        found = self.outcome_rows @ values + self.outcome_constants
        return dict(zip(self.outcome_names, (float(f"{v:.13g}") + 0.0 for v in found), strict=True))

    def towards(self, other: Readout, share: float) -> Readout:
        """The readout a share of the way to another with the same subjects."""
        between = copy(self)
        between.matrix = self.matrix + share * (other.matrix - self.matrix)
        between.constants = line(self.constants, other.constants, share)
        return between

    def alike(self, other: Readout) -> bool:
        """Whether two readouts are equal up to rounding."""
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


class ParametricModel:
    """The models of a case over the range of a group of cells."""

    def __init__(self, case: Case, group: CellGroup, options: Options) -> None:
        """Compile both ends and two places between; raises InvalidCaseError for a case that cannot be built."""
        self.case, self.group, self.options = case, group, options
        home = group.now
        self.has_home = home is not None and group.low <= home <= group.high
        self.builds = 0
        self.model = self.model_at(home if self.has_home and home is not None else group.low)
        self.built = self.model.built
        self.readout = Readout(self.built)
        places = (group.low, *(group.low + share * group.length for share in BETWEEN), group.high)
        probes = [self.model_at(place).built for place in places]
        self._lay_out(probes)
        found = [self.numbers_of(built) for built in probes]
        read = [numbers for numbers in found if numbers is not None]
        self.same_shape = len(read) == len(probes)
        self.kind: Kind = "shape"
        self.straight = False
        if self.same_shape:
            self.low, self.high = read[0], read[-1].sharing(read[0])
            self._classify(read)
            self._try_lines(read[1:-1], [Readout(built) for built in probes])

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
    def integer(self) -> bool:
        """Whether there are whole-number decisions."""
        return bool(self.matrix.integer.any())

    def exact(self, *, held: bool) -> bool:
        """Whether the best value is a broken line with exact kinks, with integer decisions held or not."""
        kinds = ("nothing", "limits", "points", *(("gates",) if held else ()))
        return self.straight and self.levels == 1 and self.kind in kinds and (held or not self.integer)

    def at(self, place: float) -> ModelSnapshot | None:
        """All numbers at a place; None where the model has other rows or columns there."""
        if self.straight:
            return self.low.towards(self.high, (place - self.group.low) / self.group.length)
        return self.numbers_of(self.model_at(place).built)

    def reading_at(self, place: float) -> Readout:
        """How a plan is read at a place."""
        if self.straight:
            low, high = self._readings
            return low.towards(high, (place - self.group.low) / self.group.length)
        return Readout(self.model_at(place).built)

    @cached_property
    def rate(self) -> ModelSnapshot:
        """How bounds and points move per unit of the range."""
        return self.low.rate_towards(self.high, self.group.length)

    def numbers_of(self, built: Built) -> ModelSnapshot | None:
        """A model's numbers in the reference's order and scales; None where rows, columns or pattern differ."""
        return self.pattern.numbers_of(built)

    def _lay_out(self, probes: list[Built]) -> None:
        """Every place of the matrix that any probe fills, and the matrix of the reference with all of them."""
        self.pattern = SparsityPattern(self.built, probes)
        self.entry_rows, self.entry_columns = self.pattern.entry_rows, self.pattern.entry_columns
        own = self.numbers_of(self.built)
        assert own is not None
        self.matrix = self.matrix_of(own)

    def matrix_of(self, numbers: ModelSnapshot) -> Matrix:
        """Numbers as a matrix that a session can hold."""
        return self.pattern.matrix_of(numbers, self.model.matrix)

    def _classify(self, read: list[ModelSnapshot]) -> None:
        """See what moves between the ends."""
        moved = [
            ~np.logical_and.reduce([_same(parts[0], part) for part in parts[1:]])
            for parts in zip(*(numbers.parts() for numbers in read), strict=True)
        ]
        cost, offset, *sides, entries = moved
        integer = self.matrix.integer[self.entry_columns]
        points, limits = bool(cost.any() or offset.any()), any(side.any() for side in sides)
        recipes, gates = bool(entries[~integer].any()), bool(entries[integer].any())
        if points:
            self.kind = "mixed" if limits or recipes or gates else "points"
        else:
            self.kind = "recipes" if recipes else "gates" if gates else "limits" if limits else "nothing"

    def _try_lines(self, between: list[ModelSnapshot], readings: list[Readout]) -> None:
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


def _same(one: Floats, other: Floats) -> npt.NDArray[np.bool_]:
    """Where two arrays are equal up to rounding."""
    with np.errstate(invalid="ignore"):
        size = np.maximum(np.maximum(np.abs(one), np.abs(other)), 1e-9)
        return np.asarray((one == other) | (np.abs(one - other) <= STRAIGHT * size))


def _close(one: Floats, other: Floats) -> bool:
    """Whether two arrays are equal up to rounding."""
    return bool(np.all(_same(one, other)))


def stacked(forms: list[Form], width: int) -> tuple[csr_matrix, Floats]:
    """Forms as rows of a matrix, and their constants."""
    starts, columns, values = [0], [], []
    for form in forms:
        columns += list(form.terms)
        values += list(form.terms.values())
        starts.append(len(columns))
    matrix = csr_matrix((np.array(values, dtype=float), np.array(columns, dtype=np.int32), starts), (len(forms), width))
    return matrix, np.array([math.fsum([f.constant]) for f in forms])
