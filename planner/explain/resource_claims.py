"""What claims the means that a conflict is about: the rows that cannot do with less, with amounts and cells.

One member of a conflict is let go, by as little as can be, while all others hold (where other conflicts forbid that,
while the rest of this one holds): what then takes the resource is what asks for it, whoever may pay.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from models.matrix import Floats
from planner.explain.soft_limits import SoftLimit
from planner.explain.words import Words, figure, listed
from planner.sheets import (
    BY_NAME,
    Appropriations,
    People,
    Pipelines,
    Programmes,
    RawActivities,
    Reforms,
    Row,
    Sites,
    Staff,
    Visas,
)
from planner.solve import Model
from planner.solver.elastic import ElasticSession, OutOfTimeError

LEAST = 0.005
"""Share of all claims below which one is not told."""
MOST = 4
"""Claims that are told of one resource."""
OTHERS = 1e-3
"""What giving way costs outside the conflict, beside the member that is looked at."""
ENOUGH = 0.9
"""Share of what a phase would have to get that its own claims explain; else later ones, kept for, are told too."""
MARKS = {"account": " in ", "pool": " in ", "staff": " from ", "site": " from ", "raw": " at start"}
"""What stands behind the ledger in the ids of soft limits of a kind."""
COSTS: dict[str, tuple[type[Row], str]] = {
    "people": (People, "care_cost"), "headcount": (Staff, "salary"), "hire": (Staff, "hiring_cost"),
    "open": (Sites, "running_cost"), "stage": (Pipelines, "unit_cost"), "programme": (Programmes, "unit_cost"),
    "visa": (Visas, "unit_cost"), "raw": (RawActivities, "unit_cost"), "reform": (Reforms, "cost"),
}  # fmt: skip
"""Sheet and column that say what each kind of bill costs."""
BILLS = {"people": "care of", "headcount": "pay of", "open": "running of site", "hire": "hiring of"}
"""What kinds of bills are for."""


@dataclass(frozen=True)
class ResourceClaim:
    """A row that takes from a resource: how much, in `unit`, and its cell."""

    words: str
    amount: float
    unit: str
    cell: str


@dataclass(frozen=True)
class ResourceClaims:
    """What claims one member of a conflict; the largest first."""

    policy: str
    rows: tuple[ResourceClaim, ...]
    sentence: str


@dataclass(frozen=True)
class _Resource:
    """The ledger that a soft limit is about, and the phase (blank: the whole plan), or with what comes `later`."""

    ledger: str
    phase: str = ""
    later: bool = True

    @property
    def kind(self) -> str:
        """Kind of the ledger."""
        return self.ledger.partition(":")[0]

    @property
    def name(self) -> str:
        """Name of the ledger's row."""
        return self.ledger.partition(":")[2]


def claims_on(
    model: Model, elastic: ElasticSession[SoftLimit], conflict: Collection[str]
) -> tuple[ResourceClaims, ...]:
    """What claims the money, staff, places, numbers and raw ledgers of a conflict, as far as found in the time."""
    found = []
    for name in sorted(conflict):
        resource = _resource(name)
        if resource is None:
            continue
        others = frozenset(elastic.soft_limits) - (frozenset(conflict) - {name})
        price = dict.fromkeys(elastic.soft_limits, OTHERS) | {name: 1.0}
        try:
            relaxed = elastic.least(price, {name}, integer=False) or elastic.least(price, others, integer=False)
        except OutOfTimeError:
            break
        if relaxed is None:
            continue
        more = math.fsum(amount for (soft_limit, _), amount in relaxed.amounts.items() if soft_limit == name)
        alone = replace(resource, later=False)
        asked = math.fsum(claim.amount for claim in _claims(model, alone, relaxed.values))
        if asked >= ENOUGH * (math.fsum(row.amount for row in _given(model, alone)) + more):
            resource = alone
        rows = _largest(list(_claims(model, resource, relaxed.values)))
        if rows:
            found.append(ResourceClaims(name, tuple(rows), _say(model, elastic.soft_limits[name], resource, rows)))
    return tuple(found)


def _resource(soft_limit: str) -> _Resource | None:
    """What a soft limit's id is about: 'account:US in P1' is account:US from P1 on; None for what is no resource."""
    kind = soft_limit.partition(":")[0]
    name, mark, rest = soft_limit.rpartition(MARKS.get(kind, "\0"))
    if not mark:
        return _Resource(soft_limit.removesuffix(" once open")) if kind == "site" else None
    return _Resource(name, rest if kind in ("account", "pool") else "")


