"""Options of equal merit: against counting every plan, by hand, and as whole plans that pass their check."""

from __future__ import annotations

import itertools
import threading
from typing import Any

import numpy as np
import pytest

from planner.case import Case
from planner.explain import switch_worth
from planner.options import Options
from planner.plan import Status
from planner.solve import prepare, search
from planner.solver.runs import RunContext
from planner.tradeoffs import TradeoffError
from planner.tradeoffs.full_plans import plan_of_columns
from planner.tradeoffs.near_optimal.alternatives import Alternatives, alternatives
from planner.tradeoffs.near_optimal.near_optimal_set import Tolerance
from planner.verify import verify
from planner.workbook import case_from
from tests.explain.small import EXACT, solved_of, starter, two

PHASES = Options(gap=1e-6, grid="phases")


def by_row(found: Alternatives) -> dict[str, Any]:
    return {c.row: c for c in found.choices}


def test_the_ends_of_every_choice_by_hand() -> None:
    """3 x + 2 y with x + y <= 10 and x <= 4 is 24 at best. Within 10 % (2.4): x may lose 2.4, y may gain it."""
    found = alternatives(two("more"), within="10%", options=EXACT)
    assert found.objective == pytest.approx(24.0)
    assert found.tolerance == pytest.approx(2.4)
    x, y = by_row(found)["x"], by_row(found)["y"]
    assert (x.least, x.most) == pytest.approx((1.6, 4.0), rel=1e-4)
    assert (y.least, y.most) == pytest.approx((4.8, 8.4), rel=1e-4)
    assert (x.verdict, y.verdict) == ("must have", "must have")
    assert x.settled
    assert y.settled
    assert "Doing without costs 4 points (16.7 %)" in x.reason  # ten of y instead: 20 points


def test_where_less_is_better_the_objective_is_negative() -> None:
    """2 y is 10 at least for five units in all; within 10 % one unit of x may stand for one of y."""
    found = alternatives(two("less", floor=5.0), within="10%", options=EXACT)
    assert found.objective == pytest.approx(-10.0)
    assert found.tolerance == pytest.approx(1.0)
    x, y = by_row(found)["x"], by_row(found)["y"]
    assert (x.least, x.most) == pytest.approx((0.0, 1.0), abs=1e-4)
    assert (y.least, y.most) == pytest.approx((4.0, 5.5), rel=1e-4)
    assert (x.verdict, y.verdict) == ("free choice", "must have")
    assert all(p.points >= -11.0 - 1e-5 for p in found.plans)


def test_points_are_an_amount_too() -> None:
    found = alternatives(two("more"), within="2.4 points", options=EXACT)
    assert by_row(found)["x"].least == pytest.approx(1.6, rel=1e-4)
    assert found.within == "2.4 points"


@pytest.mark.parametrize(
    ("objective", "parts", "amount", "noted"),
    [(200.0, [200.0], 4.0, False), (-200.0, [-150.0, -50.0], 4.0, False), (0.5, [100.0, -99.5], 3.99, True),
     (0.0, [100.0, -100.0], 4.0, True), (0.0, [], 0.0, False)],
)  # fmt: skip
def test_a_percentage_near_nought(objective: float, parts: list[float], amount: float, noted: bool) -> None:
    given, note = Tolerance.parse("2%").amount(objective, parts)
    assert given == pytest.approx(amount)
    assert bool(note) == noted


COSTS, WORTHS, BUDGET = (5, 7, 4, 6, 3, 8), (9, 12, 7, 10, 4, 8), 17


