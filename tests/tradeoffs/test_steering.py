"""Reachable ranges and steering, against a case solved by hand and against single searches."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from planner.case import Case
from planner.options import Options
from planner.plan import Plan
from planner.sheets import Outcomes
from planner.solve import solve
from planner.solver.runs import RunContext
from planner.tradeoffs.errors import TradeoffError
from planner.tradeoffs.goal_seeking.seeking import most
from planner.tradeoffs.goal_seeking.targets import Target
from planner.tradeoffs.steering import KINDS, Classification, reachable, refusal, steer
from planner.verify import verify
from planner.workbook import read
from tests.tradeoffs.test_goals import EXACT, two_programmes

STARTER = Path(__file__).parents[2] / "inputs" / "starter"
PHASES = Options(gap=1e-4, grid="phases")


@pytest.fixture(scope="module")
def pair() -> tuple[Case, Plan]:
    """100 people at a dollar, 100 at two, 150 dollars: the best plan helps 100 and 25."""
    case = two_programmes()
    return case, solve(case, EXACT)


@pytest.fixture(scope="module")
def starter() -> tuple[Case, Plan]:
    """The first-lesson case with its plan."""
    case = read(STARTER)
    return case, solve(case, PHASES)


def test_ranges_by_hand(pair: tuple[Case, Plan]) -> None:
    found = reachable(pair[0], ["cheap", "dear"], plan=pair[1], options=EXACT)
    assert (found.possible, found.complete) == (True, True)
    cheap, dear = found.of("cheap"), found.of("dear")
    assert (cheap.worst, cheap.best) == (pytest.approx(0.0, abs=1e-3), pytest.approx(100.0))  # all money goes to dear
    assert (dear.worst, dear.best) == (pytest.approx(25.0, rel=1e-4), pytest.approx(75.0))
    assert dear.bound == pytest.approx(75.0)


def test_47_a_limit_narrows_the_range_of_the_other(pair: tuple[Case, Plan]) -> None:
    found = reachable(pair[0], ["cheap", "dear"], [Target("cheap", ">=", 60)], plan=pair[1], options=EXACT)
    cheap, dear = found.of("cheap"), found.of("dear")
    assert (cheap.worst, cheap.best) == (pytest.approx(60.0, rel=1e-4), pytest.approx(100.0))
    assert (dear.worst, dear.best) == (pytest.approx(25.0, rel=1e-4), pytest.approx(45.0, rel=1e-4))
    wider = reachable(pair[0], ["cheap", "dear"], [Target("cheap", ">=", 50)], plan=pair[1], options=EXACT)
    assert wider.of("dear").best == pytest.approx(50.0, rel=1e-4)


def test_a_limit_that_no_plan_keeps_is_said(pair: tuple[Case, Plan]) -> None:
    limits = [Target("cheap", ">=", 100), Target("dear", ">=", 26)]
    for proven in (False, True):
        found = reachable(pair[0], ["cheap", "dear"], limits, plan=pair[1], proven=proven, options=EXACT)
        assert not found.possible
        assert not found.rows


def test_bounds_hold_before_plans_are_sought(starter: tuple[Case, Plan]) -> None:
    case, plan = starter
    names = ["safe years", "years waiting", "public money"]
    quick = reachable(case, names, plan=plan, proven=False, options=PHASES)
    sure = reachable(case, names, plan=plan, options=PHASES)
    for loose, tight in zip(quick.rows, sure.rows, strict=True):
        assert loose.best is None
        assert loose.bound is not None
        assert tight.bound is not None
        assert tight.best is not None
        sign = 1.0 if loose.more else -1.0
        assert sign * loose.bound >= sign * tight.bound - 1e-6 * abs(tight.bound)
        assert sign * tight.bound >= sign * tight.best
        alone = most(case, loose.outcome, options=PHASES)
        assert tight.best == pytest.approx(alone.value, rel=3e-4)


def test_ranges_keep_what_was_found_when_stopped(starter: tuple[Case, Plan]) -> None:
    stop = threading.Event()
    found = reachable(
        starter[0], ["safe years", "public money"], plan=starter[1],
        options=RunContext(PHASES, lambda p: stop.set() if "best" in p.message else None, stop),
    )  # fmt: skip
    assert not found.complete
    assert all(row.bound is not None for row in found.rows)


def test_improving_one_while_another_may_worsen_by_hand(pair: tuple[Case, Plan]) -> None:
    found = steer(
        *pair, {"dear": Classification("improve"), "cheap": Classification("may worsen to", 80.0)}, options=EXACT
    )
    assert found.values["dear"] == pytest.approx(35.0, rel=1e-4)
    assert found.values["cheap"] == pytest.approx(80.0, rel=1e-4)
    assert found.reached == {"dear": True}
    free = steer(*pair, {"dear": Classification("improve"), "cheap": Classification("free")}, options=EXACT)
    assert free.values["dear"] == pytest.approx(75.0, rel=1e-4)


def test_improving_to_a_value_goes_there_and_no_further(pair: tuple[Case, Plan]) -> None:
    found = steer(*pair, {"dear": Classification("improve to", 30.0), "cheap": Classification("free")}, options=EXACT)
    assert found.values["dear"] == pytest.approx(30.0, rel=1e-4)
    assert found.values["cheap"] == pytest.approx(90.0, rel=1e-4)  # the weights choose the rest
    assert found.share == pytest.approx(1.0)
    short = steer(
        *pair,
        {"dear": Classification("improve to", 60.0), "cheap": Classification("may worsen to", 70.0)},
        options=EXACT,
    )
    assert short.values["dear"] == pytest.approx(40.0, rel=1e-4)
    assert short.share == pytest.approx(15.0 / 35.0, rel=1e-4)
    assert short.reached == {"dear": False}


def test_what_stays_does_not_worsen_and_the_plan_is_whole(starter: tuple[Case, Plan]) -> None:
    case, plan = starter
    wishes: Mapping[str, Classification] = {
        "safe years": Classification("improve"), "legal admissions": Classification("keep"), "years waiting": Classification("may worsen to", 12_000.0),
        "public money": Classification("free"),
    }  # fmt: skip
    found = steer(case, plan, wishes, options=PHASES)
    assert verify(case, found.plan).ok
    assert found.values["safe years"] > found.before["safe years"] + 500.0
    assert found.values["legal admissions"] >= found.before["legal admissions"] * (1.0 - 1e-5)
    assert found.values["years waiting"] <= 12_000.0 * (1.0 + 1e-5)
    assert found.plan.outcome("safe years") == pytest.approx(found.values["safe years"])
    within = reachable(
        case, ["safe years"],
        [Target("legal admissions", ">=", found.before["legal admissions"]), Target("years waiting", "<=", 12_000.0)],
        plan=plan, options=PHASES,
    )  # fmt: skip
    assert found.values["safe years"] == pytest.approx(within.of("safe years").best, rel=3e-4)


def test_what_cannot_improve_is_said(pair: tuple[Case, Plan]) -> None:
    with pytest.raises(TradeoffError, match="'cheap' cannot improve within these limits"):
        steer(*pair, {"cheap": Classification("improve"), "dear": Classification("free")}, options=EXACT)
    with pytest.raises(TradeoffError, match="'dear' cannot improve"):
        steer(
            *pair,
            {"dear": Classification("improve"), "cheap": Classification("keep"), "helped": Classification("free")},
            options=EXACT,
        )


@pytest.mark.parametrize(
    ("wishes", "words"),
    [
        ({"a": Classification("improve"), "b": Classification("improve")}, "all outcomes are to improve"),
        ({"a": Classification("improve"), "b": Classification("keep")}, "the others are to stay"),
        ({"a": Classification("keep"), "b": Classification("free")}, "Nothing is to improve"),
        ({"a": Classification("improve to", 9.0), "b": Classification("free")}, "is at 10 already"),
        ({"a": Classification("improve to"), "b": Classification("free")}, "Say to which value"),
        (
            {"a": Classification("improve"), "b": Classification("may worsen to", 4.0)},
            "would be better than 'b' is now",
        ),
    ],
)
def test_48_wishes_that_lead_nowhere_are_refused_with_a_sentence(wishes: dict[str, Classification], words: str) -> None:
    assert words in refusal(wishes, {"a": 10.0, "b": 5.0}, {"a": True, "b": False})


def test_48_wishes_that_lead_somewhere_are_not_refused(pair: tuple[Case, Plan]) -> None:
    more = {row.outcome: row.better == "more" for row in pair[0].of(Outcomes)}
    now = {"cheap": 100.0, "dear": 25.0, "helped": 125.0}
    for kind in KINDS:
        value = {"improve to": 110.0, "may worsen to": 90.0}.get(kind)
        other = Classification("free") if kind in ("improve", "improve to") else Classification("improve")
        assert not refusal(
            {"cheap": Classification(kind, value), "dear": other, "helped": Classification("free")}, now, more
        )
    with pytest.raises(TradeoffError, match="Nothing may be given up"):
        steer(*pair, {"cheap": Classification("improve"), "dear": Classification("improve")}, options=EXACT)


def test_unknown_outcomes_are_named(pair: tuple[Case, Plan]) -> None:
    with pytest.raises(TradeoffError, match=r"no outcome 'deer'.*dear"):
        steer(*pair, {"deer": Classification("improve"), "cheap": Classification("free")}, options=EXACT)
    with pytest.raises(TradeoffError, match="no outcome 'deer'"):
        reachable(pair[0], ["deer"], plan=pair[1], options=EXACT)
