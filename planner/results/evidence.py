"""How firm a plan's ground is: its money and its points by the grade of the rows behind them, and the weakest numbers.

Money goes to the row that is billed. Points of an outcome go to the rows that its subjects come from: those of an
activity to its row; those of a compartment to the rows that brought people there (at the start, arrivals, stages,
programmes, visas, movements), in proportion to how many each brought. Points count without their sign.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from planner.case import Case
from planner.checks.recommendations import cited
from planner.ordering import place
from planner.plan import Plan
from planner.results.facts import Facts
from planner.sheets import (
    Arrivals,
    Evidence,
    Movements,
    Outcomes,
    People,
    Pipelines,
    Programmes,
    Recommendations,
    Row,
    Visas,
)

WIDEST = 2.0
"""A range is counted as at most so many times its central value."""
Key = tuple[str, str]
"""Sheet and id of a row."""


@dataclass(frozen=True, slots=True)
class Weak:
    """An assumed or unverified number: what stands on it, and how far it may be off.

    `money` and `points` are shares of the plan's; `spread` is (high - low) / central; `weight` ranks.
    """

    id: str
    statement: str
    grade: str
    value: float
    low: float | None
    high: float | None
    rows: int
    money: float
    points: float
    spread: float

    @property
    def weight(self) -> float:
        """Share of the plan's points (its rows, without a plan) that stands on it, times its spread."""
        return self.points * self.spread


@dataclass(frozen=True)
class Weighing:
    """Counts, money and points by grade, with the weakest numbers first."""

    rows: dict[str, float]
    money: dict[str, float] = field(default_factory=dict)
    points: dict[str, float] = field(default_factory=dict)
    weakest: tuple[Weak, ...] = ()
    without_range: tuple[str, ...] = ()


def weigh(case: Case, plan: Plan | None = None, most: int = 10) -> Weighing:
    """Weigh a case, and a plan if there is one; at most `most` weak numbers are listed."""
    rows = {(row.SHEET, row.id): row for kept in case.rows.values() for row in kept if _counts(row)}
    money: dict[Key, float] = {}
    points: dict[Key, float] = {}
    if plan is not None and plan.found:
        money, points = _money(plan), _points(case, plan)
    return Weighing(
        rows=_by_grade(case, rows, dict.fromkeys(rows, 1.0)),
        money=_by_grade(case, rows, money) if money else {},
        points=_by_grade(case, rows, points) if points else {},
        weakest=tuple(sorted(_weak(case, rows, money, points), key=lambda w: (-place(w.weight), w.id))[:most]),
        without_range=tuple(
            e.evidence
            for e in case.of(Evidence)
            if e.grade in ("A", "U") and e.value is not None and (e.low is None or e.high is None)
        ),
    )


def _counts(row: Row) -> bool:
    """Whether a row holds figures of the case, and not figures about figures."""
    return not isinstance(row, (Evidence, Recommendations)) and bool(row.source or row.grade)


def _by_grade(case: Case, rows: Mapping[Key, Row], amounts: Mapping[Key, float]) -> dict[str, float]:
    """Sum amounts by the grade of their row; rows without grade stand under ''."""
    found: dict[str, float] = dict.fromkeys(case.grades, 0.0)
    for key, amount in amounts.items():
        row = rows.get(key)
        found[row.grade if row is not None and row.grade in case.grades else ""] += amount
    return found


def _money(plan: Plan) -> dict[Key, float]:
    """USD by the row that is billed."""
    bills = plan.tables["bills"]
    found: dict[Key, float] = defaultdict(float)
    for sheet, row, cost in zip(bills["sheet"], bills["row"], bills["cost"], strict=True):
        found[str(sheet), str(row)] += float(cost)
    return dict(found)


def _points(case: Case, plan: Plan) -> dict[Key, float]:
    """Points, without sign, by the rows that they come from."""
    facts = Facts(case, plan)
    terms = plan.tables["outcome_terms"]
    weights = _weights(case, plan)
    found: dict[Key, float] = defaultdict(float)
    homes = _homes(plan)
    values: dict[Key, float] = defaultdict(float)
    for outcome, subject, value in zip(terms["outcome"], terms["subject"], terms["value"], strict=True):
        values[str(outcome), str(subject)] += float(value)
    for (outcome, name), value in values.items():
        amount = abs(value) * weights.get(outcome, 0.0)
        if not amount:
            continue
        shares = _sources(facts, name.removeprefix("people:")) if name.startswith("people:") else {}
        total = sum(shares.values())
        if total > 0.0:
            for key, part in shares.items():
                found[key] += amount * part / total
        else:
            found[homes.get(name, ("", name))] += amount
    return dict(found)


