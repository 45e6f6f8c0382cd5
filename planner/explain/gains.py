"""Who gains and who loses against what goes on without the plan, the plan before, or another plan."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import pandas as pd

from planner.case import Case
from planner.explain.solved_case import SolvedCase
from planner.ordering import place
from planner.plan.extract import Extractor
from planner.sheets import Outcomes
from planner.solve import Model
from planner.solve.without_plan import compared_with
from planner.wording.figures import figure, signed

ACROSS = ("country", "origin", "group")


@dataclass(frozen=True)
class Gain:
    """What a country, origin or group gets of an outcome, now and in what it is compared with."""

    outcome: str
    unit: str
    across: str
    name: str
    value: float
    before: float
    better: bool
    sentence: str


def who_gains(solved: SolvedCase, *, across: str = "country", against: pd.DataFrame | None = None) -> tuple[Gain, ...]:
    """Outcomes by country, origin or group against what goes on without the plan.

    Args:
        solved: An opened plan.
        across: 'country', 'origin' or 'group'.
        against: Another plan's table `outcome_terms`; None: what goes on, or doing nothing where nothing does.

    Returns:
        One entry a part and outcome in its unit, losers first; what things cost is not among them.

    Raises:
        ValueError: There is no such division.

    Example:
        >>> sorted({gain.name for gain in planner.explain.who_gains(solved)})
        ['Northland', 'Southland']
    """
    now = pd.DataFrame(list(Extractor(solved.built, solved.values).outcome_terms()))
    if against is not None:
        return gains_between(solved.case, now, against, across=across, word="the other plan")
    found = compared_with(Model(solved.case, solved.built, solved.matrix), solved.options)
    rows = (
        []
        if found.values is None
        else list(Extractor(found.built, found.values, floors=found.floors, freed=True).outcome_terms())
    )
    return gains_between(solved.case, now, pd.DataFrame(rows), across=across, word=found.word)


def gains_between(
    case: Case, now: pd.DataFrame, then: pd.DataFrame, *, across: str = "country", word: str = "doing nothing"
) -> tuple[Gain, ...]:
    """Who gains and who loses between two tables `outcome_terms`.

    Args:
        case: The case of both.
        now: The table of one plan, values in each outcome's unit.
        then: The table of the other.
        across: 'country', 'origin' or 'group'.
        word: What the second is called in sentences.

    Returns:
        One entry a part and outcome that differs, losers first.

    Raises:
        ValueError: There is no such division.

    Example:
        >>> terms = plan.tables["outcome_terms"]
        >>> planner.explain.gains_between(case, terms, terms)
        ()
    """
    if across not in ACROSS:
        message = f"Gains are shown by country, origin or group, not by '{across}'."
        raise ValueError(message)
    after, before = _divided(now, across), _divided(then, across)
    rows = {row.outcome: row for row in case.of(Outcomes)}
    gains = []
    for outcome, name in sorted({*after, *before}):
        row, value, was = rows[outcome], after.get((outcome, name), 0.0), before.get((outcome, name), 0.0)
        if abs(value - was) <= 1e-6 * max(1.0, abs(was)) or not name or row.headline == "cost":
            continue
        better = (value > was) == (row.better == "more")
        verdict = "gains" if better else "loses"
        sentence = f"{name} {verdict}: {row.label or outcome} {figure(value, row.unit)} {row.unit} against "
        sentence += f"{figure(was, row.unit)} under {word} ({signed(value - was, row.unit)})."
        gains.append(Gain(outcome, row.unit, across, name, value, was, better, sentence))
    return tuple(sorted(gains, key=lambda g: (g.better, g.outcome, -place(abs(g.value - g.before)))))


def _divided(table: pd.DataFrame, across: str) -> dict[tuple[str, str], float]:
    """Value of each outcome by name in a column of the table."""
    found: dict[tuple[str, str], float] = defaultdict(float)
    if not table.empty and across in table:
        for outcome, name, value in zip(table["outcome"], table[across], table["value"], strict=True):
            found[str(outcome), str(name) if isinstance(name, str) else ""] += float(value)
    return found
