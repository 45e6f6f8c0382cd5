"""An outcome divided into who gets it."""

from __future__ import annotations

import numpy as np
import pytest

from models.matrix import Floats
from planner.options import Options
from planner.solve import Model, prepare
from planner.tradeoffs import TradeoffError, fairness
from planner.tradeoffs.divisions import division
from tests.explain.small import published, starter

EXACT = Options(gap=1e-6, grid="phases")


@pytest.fixture(scope="module")
def model() -> Model:
    return prepare(starter(), EXACT)


def whole(model: Model, outcome: str) -> Floats:
    """Coefficients of an outcome's own column, and of all its parts summed: the row that defines it."""
    form = model.built.outcomes.value[outcome]
    row = np.zeros(len(model.matrix.cost))
    for column, value in form.terms.items():
        row[column] = value
    return row


def test_parts_add_up_to_the_outcome(model: Model) -> None:
    from planner.solver.session import Session

    problem, notes = division(model, "safe years", "country", EXACT)
    assert set(problem.names) == {"Northland", "Southland"}
    best = Session(model.matrix, EXACT).run()
    assert best.values is not None
    parts = problem.natural(problem.coefficients @ best.values)
    assert parts.sum() == pytest.approx(float(whole(model, "safe years") @ best.values), rel=1e-6)
    assert not any("left out" in n for n in notes)


def test_the_total_of_a_fair_plan_is_never_more_than_the_greatest(model: Model) -> None:
    problem, _ = division(model, "safe years", "country", EXACT)
    best = fairness.utilitarian(problem, options=EXACT)
    for fair in (fairness.max_min(problem, options=EXACT), fairness.least_gini(problem, keep=0.9, options=EXACT)):
        assert fair.total <= best.total * (1 + 1e-6)
        assert min(fair.values.values()) >= min(best.values.values()) * (1 - 1e-6)
        assert fair.figures["gini"] <= fairness.gini(list(best.values.values())) + 1e-6


@pytest.mark.parametrize(
    ("outcome", "across", "only", "words"),
    [("safe yeers", "country", (), "Did you mean 'safe years'"), ("public money", "country", (), "less is better"),
     ("safe years", "planet", (), "not by 'planet'"), ("safe years", "country", ("Eastland",), "No country 'Eastland'"),
     ("legal admissions", "country", (), "not divided by country")],
)  # fmt: skip
def test_what_cannot_be_divided_says_why(
    model: Model, outcome: str, across: str, only: tuple[str, ...], words: str
) -> None:
    with pytest.raises(TradeoffError, match=words):
        division(model, outcome, across, EXACT, only=only)


def test_published_fairness_by_division() -> None:
    """T9: needs 100 and 300, unit cost 1 and 2, budget 300: max-min 42.857 % at a price of 14.29 %."""
    model = prepare(published("t09_fairness"), EXACT)
    name = next(o.id for o in model.built.frame.network.outcomes if o.kind == "sum")
    across = "country"
    problem, _ = division(model, name, across, EXACT)
    one, other = sorted(problem.names)
    fair = fairness.max_min(problem, needs={one: 100.0, other: 300.0}, options=EXACT)
    assert fair.figures["worst"] == pytest.approx(3.0 / 7.0, rel=1e-6)
