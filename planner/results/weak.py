"""Inputs with weak evidence that the plan leans on: what to find out first."""

from __future__ import annotations

import pandas as pd

from planner.case import Case
from planner.ordering import steps
from planner.plan import Plan
from planner.plan.frames import table
from planner.results.frames import MILLION, remembered
from planner.sheets import BY_NAME, Row

WEAK = ("A", "U")
"""Grades that deserve the first look."""
COLUMNS = (
    "Sheet", "Row", "Cell", "Grade", "Money, USD million", "Share of all money", "People moved",
    "Share of all people moved", "Source",
)  # fmt: skip


def weak_rows(case: Case, plan: Plan, *, least: float | None = None) -> pd.DataFrame:
    """Rows graded A or U through which much of the plan's money goes, or of its moves of people.

    How much that is says `least`, without it the setting *weak evidence from*. The money is what the plan pays for the
    row, the people are those whom it moves; the heaviest row comes first.
    """
    much = case.policy("weak evidence from") if least is None else least
    found = [_line(case, row, _used(plan), much) for rows in case.rows.values() for row in rows if row.grade in WEAK]
    lines = [line for line in found if line is not None]
    frame = pd.DataFrame(lines, columns=list(COLUMNS))
    heaviest = frame[["Share of all money", "Share of all people moved"]].max(axis=1)
    return frame.assign(heaviest=heaviest).sort_values("heaviest", ascending=False, kind="stable", key=steps).drop(
        columns="heaviest"
    ).reset_index(drop=True)  # fmt: skip


@remembered
def _used(plan: Plan) -> pd.DataFrame:
    """Sheet and row: USD million that the plan pays for it, people whom it moves."""
    bills = table(plan, "bills")
    money = bills.assign(money=bills["cost"] / MILLION).groupby(["sheet", "row"], as_index=False).agg({"money": "sum"})
    done = table(plan, "activities")
    moved = done[done["kind"].isin(["stage", "visa"])].groupby(["sheet", "row"], as_index=False).agg({"level": "sum"})
    return money.merge(moved, on=["sheet", "row"], how="outer").fillna({"money": 0.0, "level": 0.0})


def _line(case: Case, row: Row, used: pd.DataFrame, least: float) -> dict[str, object] | None:
    """One row with what rests on it; None where that is little."""
    mine = used[(used["sheet"] == row.SHEET) & (used["row"] == row.id)]
    if mine.empty or row.SHEET not in BY_NAME:
        return None
    money, people = float(mine["money"].sum()), float(mine["level"].sum())
    all_money, all_people = float(used["money"].sum()), float(used["level"].sum())
    shares = (money / all_money if all_money else 0.0, people / all_people if all_people else 0.0)
    if max(shares) < least:
        return None
    grade = case.setting(f"grade {row.grade}")
    values = (row.SHEET, row.id, str(row.at()), grade, money, shares[0], people, shares[1], row.source)
    return dict(zip(COLUMNS, values, strict=True))
