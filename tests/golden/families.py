"""One small network a constraint family: the least that brings the family about, on two periods of equal length."""

from __future__ import annotations

from dataclasses import dataclass, replace

from models.grid import FiscalYear, Grid, phase_grid
from models.network import (
    Activity,
    Capacity,
    Condition,
    Demand,
    Effect,
    Flow,
    Link,
    Network,
    Outcome,
    Part,
    Payment,
    Priority,
    Requirement,
    Rule,
    Running,
    Segment,
    Stock,
    Switch,
    Term,
    TimeLimit,
)  # fmt: skip
from models.profiles import after, at_once, lasting
from tests.models.kernel import ORIGIN, even, phases

TWO = even(146.0, 73.0)
"""One phase of 146 days in two periods of a fifth of a year: limits a year are divided by five."""

TWO_PHASES = phase_grid(ORIGIN, phases(73.0, 73.0))
"""Two phases of one period each, where a switch has two dates."""

WORK = Activity("work", "cases", upper=((0.0, 500.0),))
HELP = Activity("help", "people", upper=((0.0, 250.0),))
DONE = {
    "outcomes": (Outcome("done", "cases", (Term("level", "work"),)),),
    "priorities": (Priority((("done", 2.0),)),),
}
LAW = Switch("law", windows=((0.0, 146.0),))


@dataclass(frozen=True)
class Example:
    """The network of a family, its grid, and what it shows."""

    shows: str
    network: Network
    grid: Grid = TWO


def work(**changes: object) -> Network:
    """A network of one activity with these properties."""
    return Network(activities=(replace(WORK, **changes),), **DONE)  # type: ignore[arg-type]


def stock(**changes: object) -> Network:
    """People who wait, of whom work takes one a case."""
    queue = Stock("queue", "people", 300.0, flows=(Flow(0.0, 146.0, 146.0),))
    return Network(
        stocks=(replace(queue, **changes),),  # type: ignore[arg-type]
        activities=(WORK,),
        links=(Link("work", "queue", "use", 1.0),),
        **DONE,  # type: ignore[arg-type]
    )


def switched(*switches: Switch, **more: object) -> Network:
    """Work that may be done where a law is in force."""
    return Network(activities=(WORK,), switches=switches, **{**DONE, **more})  # type: ignore[arg-type]


def paid(account: Stock, window: tuple[float, float] | None = None) -> Network:
    """Work at 30 USD a case, paid by one account."""
    return Network(
        stocks=(account,),
        activities=(replace(WORK, cost=30.0),),
        payments=(Payment("fund", "work", window),),
        **DONE,  # type: ignore[arg-type]
    )


def fairness(kind: str) -> Network:
    """Two countries that one programme's people are divided between."""
    acts = (replace(HELP, id="east"), replace(HELP, id="west"))
    parts = tuple(Part(a.id, need, (Term("level", a.id),)) for a, need in zip(acts, (100.0, 50.0), strict=True))
    outcome = Outcome("fair", "share", kind=kind, parts=parts, total=1.5)  # type: ignore[arg-type]
    sign = 1.0 if kind == "worst_off" else -1.0
    return Network(activities=acts, outcomes=(outcome,), priorities=(Priority((("fair", sign),)),))


FUND = Stock("fund", "USD", 10_000.0, disposable=True, scale=1e3)

LAPSING = replace(FUND, carry=((100.0, 0.0),))

