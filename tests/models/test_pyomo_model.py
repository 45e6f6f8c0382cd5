"""The model that is handed over is the case: named, in natural units, documented, and solved by any of Pyomo's solvers."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pyomo.environ as pyo
import pytest
from pyomo.repn import generate_standard_repn

import planner
from models.build import build
from models.builder import natural
from models.grid import Grid, Phase
from models.matrix import extract
from models.network import Network, Priority
from models.reader import power
from planner.case import Case
from planner.compile import compile_case
from planner.options import Options
from planner.solve import prepare
from planner.solve import solve as solve_case
from planner.workbook import read
from tests.shuffled import shuffled

STARTER = Path(__file__).parents[2] / "inputs" / "starter.xlsx"


@pytest.fixture(scope="module")
def case() -> Case:
    return read(STARTER)


@pytest.fixture(scope="module")
def model(case: Case) -> pyo.ConcreteModel:
    return planner.build(case, "phases")


def test_every_family_is_there_over_a_named_set_with_its_equation_and_unit(model: pyo.ConcreteModel) -> None:
    """Those without a row in this case too, so that an extension may name them."""
    every = build(Network(), Grid("one", date(2025, 1, 1), (0.0, 1.0), (Phase("P1", "One", 0.0, 1.0),))).model
    for kind, most in ((pyo.Var, 16), (pyo.Constraint, 31)):
        found = list(model.component_objects(kind))
        assert len(found) == most
        assert {c.local_name for c in found} == {c.local_name for c in every.component_objects(kind)}
        assert all("[" in c.doc for c in found)
        assert all(model.component(c.index_set().local_name) is c.index_set() for c in found)
        assert all(c.index_set().doc for c in found)


def test_the_balance_is_its_equation(model: pyo.ConcreteModel) -> None:
    """Closing = what survives of the opening + inflow + made - used, read off the constraint by hand."""
    repn = generate_standard_repn(model.balance["people:refused", 1].body)
    terms = {v.name: c for v, c in zip(repn.linear_vars, repn.linear_coefs, strict=True)}
    assert terms.pop("closing['people:refused',1]") == 1.0
    assert terms.pop("closing['people:refused',0]") == -1.0
    assert {name.partition("[")[0] for name in terms} == {"level"}
    assert all(-1.0 <= c < 0.0 for c in terms.values())


def test_sets_name_the_nouns_of_the_case(model: pyo.ConcreteModel) -> None:
    assert "account:asylum budget" in model.accounts
    assert list(model.periods) == [0, 1, 2]
    assert all(key in model.stocks for key, _ in model.closing)
    assert {name for name, _ in model.rule} <= set(model.rules)


def test_it_can_be_printed_and_read(model: pyo.ConcreteModel) -> None:
    text = io.StringIO()
    model.pprint(ostream=text)
    assert "K1: closing = d * carried over * opening" in text.getvalue()
    assert "closing['account:asylum budget',0]" in text.getvalue()


def test_bounds_and_measures_are_in_natural_units(case: Case, model: pyo.ConcreteModel) -> None:
    """A payment of a million is a million, whatever the scale factor says to a solver."""
    paid = next(v for k, v in model.payment.items() if k[0] == "account:asylum budget")
    assert model.scaling_factor[model.payment] == 1e-6
    assert model.origin[paid].startswith("Appropriations!") or model.origin[paid].startswith("Funding!")
    stock = next(s for s in compile_case(case).stocks if s.id == "people:waiting at the border")
    for variable in model.closing.values():
        variable.set_value(0.0, skip_validation=True)
    model.closing[stock.id, 2].set_value(120.0)
    assert pyo.value(model.people_in[stock.id, 2]) == 120.0


@pytest.mark.parametrize("grid", ["phases", "default"])
@pytest.mark.parametrize("solver", ["highs", "appsi_highs", "cbc", "glpk", "scip_direct"])
def test_other_solvers_find_the_same_optimum_without_a_word(
    case: Case, solver: str, grid: str, capfd: pytest.CaptureFixture[str]
) -> None:
    other = pyo.SolverFactory(solver)
    if not other.available(exception_flag=False):
        pytest.skip(f"{solver} is not installed")
    model = planner.build(case, grid)
    with shuffled(0):  # Pyomo speaks to HiGHS in calls of its own
        result = other.solve(model)
    assert result.solver.termination_condition == pyo.TerminationCondition.optimal
    assert "WARNING" not in "".join(capfd.readouterr())
    plan = solve_case(case, Options(grid=grid, gap=0.0))
    assert pyo.value(model.points) == pytest.approx(plan.objective, rel=1e-6)


def test_the_scaled_model_is_the_matrix(case: Case) -> None:
    """Pyomo's own transformation by the factors of the handed-over model gives what HiGHS gets."""
    model = planner.build(case, "phases")
    scaled = pyo.TransformationFactory("core.scale_model").create_using(model)
    matrix = prepare(case, Options(grid="phases")).matrix
    first = [
        c for c in scaled.component_data_objects(pyo.Constraint) if c.parent_component().local_name.endswith("bill")
    ]
    sizes = sorted(abs(v) for c in first for v in generate_standard_repn(c.body).linear_coefs)
    rows = [n for n, name in enumerate(matrix.row_names) if name.startswith("bill(")]
    mine = sorted(abs(v) for n in rows for v in matrix.values[matrix.starts[n] : matrix.starts[n + 1]])
    np.testing.assert_allclose(mine, sizes, rtol=1e-12)


def test_a_coefficient_comes_back_from_its_natural_unit() -> None:
    lost = 0
    for k in range(1, 2000):
        value = np.sin(k) * 10.0 ** (k % 7)
        back = natural(value, 1e3) * 1e3
        lost += back != value
        assert back == pytest.approx(value, rel=2.3e-16)
    assert 0 < lost < 60  # a few have no number that comes back: the last bit moves
    assert power(1.0 / 1e-5) == 1e5
    assert power(3.0) == 3.0


def test_what_is_read_hangs_on_the_model_alone(case: Case) -> None:
    """The matrix changes with the Pyomo model, and with nothing beside it."""

    def tighter(model: pyo.ConcreteModel) -> None:
        model.level["visa:seasonal work from Southland", 0].setub(50.0)

    network, grid = compile_case(case), case.grid("phases")
    plain, other = extract(build(network, grid)), extract(build(network, grid, tighter))
    moved = np.flatnonzero(plain.column_upper != other.column_upper)
    assert [plain.column_names[n] for n in moved] == ["level(visa_seasonal_work_from_Southland,0)"]
    assert np.array_equal(plain.values, other.values)


def test_priorities_are_objectives_of_which_the_first_is_active(case: Case) -> None:
    """Another objective in the place of the first leaves the later ones as they are."""
    levels = (Priority((("safe years", 1.0),)), Priority((("public money", -1.0),)))
    network, grid = replace(compile_case(case), priorities=levels), case.grid("phases")

    def fewest(model: pyo.ConcreteModel) -> None:
        model.points.deactivate()
        model.mine = pyo.Objective(expr=model.outcome_value["over the limit"], sense=pyo.minimize)

    plain, other = build(network, grid), build(network, grid, fewest)
    assert [o.active for o in plain.model.component_objects(pyo.Objective)] == [True, False]
    assert plain.model.priority_2.sense == pyo.maximize
    assert other.frame.objectives[1].terms == plain.frame.objectives[1].terms
    number = other.frame.column_of["outcome", ("over the limit",)]
    assert set(other.frame.objectives[0].terms) == {number}
    assert other.frame.objectives[0].terms[number] < 0.0
