"""Properties that hold on every instance: what no oracle can say, comparison of a case with a changed copy can."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.options import Options
from planner.sheets import BY_NAME, columns
from planner.solve import prepare, solve
from planner.solver.session import Session
from planner.workbook import case_from, read
from tests.checks.edits import Tables, starter

INPUTS = Path(__file__).parents[2] / "inputs"
EXACT = Options(gap=0.0, grid="phases")


def best(tables: Tables, options: Options = EXACT) -> float:
    """Objective of a case, solved to the end."""
    objective = solve(case_from(tables), options).objective
    assert objective is not None
    return objective


def test_another_currency_unit_changes_nothing() -> None:
    """Every dollar becomes two; a point is worth the same, so money weighs half as much."""
    tables = starter()
    for sheet, rows in tables.items():
        priced = {c.name for c in columns(BY_NAME[sheet]) if c.unit.startswith("USD") and "per USD" not in c.unit}
        for row in rows:
            for name in priced & set(row):
                row[name] = 2.0 * float(row[name])
    for row in tables["Outcomes"]:
        if row["Outcome"] == "public money":
            row["Weight"] = float(row["Weight"]) / 2.0
    assert best(tables) == pytest.approx(best(starter()), rel=1e-9)


def test_an_account_cut_in_two_halves_changes_nothing() -> None:
    tables = starter()
    fund = next(row for row in tables["Funding"] if row["Account"] == "partner fund")
    tables["Funding"].append({**fund, "Account": "partner fund B"})
    for row in [r for r in tables["Appropriations"] if r["Account"] == "partner fund"]:
        row["Amount"] = float(row["Amount"]) / 2.0
        tables["Appropriations"].append({**row, "Account": "partner fund B"})
    assert best(tables) == pytest.approx(best(starter()), rel=1e-9)


def test_a_stretch_cut_in_two_changes_nothing() -> None:
    tables = starter()
    first, second = tables["Curves"][0], tables["Curves"][1]
    half = float(first["Width"]) / 2.0
    tables["Curves"] = [{**first, "Width": half}, {**first, "Stretch": 2, "Width": half}, {**second, "Stretch": 3}]
    assert best(tables) == pytest.approx(best(starter()), rel=1e-9)


def country(name: str, size: float) -> Tables:
    """One country with people at risk and a programme with falling returns, a share `size` of the whole."""
    return {
        "Places": [{"Place": name}],
        "People": [
            {"People": f"at risk in {name}", "Place": name, "State": "at risk at home", "At start": 10_000 * size},
            {"People": f"safe in {name}", "Place": name, "State": "protected at home"},
        ],
        "Programmes": [
            {
                "Programme": f"shelter in {name}",
                "Place": name,
                "Purpose": "help",
                "Unit": "people",
                "Unit cost": 100,
                "Moves from": f"at risk in {name}",
                "Moves to": f"safe in {name}",
            }
        ],
        "Curves": [
            {"Programme": f"shelter in {name}", "Stretch": k + 1, "Width": width * size, "Effect": effect}
            for k, (width, effect) in enumerate(((3_000, 1.0), (4_000, 0.5)))
        ],
    }


def region(*countries: Tables) -> Tables:
    """Countries that share one budget."""
    tables: Tables = {
        "Time": [
            {"Phase": "P1", "From": "2025-01-01", "Until": "2025-12-31"},
            {"Phase": "P2", "From": "2026-01-01", "Until": "2026-12-31"},
        ],
        "Funding": [{"Account": "fund", "Purposes": "help"}],
        "Appropriations": [
            {"Account": "fund", "Phase": "P1", "Amount": 0.5},
            {"Account": "fund", "Phase": "P2", "Amount": 0.3},
        ],
        "Outcomes": [{"Outcome": "safe", "Unit": "person-years", "Weight": 1}],
        "Outcome terms": [
            {
                "Outcome": "safe",
                "Line": "1",
                "Measure": "person-days in",
                "Where": "state: protected at home",
                "Per unit": 1 / 365,
            }
        ],
    }
    for parts in countries:
        for sheet, rows in parts.items():
            tables.setdefault(sheet, []).extend(rows)
    return tables


def test_a_country_cut_in_two_equal_halves_changes_nothing() -> None:
    whole = best(region(country("Whole", 1.0)))
    halves = best(region(country("East", 0.5), country("West", 0.5)))
    assert whole == pytest.approx(halves, rel=1e-9)
    assert whole > 1000.0


@pytest.mark.parametrize(
    "change",
    [
        "Appropriations!asylum budget / P2.Amount=20",
        "Appropriations!partner fund / P1.Amount=3",
        "Staff!asylum officer / Border post.In post=20",
        "Staff!asylum officer / Border post.Hiring limit=80",
        "Quota by phase!seasonal visas / P2.Places=3000",
        "Visas!seasonal work from Southland.Demand=9000",
        "Programmes!recruitment support.At most=9000",
        "Settings!political capital at start.Value=30",
        "Sites!Border post.Capacity=60",
        "Rules!protection at home at least a tenth.On=no",
        "Rules!no abrupt cuts in protection at home.On=no",
        "Funding!asylum budget.Carry-over share=1",
    ],
)
def test_more_of_anything_and_a_rule_less_never_hurt(change: str) -> None:
    base = read(INPUTS / "starter")
    more = read(INPUTS / "starter", sets=(change,))
    before, after = solve(base, EXACT).objective, solve(more, EXACT).objective
    assert before is not None
    assert after is not None
    assert after >= before - 1e-6 * abs(before), change


def test_fewer_arrivals_are_no_reward_in_themselves() -> None:
    """Nobody waits any less because others are kept away: each one who comes and is protected counts for more."""
    base = solve(read(INPUTS / "starter"), EXACT)
    fewer = solve(read(INPUTS / "starter", sets=("Arrivals!*.Arrivals=100",)), EXACT)
    assert fewer.outcome("safe years") < base.outcome("safe years")


@pytest.mark.parametrize("grid", ["phases", "default"])
def test_the_relaxation_is_never_worse_and_prices_pay_only_for_what_binds(grid: str) -> None:
    model = prepare(read(INPUTS / "starter"), Options(gap=0.0, grid=grid))
    exact = Session(model.matrix, Options(gap=0.0)).run()
    assert exact.values is not None
    relaxed = Session(model.matrix, Options(gap=0.0))
    relaxed.fix_integers(exact.values)
    fixed = relaxed.run()
    assert fixed.objective == pytest.approx(exact.objective, rel=1e-6)
    loose = Session(model.matrix, Options(gap=0.0))
    loose.relax()
    bound = loose.run()
    assert bound.objective is not None
    assert exact.objective is not None
    assert bound.objective >= exact.objective - 1e-6 * abs(exact.objective)
    found = relaxed.optimum()
    activity, prices = found.row_values, found.row_duals
    distance = np.minimum(np.abs(activity - model.matrix.row_lower), np.abs(model.matrix.row_upper - activity))
    slack = np.where(np.isfinite(distance), distance, 0.0)
    assert float(np.abs(slack * prices).max()) < 1e-4


def test_finer_grids_agree_on_the_headline() -> None:
    """The fine grids agree; one period a phase cannot change its pace inside a phase and so promises less."""
    values = {
        g: solve(read(INPUTS / "starter"), Options(grid=g)).outcome("safe years")
        for g in ("phases", "default", "months")
    }
    assert values["default"] == pytest.approx(values["months"], rel=0.03)
    assert 0.75 * values["months"] < values["phases"] < values["months"]


@pytest.mark.slow
def test_the_reference_case_keeps_the_same_properties() -> None:
    path = INPUTS / "blueprint.xlsx"
    options = Options(gap=1e-3, grid="phases")
    base = solve(read(path), options)
    assert base.objective is not None
    for change in ("Appropriations!PRM humanitarian / P2.Amount=200", "Rules!Long-term lanes from year 2.On=no"):
        more = solve(read(path, sets=(change,)), options)
        assert more.bound is not None
        assert more.bound >= base.objective - 1e-6 * abs(base.objective), change
