"""What holds of every plan, on the starter and on the reference case in three phases: sums, bounds, prices, files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from planner.case import Case
from planner.explain import open_case, prices
from planner.options import Options
from planner.plan import Plan
from planner.results import read_plan, to_json, write_workbook
from planner.sheets import BY_NAME, columns
from planner.solve import Model, prepare, solve
from planner.solver.session import Session
from planner.verify import verify
from planner.workbook import case_from, read_folder
from tests.checks.edits import Tables

INPUTS = Path(__file__).parents[2] / "inputs"


@dataclass(frozen=True)
class Instance:
    """A case with its plan."""

    tables: Tables
    case: Case
    options: Options
    plan: Plan


def tables_of(name: str) -> Tables:
    """Rows of a packaged case by sheet, in columns' headers."""
    found: Tables = {}
    for sheet, table in read_folder(INPUTS / name).items():
        names = {c.field: c.name for c in columns(sheet)}
        found[sheet.SHEET] = [{names[field]: value for field, value in row.values.items()} for row in table.rows]
    return found


WAYS = {
    "starter": ("starter", Options(gap=0.0, grid="default")),
    "reference in three phases": ("blueprint", Options(gap=0.01, grid="phases")),
}


@pytest.fixture(scope="module", params=["starter", pytest.param("reference in three phases", marks=pytest.mark.slow)])
def instance(request: pytest.FixtureRequest) -> Instance:
    folder, options = WAYS[request.param]
    tables = tables_of(folder)
    case = case_from(tables)
    return Instance(tables, case, options, solve(case, options))


def close(left: Any, right: Any, scale: float = 1.0) -> None:
    """Equal to a millionth of the scale (of one at least)."""
    left, right = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    assert np.abs(left - right).max(initial=0.0) <= 1e-6 * max(1.0, scale)


CAME, WENT = ("inflow", "made", "switched", "gained"), ("used", "paid", "lost", "lapsed")
"""Columns of a stock's step that add to it and that take from it."""


def test_people_and_money_are_conserved(instance: Instance) -> None:
    """Every stock, step by step: what stood there, came and went is what stands there at the end."""
    table = instance.plan.tables["stocks"]
    table = table.assign(**{c: pd.to_numeric(table[c]).fillna(0.0) for c in ("opening", "closing", *CAME, *WENT)})
    assert len(table) > 0
    came, went = table[list(CAME)].sum(axis=1), table[list(WENT)].sum(axis=1)
    scale = float(table[["opening", "inflow", "closing"]].abs().to_numpy().max())
    close(table["opening"] + came - went, table["closing"], scale)
    for _, steps in table.sort_values("step").groupby("stock"):
        assert (steps["opening"].iloc[1:].to_numpy() <= steps["closing"].iloc[:-1].to_numpy() + 1e-6 * scale).all()


def test_every_bill_is_paid_and_nothing_else_is(instance: Instance) -> None:
    bills, payments = instance.plan.tables["bills"], instance.plan.tables["payments"]
    due = bills.groupby(["bill", "period"])["cost"].sum()
    paid = payments.groupby(["bill", "period"])["amount"].sum()
    both = pd.concat([due, paid], axis=1).fillna(0.0)
    close(both["cost"], both["amount"], float(both["cost"].max()))
    out = instance.plan.tables["stocks"].groupby("stock")["paid"].sum()
    spent = payments.groupby("account")["amount"].sum()
    for account, amount in spent.items():
        close(out[account], amount, float(spent.max()))


def test_the_objective_is_the_sum_of_the_points(instance: Instance) -> None:
    plan = instance.plan
    outcomes = plan.tables["outcomes"]
    close(outcomes["points"], outcomes["value"] * outcomes["weight"], float(outcomes["points"].abs().max()))
    penalties = float(outcomes["points"].sum()) - float(plan.objective or 0.0)
    assert penalties >= -1e-6 * abs(plan.objective or 0.0)
    terms = plan.tables["outcome_terms"].groupby("outcome")["value"].sum()
    sums = {row.outcome: row for row in instance.case.of(BY_NAME["Outcomes"]) if row.kind == "sum"}  # type: ignore[attr-defined]
    for name, value in zip(outcomes["outcome"], outcomes["value"], strict=True):
        if name in sums:
            close(terms.get(name, 0.0), value, abs(value))