def _claims(model: Model, resource: _Resource, values: Floats) -> Iterator[ResourceClaim]:
    """Every row that takes from a resource in its phases."""
    built, words, grid = model.built, Words(model.built), model.built.frame.grid
    periods = [t for t in grid.periods if _covers(model, resource, grid.phases[grid.phase_of[t]].name)]
    taken: dict[str, float] = {}
    if resource.kind == "account":
        for (account, bill, t), form in built.payments.payment.items():
            if account == resource.ledger and t in periods:
                taken[bill] = taken.get(bill, 0.0) + form.value(values) / 1e6
        for bill, amount in taken.items():
            yield ResourceClaim(_bill_words(words, bill), amount, "USD million", _bill_cell(model, bill))
        return
    for link in built.ledgers.links[resource.ledger]:
        if link.verb in ("use", "occupy"):
            levels = (built.activities.level.get((link.activity, t)) for t in periods)
            done = math.fsum(level.value(values) for level in levels if level is not None)
            amount = done * link.quantity * _days_held(model, resource, link.activity)
            taken[link.activity] = taken.get(link.activity, 0.0) + amount
    unit = {"staff": "staff-days", "site": "place-days", "pool": "numbers"}.get(resource.kind, "units")
    for activity, amount in taken.items():
        yield ResourceClaim(words.noun(activity), amount, unit, built.activities.by_id[activity].origin)


def _days_held(model: Model, resource: _Resource, activity: str) -> float:
    """Days for which a case keeps its place at a site, where the recipe tells places and not place-days."""
    tags = model.built.activities.by_id[activity].tags
    sheet = BY_NAME.get(tags.get("sheet", ""))
    row = model.case.find(sheet, tags.get("row", "")) if sheet is not None else None
    return max(1.0, float(getattr(row, "days_at_site", 1.0))) if resource.kind == "site" else 1.0


def _bill_words(words: Words, bill: str) -> str:
    """What a bill is for."""
    kind, _, name = bill.partition(":")
    return f"{BILLS[kind]} '{name}'" if kind in BILLS else words.noun(bill)


def _bill_cell(model: Model, bill: str) -> str:
    """Cell that says what a bill costs."""
    kind, _, name = bill.partition(":")
    if kind not in COSTS:
        return ""
    sheet, field = COSTS[kind]
    row = model.case.find(sheet, name)
    return "" if row is None else row.origin(field)


def _largest(rows: list[ResourceClaim]) -> list[ResourceClaim]:
    """The largest claims, in a stable order; small ones are left out."""
    total = math.fsum(c.amount for c in rows if c.amount > 0.0)
    kept = [c for c in rows if c.amount > LEAST * total]
    return sorted(kept, key=lambda c: (-float(f"{c.amount:.6g}"), c.words))[:MOST]


def _say(model: Model, soft_limit: SoftLimit, resource: _Resource, rows: list[ResourceClaim]) -> str:
    """Who claims a resource, beside what there is of it."""
    told = listed([f"{c.words} {figure(c.amount)} ({c.cell})" if c.cell else c.words for c in rows], MOST)
    claimed = f"claimed by, in {rows[0].unit}: {told}"
    if resource.kind == "account":
        given = _given(model, resource)
        cells = listed([row.origin("amount") for row in given], MOST)
        gets = f"gets {figure(math.fsum(row.amount for row in given))} ({cells})" if given else "gets nothing"
        when = f"from {resource.phase} on" if resource.later else f"in {resource.phase}"
        return f"'{resource.name}' {gets} {when}, and is {claimed}."
    capacity = model.built.ledgers.capacities.get(resource.ledger)
    head = f"{soft_limit.words[0].upper()}{soft_limit.words[1:]}: {claimed}"
    if capacity is None:
        return f"{head}."
    days = capacity.opening * capacity.use_ceiling * model.built.frame.grid.horizon
    return f"{head}; those there on day one give {figure(days)}."


def _given(model: Model, resource: _Resource) -> list[Appropriations]:
    """Sure amounts of an account in its phases."""
    rows = model.case.of(Appropriations) if resource.kind == "account" else ()
    return [r for r in rows if r.account == resource.name and not r.needs and _covers(model, resource, r.phase)]


def _covers(model: Model, resource: _Resource, phase: str) -> bool:
    """Whether a phase is that of a resource, or a later one where that counts."""
    names = [p.name for p in model.case.phases]
    if not resource.phase or phase == resource.phase:
        return True
    return resource.later and names.index(phase) > names.index(resource.phase)
