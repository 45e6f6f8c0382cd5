"""Why a row stays idle in a plan: what its tables show for certain, then the computed cause, then what is likely.

Without an opened plan (:mod:`planner.reference.causes`) only its tables are read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from planner.case.payers import may_pay
from planner.compile.draft import parse_selection
from planner.results.holding import WORK
from planner.sheets import Funding, Milestones, Places, Programmes, Reforms, Row, Rules, Sites
from planner.wording.figures import figure, share, typed

if TYPE_CHECKING:
    from planner.results.facts import Facts

EMPTY = 1_000.0
"""An account with less than so many USD on the last day counts as empty."""
LEAST = 0.5
"""Fewer people or numbers than this are nobody."""


def inactive_because(facts: Facts, row: Row) -> str:
    """The first reason that holds, in words; the last resort is that other uses of the same means score more."""
    for reason in _certain(facts, row):
        return reason
    computed = facts.causes.of(row) if facts.causes is not None else ""
    if computed:
        return computed
    for reason in _unpaid(facts, row):
        return reason
    if isinstance(row, (Reforms, Sites)):
        gap = facts.plan.gap
        within = f", or by less than the {share(gap)} that the plan is proven within" if gap and gap >= 0.0005 else ""
        return f"it would not add more to the plan than it costs{within}"
    return "other uses of the same money, staff or people score more"


def _certain(facts: Facts, row: Any) -> Iterator[str]:
    """Everything that alone keeps the row at nothing."""
    for needed in _needed(row):
        if not facts.taken(f"reform:{needed}") and not facts.taken(f"open:{needed}"):
            yield f"'{needed}' is not in force"
    if isinstance(row, Reforms):
        yield from _milestones(facts, row)
        return
    yield from _ruled_out(facts, row)
    site = getattr(row, "site", "")
    if site and not isinstance(row, Sites) and f"open:{site}" in facts.switches and not facts.taken(f"open:{site}"):
        yield f"'{site}' is not open"
    for pool in getattr(row, "slots", ()):
        if facts.came.get(f"pool:{pool}", 0.0) < LEAST:
            yield f"'{pool}' has no places"
    source = getattr(row, "takes_from", "") or getattr(row, "moves_from", "")
    if source and _nobody(facts, f"people:{source}"):
        yield f"nobody comes to '{source}'"


def _needed(row: Any) -> tuple[str, ...]:
    """Reforms and sites that a row waits for."""
    needs = getattr(row, "needs", ())
    return (needs,) if isinstance(needs, str) and needs else tuple(needs or ())


def _milestones(facts: Facts, row: Reforms) -> Iterator[str]:
    """Levels that were not reached in time."""
    stocks = facts.table("stocks")
    for milestone in facts.case.of(Milestones):
        if milestone.reform != row.reform:
            continue
        mine = stocks[stocks["stock"].isin((f"indicator:{milestone.watches}", f"people:{milestone.watches}"))]
        highest = float(mine["closing"].max()) if len(mine) else 0.0
        if highest < milestone.at_least - 1e-6:
            yield (
                f"'{milestone.watches}' reaches {figure(highest)} of the {typed(milestone.at_least)} that it waits for"
            )


def _ruled_out(facts: Facts, row: Any) -> Iterator[str]:
    """Rules that hold a line of action, or the very row, at nothing for the whole plan."""
    lane = getattr(row, "lane", "")
    for rule in facts.case.of(Rules):
        nothing = rule.on and rule.relation == "at most" and rule.value == 0.0
        always = rule.starts is None and rule.ends is None
        mine = ({"row": (row.id,)}, *(({"lane": (lane,)},) if lane else ()))
        counts = rule.measure in WORK or (rule.measure == "money" and bool(getattr(row, "unit_cost", None)))
        if nothing and counts and always and parse_selection(rule.where) in mine:
            yield f"the rule '{rule.rule}' allows none"


def _nobody(facts: Facts, stock: str) -> bool:
    """Whether a compartment stays empty."""
    mine = facts.table("stocks")
    mine = mine[mine["stock"] == stock]
    return (
        len(mine) > 0
        and float((mine["opening"] + mine["inflow"] + mine["made"] + mine["gained"] + mine["switched"]).sum()) < LEAST
    )


def _spent(facts: Facts, account: str) -> bool:
    """Whether all that an account had was paid out: nothing is left on the last day, and nothing lapsed."""
    stocks = facts.table("stocks")
    lapsed = float(stocks.loc[stocks["stock"] == account, "lapsed"].astype(float).sum())
    return facts.closing.get(account, 0.0) < EMPTY and lapsed < EMPTY


def _unpaid(facts: Facts, row: Any) -> Iterator[str]:
    """Every account that may pay it ends empty."""
    if not isinstance(row, Programmes):
        return
    place = facts.case.find(Places, row.place)
    country = place.country if place is not None else ""
    able = [
        account.account
        for account in facts.case.of(Funding)
        if may_pay(account, purpose=row.purpose, place=row.place, country=country, actor=row.actor)
    ]
    if able and all(_spent(facts, f"account:{name}") for name in able):
        yield f"{', '.join(able)}, which may pay it, {'is' if len(able) == 1 else 'are'} spent on what scores more"