def parcels() -> Case:
    """Six parcels, each whole or not at all, and money for some of them."""
    names = [f"parcel {n}" for n in range(len(COSTS))]
    return case_from({
        "Time": [{"Phase": "P1", "From": "2025-01-01", "Until": "2025-12-31"}],
        "Raw ledgers": [{"Ledger": "money", "Unit": "money", "Opening": BUDGET}],
        "Raw activities": [{"Activity": n, "At most": 1, "Whole units": "yes"} for n in names],
        "Raw recipes": [
            {"Activity": n, "Verb": "use", "Ledger": "money", "Quantity": c} for n, c in zip(names, COSTS, strict=True)
        ],
        "Outcomes": [{"Outcome": "worth", "Unit": "points", "Weight": 1}],
        "Outcome terms": [
            {"Outcome": "worth", "Line": str(k), "Measure": "units", "Where": f"row: {n}", "Per unit": w}
            for k, (n, w) in enumerate(zip(names, WORTHS, strict=True))
        ],
    })  # fmt: skip


@pytest.mark.parametrize("short", [0, 1, 2, 4, 9])
def test_verdicts_are_those_of_counting_every_plan(short: int) -> None:
    choices = np.array(list(itertools.product([0, 1], repeat=len(COSTS))))
    choices = choices[choices @ np.array(COSTS) <= BUDGET]
    points = choices @ np.array(WORTHS)
    near = choices[points >= points.max() - short]
    found = alternatives(parcels(), within=f"{short} points", options=PHASES)
    for n, column in enumerate(near.T):
        expected = "must have" if column.all() else "free choice" if column.any() else "must avoid"
        assert by_row(found)[f"parcel {n}"].verdict == expected
    assert found.plans[0].points == points.max()
    seen = {tuple(round(float(cost @ p.columns)) for cost in _amounts(found)) for p in found.plans}
    assert len(seen) == len(found.plans)
    assert seen <= {tuple(row) for row in near.tolist()}
    assert len(seen) == min(8, len(near)) or short > 4


def _amounts(found: Alternatives) -> list[np.ndarray]:
    """Coefficients of every parcel."""
    built, size = found.near_optimal.model.built, found.near_optimal.size
    rows = []
    for n in range(len(COSTS)):
        row = np.zeros(size)
        for (name, _), form in built.activities.level.items():
            if name == f"raw:parcel {n}":
                for column, value in form.terms.items():
                    row[column] += value
        rows.append(row)
    return rows


@pytest.fixture(scope="module")
def lesson() -> Alternatives:
    return alternatives(starter(), within="5%", plans=5, options=PHASES)


def test_every_plan_is_whole_near_the_best_and_passes_its_check(lesson: Alternatives) -> None:
    assert len(lesson.plans) == 5
    for alternative in lesson.plans:
        plan = lesson.plan(alternative.number)
        assert plan.objective == pytest.approx(alternative.points, rel=1e-6)
        assert alternative.points >= lesson.objective - lesson.tolerance - 1e-4 * abs(lesson.objective)
        assert plan.gap == pytest.approx((lesson.bound - plan.objective) / plan.objective, abs=1e-6)
        assert plan.status is (Status.OPTIMAL if alternative.number == 1 else Status.FEASIBLE)
        assert verify(starter(), plan).ok
    with pytest.raises(TradeoffError, match="There are 5 plans"):
        lesson.plan(6)


def test_plans_lie_apart_and_the_farthest_come_first(lesson: Alternatives) -> None:
    distances = [p.distance for p in lesson.plans[1:]]
    assert min(distances) > 0.01
    assert all(p.differs for p in lesson.plans[1:])
    assert lesson.plans[0].differs == ()


def test_a_switch_that_must_be_is_worth_more_than_the_distance(lesson: Alternatives) -> None:
    """What doing without costs is the same number that the worth of the switch is."""
    must = {c.row: c for c in lesson.of("must have") if c.kind == "reform"}
    assert must
    solved = solved_of(starter(), PHASES)
    for name, choice in must.items():
        (worth,) = switch_worth(solved, [name])
        assert worth.worth is not None
        assert worth.worth > lesson.tolerance
        assert f"{worth.worth:,.0f} points" in choice.reason


def test_the_answer_stands_first(lesson: Alternatives) -> None:
    assert lesson.sentence.startswith("All plans within 5 % of the best (")
    assert "take" in lesson.sentence.splitlines()[0]
    assert set(lesson.table()["verdict"]) <= {"must have", "free choice", "must avoid", "not settled"}
    assert lesson.to_json()["choices"][0]["cell"]


