"""What somebody does to a case's Pyomo model counts everywhere, is named, and is refused where it cannot be used."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyomo.environ as pyo
import pytest
from typer.testing import CliRunner

import planner
from models.errors import ExtensionError
from planner.case import Case
from planner.cli import app
from planner.explain import explain_conflict, open_case, prices
from planner.options import Options
from planner.plan import EXTENDED, Plan, Status
from planner.solve import export, prepare
from planner.solve import solve as solve_case
from planner.solve.extending import extended
from planner.tradeoffs import front_of_case
from planner.verify import verify
from planner.workbook import read

STARTER = Path(__file__).parents[2] / "inputs" / "starter.xlsx"
PHASES = Options(grid="phases", gap=0.0)
VISA = "visa:seasonal work from Southland"
Model = pyo.ConcreteModel


@pytest.fixture(scope="module")
def case() -> Case:
    return read(STARTER)


@pytest.fixture(scope="module")
def plain(case: Case) -> Plan:
    return solve_case(case, PHASES)


def capped(model: Model) -> None:
    model.cap_on_visas = pyo.Constraint(expr=sum(model.done[key] for key in model.done if key[0] == VISA) <= 100)


def fixed(model: Model) -> None:
    model.level[VISA, 1].fix(40.0)


def freed(model: Model) -> None:
    model.rule.deactivate()


def dearer(model: Model) -> None:
    """A visa brings a point more than the workbook says."""
    model.points.set_value(model.points.expr + sum(model.done[key] for key in model.done if key[0] == VISA))


def with_variable(model: Model) -> None:
    model.reserve = pyo.Var(bounds=(0, 500))
    model.keep = pyo.Constraint(
        expr=sum(model.done[key] for key in model.done if key[0] == VISA) + model.reserve <= 600
    )
    model.points.set_value(model.points.expr + 1000 * model.reserve)


def visas(plan: Plan) -> float:
    table = plan.tables["activities"]
    return float(table.loc[table["activity"] == VISA, "level"].sum())


def test_an_added_constraint_binds_and_is_named(case: Case, plain: Plan) -> None:
    plan = planner.solve(case, PHASES, extend=capped)
    assert visas(plain) > 101.0
    assert visas(plan) == pytest.approx(100.0)
    assert plan.objective < plain.objective
    assert any("cap_on_visas" in line and "cannot say" in line for line in plan.unproven)
    assert "cap_on_visas" in plan.record.health[EXTENDED]
    assert verify(case, plan).ok


def test_a_plain_plan_says_nothing_of_extensions(plain: Plan) -> None:
    assert EXTENDED not in plan_health(plain)
    assert not any("Pyomo" in line for line in plain.unproven)


def plan_health(plan: Plan) -> dict[str, object]:
    return dict(plan.record.health)


def test_a_fixed_variable_keeps_its_value(case: Case) -> None:
    plan = solve_case(case, PHASES, extend=fixed)
    table = plan.tables["activities"]
    chosen = table[(table["activity"] == VISA) & (table["period"] == 1)]
    assert float(chosen["level"].iloc[0]) == pytest.approx(40.0)
    assert f"fixed level['{VISA}',1]" in plan.record.health[EXTENDED]


def test_a_deactivated_family_no_longer_binds(case: Case, plain: Plan) -> None:
    plan = solve_case(case, PHASES, extend=freed)
    assert plan.objective >= plain.objective - 1e-6
    model = prepare(extended(case, freed), PHASES)
    rows = [n for n, row in enumerate(model.built.frame.rows) if row.family == "rule"]
    assert np.isinf(model.matrix.row_upper[rows]).all()
    assert np.isinf(model.matrix.row_lower[rows]).all()
    assert "deactivated " in plan.record.health[EXTENDED]


def test_a_changed_objective_counts_and_the_check_says_what_it_trusts(case: Case, plain: Plan) -> None:
    plan = solve_case(case, PHASES, extend=dearer)
    assert plan.status is Status.OPTIMAL
    assert plan.objective == pytest.approx(plain.objective + visas(plan), rel=1e-4)
    assert any("on trust" in line for line in plan.unproven)
    assert verify(case, plan).ok
    wrong = replace(plan, objective=plan.objective + 50.0)
    assert not verify(case, wrong).ok


def test_added_variables_are_searched_too(case: Case) -> None:
    plan = solve_case(case, PHASES, extend=with_variable)
    assert plan.status is Status.OPTIMAL
    assert visas(plan) == pytest.approx(100.0, abs=1e-4)
    assert "added variables reserve" in plan.record.health[EXTENDED]


def test_prices_name_what_was_added(case: Case) -> None:
    solved = open_case(extended(case, capped), PHASES)
    found = [row for row in prices(solved, top=50, every=True).rows if row.kind == "added"]
    assert [row.cell for row in found] == ["added in Pyomo: cap_on_visas"]
    assert found[0].price > 0.0
    assert "cap_on_visas" in found[0].sentence


def test_conflicts_name_what_was_added(case: Case) -> None:
    def never(model: Model) -> None:
        model.at_least_so_many = pyo.Constraint(expr=sum(model.done[k] for k in model.done if k[0] == VISA) >= 1e6)

    plan = solve_case(case, PHASES, extend=never)
    assert plan.status is Status.INFEASIBLE
    assert any("at_least_so_many" in line and "has a plan without" in line for line in plan.warnings)
    told = explain_conflict(extended(case, never), PHASES, seconds=20.0, repairs=1)
    assert any("added in Pyomo: at_least_so_many" in m.cell for c in told.conflicts for m in c.members)


def out_of_reach(model: Model) -> None:
    model.level[VISA, 1].fix(1e9)


def contradicting(model: Model) -> None:
    model.level[VISA, 1].setlb(50.0)
    model.level[VISA, 1].setub(20.0)


@pytest.mark.parametrize(("function", "how"), [(out_of_reach, "fixed"), (contradicting, "changed")])
def test_conflicts_name_what_was_set(case: Case, function: Callable[[Model], None], how: str) -> None:
    """The limit of the workbook's cell no longer holds the variable, so it is not what has to give way."""
    told = explain_conflict(extended(case, function), PHASES, seconds=20.0, repairs=1)
    cells = [member.cell for conflict in told.conflicts for member in conflict.members]
    assert cells == [f"{how} in Pyomo: level['{VISA}',1]"]