def _weights(case: Case, plan: Plan) -> dict[str, float]:
    """Points for one unit of a term's value; of an outcome that is no sum, its points over all its terms' values."""
    terms, outcomes = plan.tables["outcome_terms"], plan.tables["outcomes"]
    found: dict[str, float] = {}
    for name, weight, points in zip(outcomes["outcome"], outcomes["weight"], outcomes["points"], strict=True):
        found[str(name)] = abs(float(weight))
        outcome = case.find(Outcomes, str(name))
        if outcome is not None and outcome.kind != "sum":
            values = float(terms.loc[terms["outcome"] == name, "value"].abs().sum())
            found[str(name)] = abs(float(points)) / values if values else 0.0
    return found


def _homes(plan: Plan) -> dict[str, Key]:
    """Row of every kernel id."""
    found: dict[str, Key] = {}
    names = {
        "activities": "activity",
        "switches": "switch",
        "stocks": "stock",
        "capacities": "capacity",
        "bills": "bill",
    }
    for table, name in names.items():
        for row in plan.tables[table][[name, "sheet", "row"]].drop_duplicates().itertuples(index=False):
            found.setdefault(str(row[0]), (str(row[1]), str(row[2])))
    return found


def _sources(facts: Facts, people: str) -> dict[Key, float]:
    """How many people each row brought into a compartment."""
    found: dict[Key, float] = defaultdict(float)
    case = facts.case
    stocks = facts.table("stocks")
    mine = stocks[stocks["stock"] == f"people:{people}"]
    home = case.find(People, people)
    if home is not None:
        found[People.SHEET, people] += home.at_start
    arrivals = [row for row in case.of(Arrivals) if row.people == people]
    for row in arrivals:
        found[Arrivals.SHEET, row.id] += float(mine["inflow"].sum()) / len(arrivals)
    moves = [row for row in case.of(Movements) if row.enters == people]
    for move in moves:
        found[Movements.SHEET, move.id] += float(mine["gained"].sum()) / len(moves)
    for key, brought in _brought(facts, people):
        found[key] += brought
    return dict(found)


def _brought(facts: Facts, people: str) -> Iterator[tuple[Key, float]]:
    """People brought by what the plan does."""
    for stage in facts.case.of(Pipelines):
        for to, share in stage.destinations:
            if to == people:
                yield (Pipelines.SHEET, stage.id), facts.levels.get(f"stage:{stage.id}", 0.0) * share
    for programme in facts.case.of(Programmes):
        if programme.moves_to == people:
            yield (
                (Programmes.SHEET, programme.id),
                facts.levels.get(f"programme:{programme.id}", 0.0) * programme.people_per_unit,
            )
    for visa in facts.case.of(Visas):
        if visa.goes_to == people:
            yield (Visas.SHEET, visa.id), facts.levels.get(f"visa:{visa.id}", 0.0)


def _weak(case: Case, rows: dict[Key, Row], money: dict[Key, float], points: dict[Key, float]) -> Iterator[Weak]:
    """Every assumed or unverified number with what stands on it; without a plan every row counts alike."""
    weights = points or dict.fromkeys(rows, 1.0)
    all_points, all_money = sum(weights.values()) or 1.0, sum(money.values()) or 1.0
    standing: dict[str, list[Key]] = defaultdict(list)
    for key, row in rows.items():
        for name in dict.fromkeys(cited(row)):
            standing[name].append(key)
    for item in case.of(Evidence):
        keys = standing.get(item.evidence.casefold(), [])
        if item.grade not in ("A", "U") or item.value is None or not keys:
            continue
        yield Weak(
            id=item.evidence,
            statement=item.statement,
            grade=item.grade,
            value=item.value,
            low=item.low,
            high=item.high,
            rows=len(keys),
            money=sum(money.get(k, 0.0) for k in keys) / all_money,
            points=sum(weights.get(k, 0.0) for k in keys) / all_points,
            spread=_spread(item),
        )


def _spread(item: Evidence) -> float:
    """Width of the range over the central value; a missing range counts as the widest."""
    if item.low is None or item.high is None or not item.value:
        return WIDEST
    return min(WIDEST, (item.high - item.low) / abs(item.value))
