"""Money and numbers that lapse inside a period: what a grid with an edge on that day might still put to use."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import pandas as pd

from planner.case import Case
from planner.case.payers import may_pay
from planner.plan import Plan
from planner.plan.frames import table
from planner.results.frames import MILLION, bill_tags, periods, remembered, say_date
from planner.sheets import Curves, Funding, Pipelines, Visas
from planner.wording.figures import figure

LEAST = {"account": 0.0005, "pool": 0.5}
"""USD million and numbers below which nothing is told."""
TAGS = ("purpose", "place", "country", "actor")
"""What a bill says of itself."""


@dataclass(frozen=True)
class Lapse:
    """What lapses inside a period: USD million of an account or numbers of a pool, at most so much of it usable."""

    kind: str
    name: str
    period: str
    day: str
    lapsed: float
    amount: float

    @property
    def sentence(self) -> str:
        """Say it with its sum."""
        money = self.kind == "account"
        sum_ = f"USD {figure(self.amount)} million" if money else f"{figure(self.amount, 'places')} places"
        return (
            f"{sum_} of {self.name} lapse on {self.day}, inside period {self.period}. What a "
            "period costs and does falls evenly before and after that day: more may be used on a finer grid."
        )


@remembered
def lapses_inside(case: Case, plan: Plan) -> tuple[Lapse, ...]:
    """Every lapse inside a period of which a finer grid might use more, the largest first, money before numbers.

    The amount is no more than what would have been asked for before that day, had all of the period's costs and paces
    fallen before it.
    """
    known = periods(plan)
    begins = {int(t): float(day) for t, day in zip(known["period"], known["start_day"], strict=True)}
    dates, names = (dict(zip(known["period"].astype(int), known[c], strict=True)) for c in ("from", "name"))
    stocks = table(plan, "stocks")
    flows = ["period", "start_day", "end_day", "lapsed", "paid", "used"]
    found = []
    for stock, frame in stocks[stocks["kind"].isin(["account", "pool"])].groupby("stock", sort=True)[flows]:
        kind, _, name = str(stock).partition(":")
        steps = [_Step(int(t), *(float(x) for x in rest)) for t, *rest in frame.itertuples(index=False)]
        inside = [step for step in steps if step.start > begins[step.period] + 1e-9]
        costs = _costs(case, plan, name) if kind == "account" and inside else {}
        unit = MILLION if kind == "account" else 1.0
        for step in inside:
            period = step.period
            before = [s for s in steps if s.period == period and s.start < step.start]
            days = math.fsum(s.end - s.start for s in before)
            asked = costs.get(period, 0.0) if kind == "account" else _asked(case, name, days)
            done = math.fsum(s.paid if kind == "account" else s.used for s in before) / unit
            amount = min(step.lapsed / unit, asked - done)
            if amount > LEAST[kind]:
                day = say_date(pd.Timestamp(dates[period]) + pd.Timedelta(days=step.start - begins[period]))
                found.append(Lapse(kind, name, str(names[period]), day, step.lapsed / unit, amount))
    return tuple(sorted(found, key=lambda f: (f.kind, -f.amount, f.name, f.day)))


def _costs(case: Case, plan: Plan, account: str) -> dict[int, float]:
    """USD million that everything costs in each period for which an account may pay."""
    row = case.find(Funding, account)
    sums: defaultdict[int, float] = defaultdict(float)
    for kind in _bill_kinds(plan):
        if row is not None and may_pay(row, **dict(zip(TAGS, kind.tags, strict=True))):
            for period, cost in kind.costs.items():
                sums[period] += cost / MILLION
    return sums


def payable(plan: Plan, row: Funding) -> set[str]:
    """Bills of a plan for which an account may pay, whatever their day."""
    kinds = (kind for kind in _bill_kinds(plan) if may_pay(row, **dict(zip(TAGS, kind.tags, strict=True))))
    return {bill for kind in kinds for bill in kind.bills}


@dataclass
class _Step:
    """A step of an account or pool as the search for lapses needs it: days, and USD or numbers."""

    period: int
    start: float
    end: float
    lapsed: float
    paid: float
    used: float


@dataclass
class _BillKind:
    """Bills that say the same of themselves, as far as :data:`TAGS` go, and what they cost together by period (USD)."""

    tags: tuple[str, ...]
    bills: set[str] = field(default_factory=set)
    costs: dict[int, float] = field(default_factory=dict)


@remembered
def _bill_kinds(plan: Plan) -> tuple[_BillKind, ...]:
    """Every kind of bill of a plan: far fewer than bills."""
    kinds: dict[tuple[str, ...], _BillKind] = {}
    for bill, *rest in bill_tags(plan)[["bill", *TAGS]].fillna("").itertuples(index=False):
        tags = tuple(str(tag) for tag in rest)
        kinds.setdefault(tags, _BillKind(tags)).bills.add(str(bill))
    of = {bill: kind for kind in kinds.values() for bill in kind.bills}
    for bill, period, cost in table(plan, "bills")[["bill", "period", "cost"]].itertuples(index=False):
        if (kind := of.get(str(bill))) is not None:
            kind.costs[int(period)] = kind.costs.get(int(period), 0.0) + float(cost)
    return tuple(kinds.values())


def _asked(case: Case, pool: str, days: float) -> float:
    """Numbers that the streams of a pool could use at their largest pace in so many days."""
    paces = list(_paces(case, pool))
    return math.inf if any(p is None for p in paces) else sum(p or 0.0 for p in paces) * days / 365.0


def _paces(case: Case, pool: str) -> Iterator[float | None]:
    """Largest pace a year of every stream and stage that uses a pool; None where it has none."""
    rows: list[Visas | Pipelines] = [*case.of(Visas), *case.of(Pipelines)]
    for row in rows:
        if pool in row.slots:
            curve = [c.width for c in case.of(Curves) if c.row == row.id]
            stated = row.demand if isinstance(row, Visas) else row.at_most
            limits = [limit for limit in (stated, sum(curve) if curve else None) if limit is not None]
            yield min(limits, default=None)


def lapses_note(case: Case, plan: Plan) -> str:
    """One sentence with the sums of what the grid leaves unspendable, with the largest of them; blank without any."""
    found = lapses_inside(case, plan)
    money = sum(one.amount for one in found if one.kind == "account")
    numbers = sum(one.amount for one in found if one.kind == "pool")
    if not found:
        return ""
    parts = [f"USD {figure(money)} million"] if money else []
    parts += [f"{figure(numbers, 'places')} places"] if numbers else []
    first = found[0]
    finer = {"phases": "default or months", "default": "months"}.get(plan.record.grid, "'every 7 days'")
    return (
        f"Up to {' and '.join(parts)} lapse inside a period of grid '{plan.record.grid}' and might be used on a finer "
        f"one, such as {finer} (most of it from {first.name}, on {first.day} in {first.period})."
    )