def test_prices_name_what_was_set(case: Case) -> None:
    solved = open_case(extended(case, fixed), PHASES)
    found = [row for row in prices(solved, top=500, every=True).rows if row.kind == "added"]
    assert [row.cell for row in found] == [f"fixed in Pyomo: level['{VISA}',1]"]
    assert found[0].price > 0.0


def test_what_grows_without_end_is_named(case: Case) -> None:
    def gift(model: Model) -> None:
        model.gift = pyo.Var(within=pyo.NonNegativeReals)
        model.points.set_value(model.points.expr + model.gift)

    plan = solve_case(case, PHASES, extend=gift)
    assert plan.status is Status.UNBOUNDED
    assert any("gift (added in Pyomo: gift)" in line for line in plan.warnings)


def test_an_extension_that_changes_nothing_leaves_nothing_unproven(case: Case, plain: Plan) -> None:
    def looking(model: Model) -> None:
        list(model.component_objects())

    plan = solve_case(case, PHASES, extend=looking)
    assert plan.unproven == plain.unproven
    assert plan.objective == plain.objective
    assert plan.record.health[EXTENDED] == "looking: changed nothing"


def test_fronts_keep_what_was_added(case: Case) -> None:
    outcomes = ["legal admissions", "public money"]
    free, held = (
        front_of_case(one, outcomes, options=PHASES, points=3, processes=1) for one in (case, extended(case, capped))
    )
    most = [max(p.values["legal admissions"] for p in found.points) for found in (free, held)]
    assert most[1] == pytest.approx(100.0, abs=1e-3)
    assert most[0] > 101.0


def in_a_block(model: Model) -> None:
    """Blocks, parameters, lists of constraints, yes-or-no variables, products with fixed variables."""
    model.part = pyo.Block()
    model.part.size = pyo.Param(initialize=300.0, mutable=True)
    model.part.on = pyo.Var(domain=pyo.Binary)
    model.part.room = pyo.Constraint([0, 1], rule=lambda b, t: model.done[VISA, t] <= b.size * b.on)
    model.part.off = pyo.Constraint(expr=model.done[VISA, 1] <= 0)
    model.part.off.deactivate()
    model.twice = pyo.Var(initialize=2.0)
    model.twice.fix()
    model.more = pyo.ConstraintList()
    model.more.add(model.twice * model.done[VISA, 1] <= 100)


