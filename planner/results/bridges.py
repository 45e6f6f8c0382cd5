"""Bridges between totals that go by nearly the same name: what one of them counts and the other does not.

The division says how many visas and places there are and what all bills come to; an outcome of sheet Outcomes says what
it was told to count of them, with its own weights and discount; the page of streams lists every numbered way. Each
bridge begins with one total, names what is added and taken away, and ends with the other: its lines add up.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from planner.case import Case
from planner.plan import Plan
from planner.plan.frames import table
from planner.results.division import rows_of
from planner.results.fiscal import accounts_by_year
from planner.results.frames import name_of, say_id
from planner.results.money import paid
from planner.results.slots import streams
from planner.sheets import Outcomes
from planner.wording.lists import in_a_row

SAME = 1e-9
"""Relative difference within which two totals are the same figure."""
MINUS = "\u2212 "
NAMED = 3
"""Rows that a line names."""


@dataclass(frozen=True)
class BridgeLine:
    """A line of a bridge: its words, and what it adds in the bridge's unit."""

    words: str
    value: float


@dataclass(frozen=True)
class Bridge:
    """From the sum of `steps` to the total called `end`; the values of the steps add up to `total` in `unit`."""

    steps: tuple[BridgeLine, ...]
    end: str
    total: float
    unit: str


def bridges(case: Case, plan: Plan) -> list[Bridge]:
    """Every pair of totals in a plan that a reader may take for the same and that differ."""
    if not plan.found:
        return []
    made = [*_legal_ways(case, plan), *_spending(case, plan)]
    return [bridge for bridge in made if bridge is not None]


def bridge_table(found: list[Bridge]) -> pd.DataFrame:
    """Bridges as a table: one line a step, and the total that they come to after '='."""
    rows: list[tuple[str, str, float]] = []
    for bridge in found:
        for number, step in enumerate(bridge.steps):
            sign = "" if number == 0 else "+ " if step.value >= 0 else MINUS
            rows.append((f"{sign}{step.words}", bridge.unit, step.value))
        rows.append((f"= {bridge.end}", bridge.unit, bridge.total))
    return pd.DataFrame(rows, columns=["How totals hang together", "Unit", "Plan total"])


def _named(sums: dict[str, float]) -> str:
    """The largest of what a line holds, by name."""
    ranked = sorted((name for name in sums if sums[name]), key=lambda name: (-round(abs(sums[name]), 6), name))
    return in_a_row(ranked, NAMED)


def _joined(steps: list[BridgeLine], end: str, total: float, unit: str, rest: str) -> Bridge | None:
    """A bridge whose last step closes it; none where the first step is the whole already."""
    size = max(1.0, abs(total), *(abs(step.value) for step in steps))
    kept = [step for n, step in enumerate(steps) if n == 0 or abs(step.value) > SAME * size]
    left = total - math.fsum(step.value for step in kept)
    if abs(left) > SAME * size:
        kept.append(BridgeLine(rest, left))
    if len(kept) == 1:
        return None
    return Bridge(tuple(kept), end, math.fsum(step.value for step in kept), unit)


def _headline(case: Case, plan: Plan, kind: str, unit: str) -> Iterator[tuple[Outcomes, float]]:
    """Outcomes of a headline that are sums in a unit, with their value."""
    values = dict(zip(table(plan, "outcomes")["outcome"], table(plan, "outcomes")["value"], strict=True))
    for row in case.of(Outcomes):
        if row.headline == kind and row.kind == "sum" and row.unit == unit and row.outcome in values:
            yield row, float(values[row.outcome])