FAMILIES: dict[str, Example] = {
    "curve": Example(
        "falling yields: 200 cases a year at full worth, then at half",
        work(curve=(Segment(200.0, 1.0), Segment(300.0, 0.5))),
    ),
    "curve_order": Example(
        "rising yields: the second stretch only after the first is full",
        work(curve=(Segment(200.0, 0.5), Segment(300.0, 1.0))),
    ),
    "curve_full": Example(
        "rising yields: a stretch counts as full only when it is",
        work(curve=(Segment(100.0, 0.5), Segment(200.0, 1.0), Segment(200.0, 1.2))),
    ),
    "growth": Example("at most 2.2 times the pace of a year before, 100 a year without a history",
                      work(growth=2.2, growth_base=100.0)),
    "decline": Example("at most a half cut a year", work(decline=0.5)),
    "at_most_if_running": Example("nothing while not running, at 50 USD a day",
                                  work(running=Running(cost_per_day=50.0))),
    "at_least_if_running": Example("at least 200 a year while running", work(running=Running(minimum=200.0))),
    "start": Example("a start is a start", work(running=Running(start_cost=1_000.0))),
    "start_runs": Example("only what runs can have started", work(running=Running(start_cost=1_000.0, cost_per_day=9.0))),
    "start_anew": Example("what ran before does not start", work(running=Running(start_cost=1_000.0, minimum=10.0))),
    "balance": Example("a queue with arrivals and a loss of 10 percent a year", stock(loss=0.1)),
    "limit": Example(
        "room for 350 people who wait, and for 100 more under the law",
        replace(
            stock(upper=((0.0, 350.0),)),
            switches=(LAW,),
            effects=(Effect("law", "raise", "queue", 100.0, lasting(0.0)),),
        ),
        TWO_PHASES,
    ),
    "entries": Example("people over a limit of 30 days are counted", stock(limit=TimeLimit("by", 30.0, hard=False))),
    "on_time": Example("nobody waits longer than 30 days", stock(limit=TimeLimit("by", 30.0, hard=True), opening=0.0)),
    "occupancy": Example(
        "an officer is busy two days with a case, for at most 85 percent of the time",
        Network(
            capacities=(Capacity("staff", "FTE", 2.0, use_ceiling=0.85),),
            activities=(WORK,),
            links=(Link("work", "staff", "occupy", 2.0, lasting(2.0)),),
            **DONE,  # type: ignore[arg-type]
        ),
    ),
    "bill": Example("a bill is paid in full", paid(FUND)),
    "open_share": Example("an account that opens on day 36.5 pays no more than that share of a period",
                          paid(FUND, (36.5, 146.0))),
    "paid": Example("an account that lapses on day 100 pays before and after it in the second period", paid(LAPSING)),
    "step_share": Example("before that day no more than the part of the costs that falls before it", paid(LAPSING)),
    "portions": Example(
        "numbers that lapse on day 100 are used before it or after it",
        stock(carry=((100.0, 0.0),), flows=()),
    ),
    "once": Example("a law is taken at most once", switched(LAW), TWO_PHASES),
    "prerequisite": Example(
        "a law waits 10 days for another that takes 20 to be in force",
        switched(
            Switch("first", windows=((0.0, 146.0),), lead=20.0),
            replace(LAW, prerequisites=(("first", 10.0),)),
        ),
        TWO_PHASES,
    ),
    "exclusion": Example(
        "of two laws at most one",
        switched(replace(LAW, excludes=("other",)), Switch("other", windows=((0.0, 146.0),))),
        TWO_PHASES,
    ),
    "enabled": Example(
        "work needs the law, in force after 30 days",
        Network(activities=(replace(WORK, enabled_by=("law",)),), switches=(replace(LAW, lead=30.0),), **DONE),  # type: ignore[arg-type]
        TWO_PHASES,
    ),
    "demand": Example("while the law is in force work runs at 50 a year",
                      switched(LAW, demands=(Demand("law", "work", 50.0),)), TWO_PHASES),
    "milestone": Example(
        "the law waits until 40 cases are done",
        Network(
            stocks=(Stock("cases", "cases"),),
            activities=(WORK,),
            links=(Link("work", "cases", "make", 1.0),),
            switches=(replace(LAW, conditions=(Condition("cases", 40.0),)),),
            **DONE,  # type: ignore[arg-type]
        ),
        TWO_PHASES,
    ),
    "requirement": Example(
        "one helper for every four cases",
        Network(
            activities=(HELP, WORK),
            requirements=(Requirement("counsel", (("help", 1.0),), (("work", 0.25),)),),
            **DONE,  # type: ignore[arg-type]
        ),
    ),
    "rule": Example(
        "a soft floor of 300 people helped a year at 5 points each, and work that falls by at most a half",
        Network(
            activities=(HELP, WORK),
            rules=(
                Rule("floor", (Term("level", "help"),), ">=", 300.0, "phase", bound_per="year", hard=False, penalty=5.0),
                Rule("pace", (Term("level", "work"),), ">=", 0.0, "period", previous=0.5),
            ),
            **DONE,  # type: ignore[arg-type]
        ),
    ),
    "outcome": Example(
        "cases done, discounted at 5 percent a year, and people in a queue by the day",
        Network(
            stocks=(Stock("queue", "people", 300.0),),
            activities=(WORK,),
            links=(Link("work", "queue", "use", 1.0),),
            outcomes=(
                Outcome("done", "cases", (Term("level", "work"),), discount=0.05),
                Outcome("waiting", "person-years", (Term("presence", "queue", 1 / 365),)),
            ),
            priorities=(Priority((("done", 2.0), ("waiting", -0.5))),),
        ),
    ),
    "worst_off": Example("the share of the country that is worst off", fairness("worst_off")),
    "apart": Example("distance between countries' shares, for the Gini coefficient", fairness("gini")),
}  # fmt: skip

EFFECTS: dict[str, Example] = {
    "effect_release": Example(
        "a law releases 100 visas 30 days after it is in force, and is charged 6 points of capital",
        Network(
            stocks=(Stock("capital", "points", 10.0), Stock("visas", "visas")),
            activities=(WORK,),
            links=(Link("work", "visas", "use", 1.0),),
            switches=(LAW,),
            effects=(
                Effect("law", "charge", "capital", 6.0, at_once()),
                Effect("law", "release", "visas", 100.0, after(30.0)),
            ),
            **DONE,  # type: ignore[arg-type]
        ),
        TWO_PHASES,
    ),
    "moved_by_year": Example(
        "money moved in the year that ends on day 100 and in the next, 40 and 20 at most, taken and given on the same days",
        Network(
            stocks=(Stock("give", "USD", 100.0, breaks=(100.0,)), Stock("take", "USD", breaks=(100.0,))),
            activities=(replace(WORK, id="move", unit="USD", upper=(), timing="parts"),),
            links=(Link("move", "give", "use", 1.0), Link("move", "take", "make", 1.0)),
            rules=(
                Rule(
                    "move",
                    (Term("level", "move"),),
                    "<=",
                    scope="fiscal year",
                    bounds=(40.0, 20.0),
                    years=(FiscalYear("FY2021", 0.0, 100.0), FiscalYear("FY2022", 100.0, 146.0)),
                ),
            ),
            outcomes=(Outcome("moved", "USD", (Term("level", "move"),)),),
            priorities=(Priority((("moved", 2.0),)),),
        ),
    ),
    "carry_over": Example(
        "half of what is left on day 73 is kept",
        paid(replace(FUND, carry=((73.0, 0.5),))),
    ),
}
"""What has no family of its own but coefficients that are easily broken."""
