"""Money, officers, visas and political capital as linear measures of a plan: what goals ask for the least of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from models.build import Built
from models.linear import Form
from planner.case import Case
from planner.compile.reforms import CAPITAL
from planner.sheets import Appropriations, Slots, Staff

Resource = Literal["money", "officers", "visas", "capital"]
RESOURCES: tuple[Resource, ...] = ("money", "officers", "visas", "capital")
UNITS: dict[Resource, str] = {
    "money": "USD million", "officers": "officer-years of work", "visas": "visas",
    "capital": "points of political capital",
}  # fmt: skip
"""Unit of each resource."""

MEANING: dict[Resource, str] = {
    "money": "everything that is spent, over the whole plan",
    "officers": "time that staff of all cadres spend at work, lent staff counted once, over the whole plan",
    "visas": "people who are given visas, resettlement places not counted, over the whole plan",
    "capital": "what reforms cost with parliament and partners, over the whole plan",
}
"""What is counted."""


def used(case: Case, built: Built, resource: Resource) -> Form:
    """What a plan uses of a resource, in its unit."""
    makers: dict[Resource, Callable[[], Form]] = {
        "money": lambda: _money(built), "officers": lambda: _officers(built), "visas": lambda: _visas(case, built),
        "capital": lambda: _capital(built),
    }  # fmt: skip
    return makers[resource]()


def supply(case: Case, resource: Resource) -> list[str]:
    """Cells, in the words of `--set`, that hold how much of a resource there is."""
    if resource == "money":
        return ["Appropriations!*.Amount"] if case.of(Appropriations) else []
    if resource == "officers":
        return ["Staff!*.In post", "Staff!*.Authorised posts", "Staff!*.Hiring limit"] if case.of(Staff) else []
    if resource == "visas":
        pools = [row.pool for row in case.of(Slots) if row.kind == "visas"]
        return [f"Quota by phase!{pool} / *.Places" for pool in pools]
    return ["Settings!political capital at start.Value"] if case.setting("political capital at start") else []


def _money(built: Built) -> Form:
    """Spending, USD million."""
    form = Form()
    for bill in sorted(built.payments.pairs):
        for t in built.frame.grid.periods:
            form.add(built.payments.cost(bill, t), 1e-6)
    return form


def _officers(built: Built) -> Form:
    """Work of staff, officer-years; lending occupies the sender, the work is counted where it is done."""
    form, network = Form(), built.frame.network
    staff = {c.id for c in network.capacities if c.tags.get("kind") == "staff"}
    for capacity in sorted(staff):
        for t in built.frame.grid.periods:
            form.add(built.ledgers.occupied(capacity, t), 1.0 / 365.0)
    lending = {a.id for a in network.activities if a.tags.get("kind") == "deploy"}
    for link in network.links:
        if link.verb == "occupy" and link.ledger in staff and link.activity in lending:
            for t in built.activities.active[link.activity]:
                form.add(built.activities.level[link.activity, t], -link.quantity / 365.0)
    return form


def _visas(case: Case, built: Built) -> Form:
    """Visas: streams whose pools are visas, or that need no pool (as in the division of the plan)."""
    form = Form()
    pools = {row.pool for row in case.of(Slots) if row.kind == "visas"}
    for activity in built.frame.network.activities:
        named = {p.strip() for p in activity.tags.get("pool", "").split(";") if p.strip()}
        if activity.tags.get("kind") == "visa" and (not named or named & pools):
            for t in built.activities.active[activity.id]:
                form.add(built.activities.level[activity.id, t])
    return form


def _capital(built: Built) -> Form:
    """Political capital that decisions and activities take."""
    form, network = Form(), built.frame.network
    for effect in network.effects:
        if effect.ledger == CAPITAL and effect.verb == "charge" and not built.switches.by_id[effect.switch].already:
            form.add(built.switches.taken(effect.switch), effect.quantity)
    for link in network.links:
        if link.ledger == CAPITAL and link.verb == "use":
            for t in built.activities.active[link.activity]:
                form.add(built.activities.level[link.activity, t], link.quantity)
    return form
