"""Rules, requirements, outcomes, fairness: cases solved by hand."""

from __future__ import annotations

import pytest

from models.grid import even_grid
from models.network import Activity, Network, Outcome, Part, Payment, Priority, Requirement, Rule, Stock, Term
from planner.plan import Status
from tests.models.kernel import ORIGIN, even, phases, solve

YEAR = even(365, 365)


def budget(amount: float, rules: tuple[Rule, ...] = (), **costs: float) -> Network:
    """Activities at these unit costs against one budget; everything counts alike."""
    activities = tuple(Activity(name, "people", cost=cost) for name, cost in sorted(costs.items()))
    return Network(
        stocks=(Stock("account", "USD", amount),),
        activities=activities,
        payments=tuple(Payment("account", a.id) for a in activities),
        rules=rules,
        outcomes=(Outcome("y", "people", tuple(Term("level", a.id) for a in activities)),),
        priorities=(Priority((("y", 1.0),)),),
    )


def test_t9_the_price_of_fairness() -> None:
    limits = {"near": 100.0, "far": 300.0}
    activities = (
        Activity("far", "people", upper=((0, 300.0),), cost=2.0),
        Activity("near", "people", upper=((0, 100.0),), cost=1.0),
    )
    parts = tuple(Part(name, need, (Term("level", name),)) for name, need in limits.items())
    base = {
        "stocks": (Stock("account", "USD", 300.0),),
        "activities": activities,
        "payments": (Payment("account", "far"), Payment("account", "near")),
        "outcomes": (
            Outcome("all", "people", (Term("level", "near"), Term("level", "far"))),
            Outcome("worst", "share", kind="worst_off", parts=parts),
        ),
    }
    useful = solve(Network(**base, priorities=(Priority((("all", 1.0),)),)), YEAR)  # type: ignore[arg-type]
    fair = solve(Network(**base, priorities=(Priority((("worst", 1.0),)),)), YEAR)  # type: ignore[arg-type]
    assert useful.outcome("all") == pytest.approx(200.0)
    assert fair.outcome("all") == pytest.approx(171.43, abs=0.005)
    assert (fair.level("near")[0], fair.level("far")[0]) == pytest.approx((42.86, 128.57), abs=0.005)
    assert 1 - fair.outcome("all") / useful.outcome("all") == pytest.approx(0.1429, abs=5e-5)


def test_t13_gini() -> None:
    shares = {"a": 0.2, "b": 0.4, "c": 0.9}
    activities = tuple(Activity(n, "share", lower=((0, v),), upper=((0, v),)) for n, v in shares.items())
    parts = tuple(Part(n, 1.0, (Term("level", n),)) for n in shares)
    network = Network(
        activities=activities,
        outcomes=(Outcome("gini", "index", kind="gini", parts=parts, total=1.5),),
        priorities=(Priority((("gini", -1.0),)),),
    )
    assert solve(network, YEAR).outcome("gini") == pytest.approx(0.3111, abs=5e-5)


@pytest.mark.parametrize(
    ("rules", "feasible"),
    [(("floor", "cap"), False), (("floor", "root", "pathways"), False), (("cap", "root", "pathways"), True)],
)
def test_t10_conflicts(rules: tuple[str, ...], feasible: bool) -> None:
    every = {
        "floor": Rule("floor", (Term("spending", "border"),), ">=", 40.0),
        "cap": Rule("cap", (Term("spending", "border"),), "<=", 25.0),
        "root": Rule("root", (Term("spending", "root"),), ">=", 50.0),
        "pathways": Rule("pathways", (Term("spending", "pathways"),), ">=", 20.0),
    }
    network = budget(100.0, tuple(every[r] for r in sorted(rules)), border=1.0, root=1.0, pathways=1.0)
    assert (solve(network, YEAR).status is Status.OPTIMAL) is feasible


def test_a_soft_rule_is_broken_at_its_price() -> None:
    cheap = Rule("share", (Term("spending", "dear"),), ">=", 50.0, hard=False, penalty=0.4)
    solved = solve(budget(100.0, (cheap,), cheap=1.0, dear=2.0), YEAR)
    assert solved.outcome("y") == pytest.approx(100.0), "keeping it would cost half a point a dollar"
    dear = Rule("share", (Term("spending", "dear"),), ">=", 50.0, hard=False, penalty=0.6)
    solved = solve(budget(100.0, (dear,), cheap=1.0, dear=2.0), YEAR)
    assert solved.outcome("y") == pytest.approx(75.0)
    assert solved.of(solved.built.rules.broken["share", "whole plan"]) == pytest.approx(0.0)


def test_scopes_add_up_as_they_say() -> None:
    grid = even_grid(ORIGIN, phases(100, 200), 50.0)
    rule = {
        s: Rule("r", (Term("level", "a"),), "<=", 1.0, scope=s) for s in ("period", "phase", "horizon", "cumulative")
    }  # type: ignore[arg-type]
    values = {s: solve(budget(1e6, (r,), a=1.0), grid).outcome("y") for s, r in rule.items()}
    assert values == pytest.approx({"period": 6.0, "phase": 2.0, "horizon": 1.0, "cumulative": 1.0})
    yearly = Rule("r", (Term("level", "a"),), "<=", 365.0, scope="phase", bound_per="year")
    assert solve(budget(1e6, (yearly,), a=1.0), grid).outcome("y") == pytest.approx(300.0)


def test_no_abrupt_cuts_compares_daily_rates() -> None:
    grid = even_grid(ORIGIN, phases(100, 200), 100.0)
    smooth = Rule("smooth", (Term("level", "a"),), ">=", 0.0, scope="period", previous=0.8)
    first = Rule("first", (Term("level", "a"),), "==", 100.0, window=(0, 1))
    network = budget(1e6, (first, smooth), a=1.0)
    least = Network(
        **{**{f: getattr(network, f) for f in network.__slots__}, "priorities": (Priority((("y", -1.0),)),)}
    )
    assert solve(least, grid).level("a") == pytest.approx([100.0, 80.0, 64.0])


def test_co_requisites_hold_in_every_period() -> None:
    need = Requirement("counsel", supply=(("counsel", 1.0),), demand=(("hearing", 2.0),))
    network = budget(90.0, hearing=1.0, counsel=1.0)
    scored = Network(
        **{
            **{f: getattr(network, f) for f in network.__slots__},
            "requirements": (need,),
            "outcomes": (Outcome("y", "people", (Term("level", "hearing"),)),),
        }
    )
    solved = solve(scored, even(100, 50))
    assert solved.outcome("y") == pytest.approx(30.0)


def test_discounting_uses_the_middle_of_the_period() -> None:
    activity = Activity("a", "units", lower=((0, 10.0),), upper=((0, 10.0),))
    network = Network(
        activities=(activity,),
        outcomes=(Outcome("y", "units", (Term("level", "a"),), discount=0.1),),
        priorities=(Priority((("y", 1.0),)),),
    )
    assert solve(network, even(730, 365)).outcome("y") == pytest.approx(10 / 1.1**0.5 + 10 / 1.1**1.5)
