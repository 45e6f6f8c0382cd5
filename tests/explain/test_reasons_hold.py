"""Every reason that a plan gives is walked and checked against its tables, in the very period that it is given for."""

from __future__ import annotations

import csv
import math
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from planner.case import Case
from planner.explain import SolvedCase, open_case, timing_story, unused, why
from planner.explain.timing import bindings
from planner.explain.why import KINDS
from planner.options import Options
from planner.plan import Plan
from planner.results import views
from planner.results.slots import NOTHING, stream_bottlenecks
from planner.sheets import BY_NAME, Rules
from planner.solve import solve
from planner.workbook import read

ROOT = Path(__file__).parents[2]
PHASES = Options(grid="phases", gap=1e-2)
LATE = "few visas in the rest of year 1"
NOBODY = 1e-2
"""People that rounding of a large case may leave."""


class Told:
    """A case, its plan, and the plan opened for questions."""

    def __init__(self, case: Case) -> None:
        self.case: Case = case
        self.plan: Plan = solve(case, PHASES)
        self.solved: SolvedCase = open_case(case, PHASES, self.plan)
        self.periods = self.plan.tables["periods"].set_index("name")

    def closing(self, stock: str, period: str) -> float:
        """What is left of a stock at the end of a period."""
        stocks = self.plan.tables["stocks"]
        mine = stocks[(stocks["stock"] == stock) & (stocks["period"] == self.periods.loc[period, "period"])]
        assert len(mine), stock
        return float(mine.sort_values("step")["closing"].iloc[-1])

    def full(self, capacity: str, period: str) -> bool:
        """Whether all that a capacity can give is taken."""
        rows = self.plan.tables["capacities"]
        mine = rows[(rows["capacity"] == capacity) & (rows["period"] == self.periods.loc[period, "period"])].iloc[0]
        return bool(mine["occupied"] >= 0.999 * mine["available"] * mine["ceiling"])


def starter_with_a_rule_on_one_phase(folder: Path) -> Case:
    """The starter, with a limit on visas in the second phase only, which they reach."""
    shutil.copytree(ROOT / "inputs" / "starter", folder)
    path = folder / "rules.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows.append({
        "Rule": LATE, "Measure": "units", "Where": "kind: visa", "Relation": "at most", "Value": "500",
        "Scope": "phase", "From": "2025-04-11", "Until": "2025-12-31", "Category": "preference",
    })  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], "From", "Until"])
        writer.writeheader()
        writer.writerows(rows)
    return read(folder)


@pytest.fixture(
    scope="module", params=["starter", "a rule on one phase", pytest.param("blueprint", marks=pytest.mark.slow)]
)
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    if request.param == "a rule on one phase":
        return Told(starter_with_a_rule_on_one_phase(tmp_path_factory.mktemp("late") / "case"))
    return Told(read(ROOT / "inputs" / f"{request.param}.xlsx"))


def rule_holds(told: Told, rule: str, period: str) -> bool:
    """Whether a rule is at its limit in a scope that reaches over a period, within the days for which it is made."""
    row = told.case.find(Rules, rule)
    assert row is not None
    begin = float(told.periods.loc[period, "start_day"])
    if row.starts is not None and told.case.day(row.starts) > begin + 0.5:
        return False
    if row.ends is not None and told.case.day(row.ends) + 1.0 < begin + 0.5:
        return False
    phase = str(told.periods.loc[period, "phase"])
    rows = told.plan.tables["rules"]
    mine = rows[(rows["rule"] == rule) & rows["scope"].isin(["whole plan", phase, period, f"until {period}"])]
    return bool((mine["slack"].abs() <= 1e-5 * mine[["left", "right"]].abs().max(axis=1).clip(lower=1.0)).any())


def check_stream(told: Told, row: pd.Series, reason: str) -> bool:  # type: ignore[type-arg]
    """Whether a reason of a stream holds in its period, by the plan's tables alone."""
    head, _, name = reason.partition(": ")
    period = str(row["Period"])
    in_force = told.plan.tables["in_force"]
    checks: dict[str, Callable[[], bool]] = {
        "rule": lambda: rule_holds(told, name, period),
        "quota used up": lambda: told.closing(f"pool:{name}", period) <= NOBODY,
        "staff": lambda: told.full(f"staff:{name}", period),
        "site": lambda: told.full(f"site:{name}", period),
        "recruited people": lambda: told.closing(f"people:{name.removeprefix('nobody left in ')}", period) <= NOBODY,
        "money": lambda: all(
            told.closing(f"account:{a}", period) <= 1e3 for a in name.removesuffix(" empty").split(", ")
        ),
        "demand": lambda: row["Share of what was asked"] >= 0.999,
        "largest pace of the stage": lambda: row["Share of what was asked"] >= 0.999,
        "reform not in force": lambda: (
            in_force[
                (in_force["switch"] == f"reform:{name}") & (in_force["period"] == told.periods.loc[period, "period"])
            ]["days"].sum()
            < float(told.periods.loc[period, "days"])
        ),
        "reform that this plan never makes": lambda: (
            in_force[in_force["switch"] == f"reform:{name}"]["days"].sum() == 0.0
        ),
        "growth": lambda: row["People"] > 0.0,
        "what goes with it": lambda: row["People"] > 0.0,
    }
    return checks[head]()


