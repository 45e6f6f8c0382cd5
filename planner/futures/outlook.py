"""The futures of a workbook: one case and one model for each, with its probability."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeAlias

import numpy as np

from models.matrix import Floats, Matrix
from planner.case import Case
from planner.futures.branching import AS_IT_STANDS, Branching, Common, Decision, branching_of, decided_on, first_edge
from planner.futures.errors import FuturesError
from planner.options import Options
from planner.ordering import largest
from planner.sheets import Scenarios
from planner.solve import Model, prepare
from planner.solver.runs import Given, RunContext
from planner.solver.tie_breaking import total_cost
from planner.tradeoffs.errors import meant
from planner.wording.figures import share

Reader: TypeAlias = Callable[[str], Case]
"""Reads the case under the scenario of this name ('': as it stands). May raise InvalidCaseError."""
SMALL = 1e-9
"""A probability below this is none."""


@dataclass(frozen=True)
class Future:
    """One possible future: the case with its changes, built on the common grid."""

    name: str
    label: str
    probability: float
    model: Model
    days: Floats = field(repr=False)
    shows: float

    @property
    def title(self) -> str:
        """What people call it."""
        return self.name or "as it stands"

    @cached_property
    def cost(self) -> Floats:
        """Points of every column, over all priority levels."""
        return total_cost(self.model.built)

    @property
    def offset(self) -> float:
        """Points that come whatever is decided."""
        return self.model.matrix.offset

    @cached_property
    def matrix(self) -> Matrix:
        """The model with the points of all priority levels."""
        return replace(self.model.matrix, cost=self.cost)

    @cached_property
    def decisions(self) -> list[Decision]:
        """Family and key of every column."""
        return [(spec.family, spec.key) for spec in self.model.built.frame.columns]

    @cached_property
    def scales(self) -> Floats:
        """Natural units of one unit of every column."""
        return np.array([spec.scale for spec in self.model.built.frame.columns], dtype=float)

    @cached_property
    def early(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Columns that are decided before this future shows, so in common with the others that have not shown."""
        return self.days < self.shows - 1e-9


@dataclass(frozen=True)
class Outlook:
    """All futures of a question with when they show; probabilities add up to one."""

    futures: tuple[Future, ...]
    branching: Branching
    options: Options
    notes: tuple[str, ...] = ()

    @cached_property
    def probabilities(self) -> Floats:
        """Probability of every future."""
        return np.array([f.probability for f in self.futures])

    @property
    def titles(self) -> tuple[str, ...]:
        """Names of the futures as people call them."""
        return tuple(f.title for f in self.futures)

    @property
    def case(self) -> Case:
        """The case of the first future: calendar and names are those of all."""
        return self.futures[0].model.case

    @property
    def likeliest(self) -> int:
        """Number of the most probable future, the first of several."""
        return largest(self.probabilities)

    def expected(self, values: Sequence[float] | Floats) -> float:
        """Probability-weighted mean."""
        return math.fsum(p * v for p, v in zip(self.probabilities.tolist(), values, strict=True))


def outlook_of(
    read: Reader,
    *,
    names: Sequence[str] = (),
    branch: str = "",
    own: Mapping[str, str] | None = None,
    common: Common = "commitments",
    options: Given | None = None,
) -> Outlook:
    """Read and build every scenario that has a probability, and the case as it stands with what is left to one.

    Args:
        read: Reads the case under the scenario of a name ('': as it stands).
        names: Only these scenarios; the case as it stands keeps its own share, all are scaled to one. None given: all.
        branch: Phase or date on which the futures show; blank: as the second phase begins.
        own: {scenario: phase or date} where one shows on another day.
        common: Whether 'commitments' or 'activities' too are one decision before.
        options: As for :func:`planner.solve`; None: the usual ones.

    Returns:
        The futures with their probabilities, which add up to one.

    Raises:
        FuturesError: There are fewer than two futures, or a name is unknown.
        InvalidCaseError: A case is bad.

    Example:
        >>> read = lambda scenario: planner.read("inputs/starter.xlsx", scenario=scenario)
        >>> planner.futures.outlook_of(read, options=options).titles
        ('as it stands', 'surge', 'late budget')
    """
    run = RunContext.of(options)
    base = read(AS_IT_STANDS)
    listed, notes = chances(base, names)
    unknown = [name for name in own or {} if name not in listed]
    if unknown:
        message = f"There is no future '{unknown[0]}' among those weighed.{meant(unknown[0], listed)}"
        raise FuturesError(message)
    branching = branching_of(base, branch, own, common)
    labels = {row.scenario: row.label for row in base.of(Scenarios)}
    futures = []
    for number, (name, probability) in enumerate(listed.items(), 1):
        run.say(f"future {number} of {len(listed)}: {name or 'as it stands'}", "build")
        case = base if name == AS_IT_STANDS else replace(read(name), extend=base.extend)
        model = prepare(case, run.options)
        shows = first_edge(model.built.frame.grid, branching.shows(name)) if branching.shows(name) < math.inf else 1e9
        label = labels.get(name, "") or ("Nothing differs from the workbook" if name == AS_IT_STANDS else "")
        futures.append(Future(name, label, probability, model, decided_on(model.built, common), shows))
    _same_calendar(futures)
    return Outlook(tuple(futures), branching, run.options, tuple(notes))


def chances(base: Case, names: Sequence[str] = ()) -> tuple[dict[str, float], list[str]]:
    """Probability of each future, the case as it stands first with what is left to one; and what was done to them."""
    rows = {row.scenario: row.probability for row in base.of(Scenarios) if row.probability is not None}
    if not rows:
        message = (
            "No row of sheet Scenarios has a probability, so there are no futures to weigh. "
            "Write how likely each scenario is in its column Probability; what is left to 1 is the case as it stands."
        )
        raise FuturesError(message)
    for name in names:
        if name not in rows:
            message = f"There is no scenario '{name}' with a probability on sheet Scenarios.{meant(name, rows)}"
            raise FuturesError(message)
    rest = 1.0 - math.fsum(rows.values())
    listed = {AS_IT_STANDS: rest} if rest > SMALL else {}
    listed |= {name: p for name, p in rows.items() if p > SMALL and (not names or name in names)}
    if len(listed) < 2:
        message = "There is only one future with a probability: with nothing to weigh, planner solve is enough."
        raise FuturesError(message)
    total, notes = math.fsum(listed.values()), []
    if abs(total - 1.0) > SMALL:
        notes.append(f"Only some futures are weighed: their probabilities, {share(total)} in all, are scaled to one.")
    return {name: p / total for name, p in listed.items()}, notes


def _same_calendar(futures: Sequence[Future]) -> None:
    """Refuse futures on different periods: their decisions cannot be compared."""
    first = futures[0].model.built.frame.grid
    for future in futures[1:]:
        grid = future.model.built.frame.grid
        if grid.edges != first.edges or grid.origin != first.origin:
            message = (
                f"Scenario '{future.title}' changes the calendar (sheet Time, or the fiscal year or grid on Settings): "
                "futures can only be weighed on the same periods. Take these rows out of Scenario changes."
            )
            raise FuturesError(message)
