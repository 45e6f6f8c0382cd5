"""Money and numbers that lapse inside a period: what a grid with an edge on that day might still put to use."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from planner.case import Case
from planner.case.payers import may_pay
from planner.plan import Plan
from planner.plan.frames import table
from planner.results.frames import MILLION, bill_tags, periods, remembered, say_date
from planner.sheets import Curves, Funding, Pipelines, Visas

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
        unit = "USD {:,.1f} million" if self.kind == "account" else "{:,.0f} numbers"
        return (
            f"{unit.format(self.amount)} of {self.name} lapse on {self.day}, inside period {self.period}. What a "
            "period costs and does falls evenly before and after that day: more may be used on a finer grid."
        )


@remembered
def lapses_inside(case: Case, plan: Plan) -> tuple[Lapse, ...]:
    """Every lapse inside a period of which a finer grid might use more, the largest first, money before numbers.

    The amount is no more than what would have been asked for before that day, had all of the period's costs and paces
    fallen before it.
    """
    stocks = table(plan, "stocks")
    known = periods(plan)
    begins = {int(t): float(day) for t, day in zip(known["period"], known["start_day"], strict=True)}
    dates, names = (dict(zip(known["period"].astype(int), known[c], strict=True)) for c in ("from", "name"))
    found = []
    for stock, rows in stocks[stocks["kind"].isin(["account", "pool"])].groupby("stock", sort=True):
        kind, _, name = str(stock).partition(":")
        costs = _costs(case, plan, name) if kind == "account" else {}
        unit = MILLION if kind == "account" else 1.0
        for t, start, lapsed in rows[["period", "start_day", "lapsed"]].itertuples(index=False):
            period, inside = int(t), float(start) - begins[int(t)]
            if inside <= 1e-9:
                continue
            before = rows[(rows["period"] == period) & (rows["start_day"] < float(start))]
            asked = costs.get(period, 0.0) if kind == "account" else _asked(case, name, before)
            done = float(before["paid" if kind == "account" else "used"].sum()) / unit
            amount = min(float(lapsed) / unit, asked - done)
            if amount > LEAST[kind]:
                day = say_date(pd.Timestamp(dates[period]) + pd.Timedelta(days=inside))
                found.append(Lapse(kind, name, str(names[period]), day, float(lapsed) / unit, amount))
    return tuple(sorted(found, key=lambda f: (f.kind, -f.amount, f.name, f.day)))


def _costs(case: Case, plan: Plan, account: str) -> dict[int, float]:
    """USD million that everything costs in each period for which an account may pay."""
    row = case.find(Funding, account)
    if row is None:
        return {}
    bills = table(plan, "bills")
    mine = bills[bills["bill"].isin(payable(plan, row))]
    costs = mine.groupby("period", as_index=False).agg({"cost": "sum"})
    return {int(t): float(cost) / MILLION for t, cost in zip(costs["period"], costs["cost"], strict=True)}


def payable(plan: Plan, row: Funding) -> set[str]:
    """Bills of a plan for which an account may pay, whatever their day."""
    tags = bill_tags(plan)[["bill", *TAGS]].fillna("").astype(str)
    kinds = tags[list(TAGS)].drop_duplicates()  # far fewer than bills
    allowed = kinds[[may_pay(row, **dict(zip(TAGS, who, strict=True))) for who in kinds.itertuples(index=False)]]
    return set(tags.merge(allowed, on=list(TAGS))["bill"])


def _asked(case: Case, pool: str, before: pd.DataFrame) -> float:
    """Numbers that the streams of a pool could use at their largest pace in the steps before a day."""
    days = float((before["end_day"] - before["start_day"]).sum())
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
    parts = [f"USD {money:,.1f} million"] if money else []
    parts += [f"{numbers:,.0f} numbers"] if numbers else []
    first = found[0]
    finer = {"phases": "default or months", "default": "months"}.get(plan.record.grid, "'every 7 days'")
    return (
        f"Up to {' and '.join(parts)} lapse inside a period of grid '{plan.record.grid}' and might be used on a finer "
        f"one, such as {finer} (most of it from {first.name}, on {first.day} in {first.period})."
    )