def test_everything_linear_that_pyomo_offers_is_read(case: Case) -> None:
    plan = solve_case(case, PHASES, extend=in_a_block)
    table = plan.tables["activities"]
    levels = {
        int(t): float(x)
        for a, t, x in zip(table["activity"], table["period"], table["level"], strict=True)
        if a == VISA
    }
    assert levels.get(0, 0.0) <= 300.0 + 1e-6
    assert levels.get(1, 0.0) == pytest.approx(50.0)
    assert "more[1], part.room[0], part.room[1]" in plan.record.health[EXTENDED]


def test_another_objective_may_take_the_place_of_the_first(case: Case) -> None:
    def cheapest(model: Model) -> None:
        model.points.deactivate()
        model.mine = pyo.Objective(expr=model.outcome_value["public money"], sense=pyo.minimize)

    plan = solve_case(case, PHASES, extend=cheapest)
    assert plan.status is Status.OPTIMAL
    assert plan.objective == pytest.approx(-plan.outcome("public money"), rel=1e-6)
    assert "changed the objectives points" in plan.record.health[EXTENDED]


def test_many_members_of_a_family_are_counted(case: Case) -> None:
    plan = solve_case(case, PHASES, extend=freed)
    assert "of rule" in plan.record.health[EXTENDED]


def test_files_hold_what_was_added(case: Case, tmp_path: Path) -> None:
    export(extended(case, capped), tmp_path / "model.lp", PHASES)
    assert "added(cap_on_visas)" in (tmp_path / "model.lp").read_text(encoding="utf-8")


def test_a_finer_grid_needs_no_extension_of_its_coarse_start(case: Case) -> None:
    def late(model: Model) -> None:
        model.late = pyo.Constraint(expr=model.done[VISA, 5] <= 10.0)

    assert solve_case(case, Options(grid="default", gap=0.01), extend=late).found


def raising(model: Model) -> None:
    model.wrong = pyo.Constraint(expr=model.level["no such activity", 0] <= 1)


def nonlinear(model: Model) -> None:
    model.square = pyo.Constraint(expr=model.level[VISA, 1] ** 2 <= 4.0)


def removing(model: Model) -> None:
    model.del_component(model.rule)


def removing_one(model: Model) -> None:
    del model.closing["people:waiting at the border", 0]


def emptying(model: Model) -> None:
    model.balance.clear()


def another(model: Model) -> Model:
    return pyo.ConcreteModel()


def two_objectives(model: Model) -> None:
    model.mine = pyo.Objective(expr=model.level[VISA, 1])


def holey(model: Model) -> None:
    model.odd = pyo.Var(domain=pyo.Set(initialize=[1, 3, 7]))
    model.use = pyo.Constraint(expr=model.odd + model.level[VISA, 1] <= 10)


def sets(model: Model) -> None:
    model.kinds = pyo.SOSConstraint(var=model.level, sos=1)


def valueless(model: Model) -> None:
    model.share = pyo.Param(mutable=True)
    model.part = pyo.Constraint(expr=model.share * model.level[VISA, 1] <= 3)


def replaced(model: Model) -> None:
    model.del_component("rule")
    model.rule = pyo.Constraint(expr=model.level[VISA, 1] <= 3)


def leaving(model: Model) -> None:
    raise SystemExit(3)


def unheld(model: Model) -> None:
    model.level[VISA, 1].fix()


def aimless(model: Model) -> None:
    model.points.deactivate()