def test_what_holds_a_stream_holds_it_in_that_period(told: Told) -> None:
    frame = stream_bottlenecks(told.case, told.plan)
    wrong = [
        (row["Stream"], row["Period"], reason)
        for _, row in frame.iterrows()
        for reason in str(row["Held by"]).split("; ")
        if reason != NOTHING and not check_stream(told, row, reason)
    ]
    assert not wrong


def test_a_rule_on_one_phase_holds_nothing_in_another(tmp_path: Path) -> None:
    case = starter_with_a_rule_on_one_phase(tmp_path / "case")
    frame = stream_bottlenecks(case, solve(case, PHASES))
    held = frame[frame["Held by"].str.contains(LATE)]
    assert set(held["Period"]) == {"P2"}


def test_a_reform_that_is_not_worth_its_stream_is_said_to_be_left_out() -> None:
    """At 10 billion dollars a visa the agreement opens nothing that is wanted: it is not awaited, it is never made."""
    case = read(ROOT / "inputs" / "starter.xlsx", sets=("Visas!seasonal work from Southland.Unit cost=1e10",))
    held = stream_bottlenecks(case, solve(case, PHASES))["Held by"]
    assert set(held) == {"reform that this plan never makes: labour agreement"}


def test_what_an_account_is_said_to_be_it_is(told: Told) -> None:
    for _, row in views.unspent(told.case, told.plan).iterrows():
        for said in str(row["Why"]).split("; "):
            if said.startswith("empty until "):
                assert told.closing(f"account:{row['Account']}", said.removeprefix("empty until ")) <= 1e3
            if "lapsed on" in said:
                assert row["Lapsed"] > 0.0


def test_what_lies_unused_is_never_held_by_itself_or_by_nobody_who_is_there(told: Told) -> None:
    names = {s.id: s.tags.get("row", "") for s in told.solved.built.frame.network.stocks}
    for one in unused(told.solved):
        if one.kind == "account":
            assert f"money of account '{names[one.ledger]}' binds" not in one.cause
        for stock, row in names.items():
            if stock.startswith("people:") and f"nobody is left in '{row}'" in one.cause:
                assert told.closing(stock, one.period) <= NOBODY, one.sentence


def test_what_binds_in_a_period_has_a_price_there_and_nobody_means_nobody(told: Told) -> None:
    grid = told.solved.built.frame.grid
    for t, found in bindings(told.solved).items():
        for one in found:
            assert one.rent > 0.0
            family, _, ledger = one.name.partition(" ")
            if family == "balance" and ledger.startswith("people:"):
                assert told.closing(ledger, grid.names[t]) <= NOBODY, one.words
            rule = told.case.find(Rules, ledger) if family == "rule" else None
            if rule is not None and rule.strength == "hard" and rule.relation != "within band":
                assert rule_holds(told, ledger, grid.names[t]), one.words


def test_nothing_binds_only_where_nothing_has_a_price(told: Told) -> None:
    known = bindings(told.solved)
    grid = told.solved.built.frame.grid
    for stretch in timing_story(told.solved):
        first = grid.names.index(stretch.first)
        assert bool(stretch.bindings) == bool(known.get(first))


def test_every_reason_of_a_row_costs_something(told: Told) -> None:
    """What holds a row takes points from it in that period: a limit without a price holds nothing."""
    acts = told.solved.built.activities.by_id.values()
    sheets = {kind: sheet for sheet, kind in KINDS.items()}
    rows = [(sheets[a.tags["kind"]], a.tags["row"]) for a in acts if a.tags.get("kind") in sheets]
    assert rows
    for sheet, row in dict.fromkeys(rows):
        assert sheet in BY_NAME
        for reason in why(told.solved, sheet, row).reasons:
            assert all(part.points < 0.0 for part in reason.binding)
            assert math.isfinite(reason.level)