def _legal_ways(case: Case, plan: Plan) -> Iterator[Bridge | None]:
    """From visas and places to all streams, and to what the outcomes on legal pathways count."""
    parts = {part: rows_of(case, plan, part).groupby("activity")["amount"].sum() for part in ("visas", "slots")}
    known = {str(k): float(v) for sums in parts.values() for k, v in sums.items()}
    begin = [
        BridgeLine("Visas by nationality", math.fsum(parts["visas"])),
        BridgeLine("Resettlement places by country of origin", math.fsum(parts["slots"])),
    ]
    every = streams(case, plan)
    if len(every):
        done = table(plan, "activities")
        ids = set(done[done["kind"].isin(["visa", "stage"])]["activity"].astype(str)) - set(known)
        others = {name_of(i): 0.0 for i in ids}
        totals = dict(zip(every["Stream"].astype(str), every["Plan total"].astype(float), strict=True))
        others = {name: totals[name] for name in others if name in totals}
        named = BridgeLine(f"other ways that use places ({_named(others)})", math.fsum(others.values()))
        yield _joined([*begin, named], "Streams on sheet 'Visas and quotas'", math.fsum(totals.values()), "people",
                      "ways counted in both")  # fmt: skip
    for row, value in _headline(case, plan, "legal pathways", "people"):
        terms = table(plan, "outcome_terms")
        mine = terms[terms["outcome"] == row.outcome].groupby("subject")["value"].sum()
        counted = {str(subject): float(v) for subject, v in mine.items()}
        left_out = {name_of(i): -v for i, v in known.items() if i not in counted}
        besides = {say_id(i): v for i, v in counted.items() if i not in known}
        yield _joined(
            [
                *begin,
                BridgeLine(f"not counted by it: {_named(left_out)}", math.fsum(left_out.values())),
                BridgeLine(f"counted besides: {_named(besides)}", math.fsum(besides.values())),
            ],
            f"{row.outcome} (sheet Outcomes)", value, "people", "its weights and discount",
        )  # fmt: skip


def _spending(case: Case, plan: Plan) -> Iterator[Bridge | None]:
    """From all bills to what the outcomes on cost count."""
    whole = math.fsum(rows_of(case, plan, "money")["amount"])
    begin = [BridgeLine("Money by country (all bills)", whole)]
    by_account = paid(plan).groupby("account")["money"].sum()
    yield _joined(begin, "Paid by all accounts (sheet 'Money')", math.fsum(by_account), "USD million", "rounding")
    for row, value in _headline(case, plan, "cost", "USD million"):
        terms = table(plan, "outcome_terms")
        mine = terms[terms["outcome"] == row.outcome]
        yield _joined(
            [*begin, *_told_apart(mine, by_account, rows_of(case, plan, "money"))],
            f"{row.outcome} (sheet Outcomes)", value, "USD million", "its weights and discount",
        )  # fmt: skip


def fiscal_bridge(case: Case, plan: Plan) -> Bridge:
    """From what accounts obligate in all fiscal years to all bills; raw ledgers that pay have no fiscal year."""
    obligated = math.fsum(accounts_by_year(case, plan)["Obligated"])
    found = paid(plan)
    raw = found[~found["account"].astype(str).str.startswith("account:")]
    steps = [BridgeLine("Obligated by all accounts in all fiscal years", obligated)]
    if len(raw):
        names = {name_of(str(a)): float(v) for a, v in raw.groupby("account")["money"].sum().items()}
        steps.append(BridgeLine(f"paid by raw ledgers: {_named(names)}", math.fsum(names.values())))
    return Bridge(tuple(steps), "Money by country (all bills)", math.fsum(s.value for s in steps), "USD million")


def _told_apart(terms: pd.DataFrame, by_account: pd.Series[Any], bills: pd.DataFrame) -> Iterator[BridgeLine]:
    """What an outcome on cost does not count of all bills: other bills, other accounts, accounts taken off."""
    payments = terms[terms["measure"] == "payment"]
    accounts = payments["subject"].astype(str).str.partition("|")[0] if len(payments) else payments["subject"]
    counted = payments.groupby(accounts)["value"].sum()
    spending = set(terms[terms["measure"] == "spending"]["subject"].astype(str))
    if not spending and len(counted):
        others = {name_of(str(a)): -float(v) for a, v in by_account.items() if str(a) not in set(counted.index)}
        yield BridgeLine(f"paid by accounts that it does not count: {_named(others)}", math.fsum(others.values()))
        return
    sums = bills.groupby("bill")["amount"].sum()
    others = {say_id(str(b)): -float(v) for b, v in sums.items() if str(b) not in spending}
    yield BridgeLine(f"bills that it does not count: {_named(others)}", math.fsum(others.values()))
    apart = {name_of(str(a)): float(v) for a, v in counted.items()}
    yield BridgeLine(f"accounts that it counts otherwise: {_named(apart)}", math.fsum(apart.values()))