def backwards(model: Model) -> None:
    model.scaling_factor[model.level[VISA, 1]] = -1


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (raising, "The extension raising failed in line"),
        (nonlinear, "constraint 'square' is not linear"),
        (removing, "removed 'rule'"),
        (removing_one, "removed 'closing['people:waiting at the border',0]'"),
        (emptying, "removed 'balance['account:asylum budget',0]'"),
        (another, "returned another model"),
        (two_objectives, "exactly one active objective"),
        (holey, "Variable 'odd' has domain"),
        (sets, "'kinds' is a SOSConstraint"),
        (valueless, "holds something without a value"),
        (replaced, "removed 'rule'"),
        (leaving, "failed in line"),
        (unheld, "is fixed at no value"),
        (aimless, "here it is none"),
        (backwards, "must be a number above nought"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(case: Case, function: Callable[[Model], object], words: str) -> None:
    with pytest.raises(ExtensionError, match=r"The extension \w+") as refused:
        solve_case(case, PHASES, extend=function)
    assert words in str(refused.value)


def run(tmp_path: Path, source: str | None, *more: str) -> tuple[int, str]:
    path = tmp_path / "mine.py"
    if source is not None:
        path.write_text(source, encoding="utf-8")
    words = ["solve", str(STARTER), "--grid", "phases", "--extend", str(path), "--out", str(tmp_path / "p.xlsx"), *more]
    done = CliRunner().invoke(app, words, env={"COLUMNS": "300"})
    return done.exit_code, done.output


HARD = """
import pyomo.environ as pyo

def extend(model):
    visas = sum(model.done[key] for key in model.done if key[0] == "{visa}")
    model.cap = pyo.Constraint(expr=visas <= 17)
"""
CAP = """
import pyomo.environ as pyo

def extend(model):
    model.cap = pyo.Constraint(expr=model.done["{visa}", 1] <= {most})
"""


def test_a_file_extends_a_solve(tmp_path: Path) -> None:
    code, told = run(tmp_path, CAP.format(visa=VISA, most=10))
    assert code == 0
    assert "extended in Pyomo by mine.py: added constraints cap" in told
    assert "no changes, extended in Pyomo by mine.py)" in told
    checked = CliRunner().invoke(app, ["verify", str(STARTER), str(tmp_path / "p.xlsx")], env={"COLUMNS": "300"})
    assert checked.exit_code == 0
    assert "Not checked, since no workbook says it: what was done to the model in Pyomo by mine.py" in checked.output
    shown = CliRunner().invoke(app, ["explain", str(tmp_path / "p.xlsx"), "--grid", "phases"], env={"COLUMNS": "300"})
    assert "without --extend that does not count here" in shown.output


VERBS = {
    "front": ["--outcome", "legal admissions", "--outcome", "public money", "--points", "2"],
    "goal": ["--target", "legal admissions>=10", "--least", "money"],
    "sweep": ["--cell", "Appropriations!*.Amount", "--from", "90%", "--to", "110%", "--points", "3"],
    "packages": ["--steps", "-10"],
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_file_extends_what_analysts_ask(tmp_path: Path, verb: str) -> None:
    """The cap that was added holds in the answer: no more than 17 visas."""
    path = tmp_path / "mine.py"
    path.write_text(HARD.format(visa=VISA), encoding="utf-8")
    words = [verb, str(STARTER), "--grid", "phases", "--extend", str(path), "--json", str(tmp_path / "told.json")]
    done = CliRunner().invoke(app, [*words, *VERBS[verb]], env={"COLUMNS": "300"})
    assert done.exit_code == 0, done.output
    told = json.loads((tmp_path / "told.json").read_text(encoding="utf-8"))
    assert told["stands_on"]["extended"] == "mine.py"
    assert list(visas_in(told))
    assert all(value <= 17.0 + 1e-6 for value in visas_in(told))


def test_a_file_extends_every_future(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(CAP.format(visa=VISA, most=-5), encoding="utf-8")
    done = CliRunner().invoke(app, ["futures", str(STARTER), "--grid", "phases", "--extend", str(path)])
    assert done.exit_code == 4
    assert "Traceback" not in done.output


def test_a_file_extends_prices(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(HARD.format(visa=VISA), encoding="utf-8")
    words = ["explain", str(STARTER), "--grid", "phases", "--extend", str(path)]
    done = CliRunner().invoke(app, words, env={"COLUMNS": "300"})
    assert done.exit_code == 0
    assert "One more of what constraint 'cap' holds at most (added in Pyomo: cap)" in done.output


def visas_in(told: object) -> Iterator[float]:
    """Every value of legal admissions in an answer."""
    for inner in told.values() if isinstance(told, dict) else told if isinstance(told, list) else ():
        yield from visas_in(inner)
    if isinstance(told, dict) and isinstance(told.get("legal admissions"), float | int):
        yield float(told["legal admissions"])


def test_no_answer_is_written_over_the_extension(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(CAP.format(visa=VISA, most=10), encoding="utf-8")
    done = CliRunner().invoke(app, ["explain", str(STARTER), "--extend", str(path), "--json", str(path)])
    assert done.exit_code == 2
    assert "def extend" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("source", "code", "words"),
    [
        (None, 2, "cannot be read"),
        ("x = 1", 2, "has no function 'extend'"),
        ("def extend(model)", 2, "mine.py cannot be loaded: SyntaxError"),
        ("def extend(model):\n    raise KeyError('x')", 2, "The extension mine.py failed in line 2: KeyError"),
        (CAP.format(visa=VISA, most=-5), 4, "added in Pyomo: cap"),
    ],
)
def test_bad_files_end_in_a_sentence(tmp_path: Path, source: str | None, code: int, words: str) -> None:
    found, told = run(tmp_path, source)
    assert found == code
    assert words in told
    assert "Traceback" not in told