def test_every_headline_is_the_sum_of_its_table(instance: Instance) -> None:
    """What other programs and people read, recomputed by plain sums over the raw tables."""
    plan = instance.plan
    told = to_json(instance.case, plan)
    phase = dict(zip(plan.tables["periods"]["period"], plan.tables["periods"]["phase"], strict=True))
    payments = plan.tables["payments"]
    by_phase = payments.assign(phase=payments["period"].map(phase)).groupby("phase")["amount"].sum() / 1e6
    for name in dict.fromkeys(plan.tables["periods"]["phase"]):
        listed = sum(row[name] for row in told["totals"]["money"].values())
        close(listed, by_phase.get(name, 0.0), float(by_phase.max()))
    cost = float(plan.tables["bills"]["cost"].sum()) / 1e6
    close(told["totals"]["money_total"], cost, cost)
    close(sum(row["plan"] for row in told["by_country"]["money"].values()), cost, cost)
    values = dict(zip(plan.tables["outcomes"]["outcome"], plan.tables["outcomes"]["value"], strict=True))
    assert {row["name"]: row["value"] for row in told["outcomes"]} == pytest.approx(values, rel=1e-9, abs=1e-9)
    taken = set(plan.tables["switches"].loc[plan.tables["switches"]["taken"].astype(bool), "switch"])
    assert {row["switch"] for row in told["switches"]} == taken
    for part in ("visas", "slots"):
        listed = sum(row["plan"] for row in told["by_country"][part].values())
        close(told["totals"][part]["plan"], listed, listed)


def test_a_plan_keeps_every_limit_after_it_was_written_and_read(instance: Instance, tmp_path: Path) -> None:
    assert verify(instance.case, instance.plan).ok
    write_workbook(instance.case, instance.plan, tmp_path / "plan.xlsx")
    again = read_plan(tmp_path / "plan.xlsx")
    report = verify(instance.case, again)
    assert report.ok, str(report)
    assert again.objective == instance.plan.objective


def relaxed(model: Model, options: Options, values: np.ndarray | None = None) -> Session:
    """A session without whole numbers, or with them fixed at a plan's."""
    session = Session(model.matrix, options)
    if values is None:
        session.relax()
    else:
        session.fix_integers(values)
    return session


def test_the_relaxation_is_never_worse_and_prices_pay_only_for_what_binds(instance: Instance) -> None:
    model = prepare(instance.case, instance.options)
    exact = Session(model.matrix, instance.options).run()
    assert exact.values is not None
    assert exact.objective is not None
    loose = relaxed(model, instance.options).run()
    assert loose.objective is not None
    assert loose.objective >= exact.objective - 1e-6 * abs(exact.objective)
    fixed = relaxed(model, instance.options, exact.values)
    answer = fixed.run()
    assert answer.objective is not None
    assert answer.objective >= exact.objective - 1e-6 * abs(exact.objective)
    assert answer.objective <= (exact.bound or 0.0) + 1e-6 * abs(exact.objective)
    found = fixed.optimum()
    activity, duals = found.row_values, found.row_duals
    distance = np.minimum(np.abs(activity - model.matrix.row_lower), np.abs(model.matrix.row_upper - activity))
    slack = np.where(np.isfinite(distance), distance, 0.0)
    assert float(np.abs(slack * duals).max()) < 1e-6 * max(1.0, abs(answer.objective))


def test_doing_nothing_is_never_better(instance: Instance) -> None:
    """The plan scores at least what happens by itself, outcome weights taken together."""
    weights = dict(
        zip(instance.plan.tables["outcomes"]["outcome"], instance.plan.tables["outcomes"]["weight"], strict=True)
    )
    nothing = sum(weights[name] * value for name, value in instance.plan.doing_nothing.items())
    assert instance.plan.doing_nothing
    assert instance.plan.bound is not None
    assert nothing <= instance.plan.bound + 1e-6 * abs(instance.plan.bound)


def swapped(tables: Tables, one: str, other: str) -> Tables:
    """Two names in each other's place, wherever they stand in a text."""

    def swap(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return value.replace(one, "\0").replace(other, one).replace("\0", other)

    return {sheet: [{k: swap(v) for k, v in row.items()} for row in rows] for sheet, rows in tables.items()}


def overlap(instance: Instance, other: Plan) -> None:
    """Both searches prove ranges for the same optimum: these overlap (where both are closed, they are one point)."""
    for one, two in ((instance.plan, other), (other, instance.plan)):
        assert one.objective is not None
        assert two.bound is not None
        assert one.objective <= two.bound + 1e-6 * abs(two.bound)


def neighbours(instance: Instance) -> tuple[str, str]:
    """Two countries of the case, neither of whose names is part of another word of it."""
    known = {str(row.get("Country", "")) for row in instance.tables["Places"]}
    return ("Guatemala", "Honduras") if "Guatemala" in known else ("Northland", "Southland")


def test_countries_in_each_others_place_decide_nothing(instance: Instance) -> None:
    overlap(instance, solve(case_from(swapped(instance.tables, *neighbours(instance))), instance.options))


def test_a_price_is_what_a_little_more_brings(instance: Instance) -> None:
    """Inside its range a price is a finite difference of the plan with its decisions held."""
    study = open_case(instance.case, instance.options)
    listed = prices(study, top=6)
    assert listed.rows
    size = max(abs(row.price) for row in listed.rows)
    compared = 0
    for row in listed.rows:
        if row.checked is not None and row.checked.right is not None and row.high > row.value:
            assert row.least - 1e-6 * size <= row.checked.right <= row.most + 1e-6 * size or (
                row.checked.right == pytest.approx(row.price, rel=1e-4, abs=1e-6 * size)
            ), row.id
            compared += 1
    assert compared > 0