def test_the_same_seed_gives_the_same_plans(lesson: Alternatives) -> None:
    again = alternatives(starter(), within="5%", plans=5, options=PHASES)
    assert [p.points for p in again.plans] == [p.points for p in lesson.plans]
    assert [c.sentence for c in again.choices] == [c.sentence for c in lesson.choices]


def test_wider_is_freer(lesson: Alternatives) -> None:
    wide = alternatives(starter(), within="30%", plans=2, options=PHASES)
    narrow = {c.row + c.kind: c for c in lesson.choices}
    for choice in wide.choices:
        before = narrow[choice.row + choice.kind]
        assert choice.proven_least <= before.least * (1 + 1e-6) + 1e-6
        assert choice.proven_most >= before.most * (1 - 1e-6) - 1e-6
        if before.verdict == "free choice":
            assert choice.verdict == "free choice"


def test_two_reforms_of_which_one_must_be() -> None:
    """Either of two reforms opens the way, together they exclude each other: each is free, one of them is needed."""
    case = case_from({
        "Time": [{"Phase": "P1", "From": "2025-01-01", "Until": "2025-12-31"}],
        "Reforms": [{"Reform": "left", "Excludes": "right"}, {"Reform": "right"}],
        "Raw activities": [
            {"Activity": "by the left", "At most": 10, "Needs": "left"},
            {"Activity": "by the right", "At most": 10, "Needs": "right"},
        ],
        "Outcomes": [{"Outcome": "n", "Unit": "units", "Weight": 1}],
        "Outcome terms": [{"Outcome": "n", "Line": "1", "Measure": "units", "Where": "kind: raw"}],
    })  # fmt: skip
    found = alternatives(case, within="5%", options=PHASES)
    assert found.pairs == (("left", "right"),)
    assert "'left' versus 'right' is a free choice: every plan has exactly one of them." in found.sentence


def test_an_interrupted_question_keeps_what_was_found() -> None:
    stop = threading.Event()
    found = alternatives(
        starter(), within="5%",
        options=RunContext(PHASES, lambda p: stop.set() if "bounded" in p.message else None, stop),
    )  # fmt: skip
    assert found.stopped == "interrupted"
    assert found.plans
    assert found.of("not settled")
    assert any("not settled" in n for n in found.notes)
    assert verify(starter(), found.plan(1)).ok


def test_no_time_settles_nothing_that_is_not_proven() -> None:
    found = alternatives(starter(), within="5%", options=PHASES, seconds=1e-6)
    assert found.stopped == "time limit"
    assert not found.of("free choice")
    assert not found.of("must have")


@pytest.mark.parametrize(
    ("within", "words"), [("2", "write a percentage"), ("-1%", "no distance"), ("200%", "at most 100%"), ("", "'2%'")]
)
def test_odd_distances_are_refused(within: str, words: str) -> None:
    with pytest.raises(TradeoffError, match=words):
        alternatives(starter(), within=within)


def test_odd_questions_are_refused() -> None:
    with pytest.raises(TradeoffError, match="Ask for 1 to"):
        alternatives(starter(), plans=0)
    with pytest.raises(TradeoffError, match="no plan at all"):
        alternatives(two("more", floor=50.0), options=EXACT)


def test_a_plan_that_misses_its_rows_by_rounding_is_made_exact() -> None:
    """What a search calls feasible may be a few millionths of many people short; what is handed on passes its check."""
    case, options = starter(), Options(grid="phases", gap=1e-3)
    model = prepare(case, options)
    found = search(model, options)
    assert found.values is not None
    noise = np.where(model.matrix.integer, 0.0, 4e-6 * np.maximum(1.0, np.abs(found.values)))
    shaken = found.values + noise * np.cos(np.arange(len(noise)))
    plan = plan_of_columns(case, options, shaken, "shaken")
    assert verify(case, plan).ok
    assert plan.objective == pytest.approx(found.objective, rel=1e-3)
