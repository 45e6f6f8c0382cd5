"""What claims the means that a conflict is about: the rows that cannot do with less, with amounts and cells.

One member of a conflict is let go, by as little as can be, while all others hold (where other conflicts forbid that,
while the rest of this one holds). What a row then takes of the resource in every plan, its least over all of them, is
its claim: a bound that does not depend on which of many plans was met.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from models.linear import Form
from planner.explain.soft_limits import SoftLimit
from planner.explain.words import Words
from planner.sheets import (
    BY_NAME,
    Allotments,
    Appropriations,
    People,
    Pipelines,
    Programmes,
    RawActivities,
    RawLedgers,
    Reforms,
    Row,
    Sites,
    Staff,
    Visas,
)
from planner.solve import Model
from planner.solver.elastic import ElasticSession, Relaxed
from planner.wording.figures import figure
from planner.wording.lists import listed

LEAST = 0.005
"""Share of all claims below which one is not told."""
MOST = 4
"""Claims that are told of one resource."""
ENOUGH = 0.9
"""Share of what a phase would have to get that its own claims explain; else later ones, kept for, are told too."""
UNITS = {"staff": "staff-days", "site": "place-days", "pool": "places"}
"""In what claims on ledgers of a kind are counted."""
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
    """What claims the money, staff, places, numbers and raw ledgers of a conflict. Raises OutOfTimeError."""
    found = []
    for name in sorted(conflict):
        resource = _resource(elastic.soft_limits[name])
        if resource is not None:
            claims = _Claimed(model, elastic, name, conflict).told(resource)
            if claims is not None:
                found.append(claims)
    return tuple(found)


class _Claimed:
    """One member of a conflict let go by as little as can be, and what rows then take of a resource at the least."""

    def __init__(self, model: Model, elastic: ElasticSession[SoftLimit], name: str, conflict: Collection[str]) -> None:
        """Let the member go, alone if all else can hold, or with all that is outside the conflict."""
        self.model, self.elastic, self.name = model, elastic, name
        self.relaxed: Relaxed | None = None
        for self.whole in (False, True) if elastic.integer else (False,):
            for self.allowed in ({name}, frozenset(elastic.soft_limits) - (frozenset(conflict) - {name})):
                self.relaxed = elastic.least({name: 1.0}, self.allowed, integer=self.whole)
                if self.relaxed is not None and name in self.relaxed.support():
                    return

    def told(self, resource: _Resource) -> ResourceClaims | None:
        """Claims of the phase that the member is about, where they explain what it asks for; else of later ones too."""
        if self.relaxed is None:
            return None
        more = math.fsum(amount for (soft_limit, _), amount in self.relaxed.amounts.items() if soft_limit == self.name)
        alone = replace(resource, later=False)
        rows = self._least(alone)
        if math.fsum(claim.amount for claim in rows) >= ENOUGH * (_amount_given(self.model, alone) + more):
            resource = alone
        else:
            rows = self._least(resource)
        if not rows:
            return None
        return ResourceClaims(
            self.name, tuple(rows), _say(self.model, self.elastic.soft_limits[self.name], resource, rows)
        )

    def _least(self, resource: _Resource) -> list[ResourceClaim]:
        """The largest claims, in a stable order; small ones are left out."""
        relaxed = self.relaxed
        assert relaxed is not None
        taken = [(claim, form, form.value(relaxed.values)) for claim, form in _claims(self.model, resource)]
        found: list[ResourceClaim] = []
        for claim, form, most in sorted(taken, key=lambda c: (-c[2], c[0].words)):
            fourth = sorted((c.amount for c in found), reverse=True)[MOST - 1 : MOST]
            if most <= max([LEAST * math.fsum(c.amount for c in found), *fourth]):
                break
            amount = self.elastic.fewest(form, self.name, relaxed, self.allowed, integer=self.whole)
            found.append(replace(claim, amount=amount))
        total = math.fsum(c.amount for c in found if c.amount > 0.0)
        kept = [c for c in found if c.amount > LEAST * total]
        return sorted(kept, key=lambda c: (-float(f"{c.amount:.6g}"), c.words))[:MOST]


def _resource(soft_limit: SoftLimit) -> _Resource | None:
    """What a policy is about: money of an account in P1 is that account from P1 on; None for what is no resource."""
    return _Resource(soft_limit.about, soft_limit.phase) if soft_limit.about else None


def _claims(model: Model, resource: _Resource) -> Iterator[tuple[ResourceClaim, Form]]:
    """Every row that takes from a resource in its phases: its words and cell, and what it takes."""
    built, words, grid = model.built, Words(model.built), model.built.frame.grid
    periods = [t for t in grid.periods if _covers(model, resource, grid.phases[grid.phase_of[t]].name)]
    taken: defaultdict[str, Form] = defaultdict(Form)
    if resource.kind == "account":
        for (account, bill, t), form in built.payments.payment.items():
            if account == resource.ledger and t in periods:
                taken[bill].add(form, 1e-6)
        for bill, form in taken.items():
            yield ResourceClaim(_bill_words(words, bill), 0.0, "USD million", _bill_cell(model, bill)), form
        return
    for link in built.ledgers.links[resource.ledger]:
        if link.verb in ("use", "occupy"):
            each = link.quantity * _days_held(model, resource, link.activity)
            for t in periods:
                if (level := built.activities.level.get((link.activity, t))) is not None:
                    taken[link.activity].add(level, each)
    raw = model.case.find(RawLedgers, resource.name) if resource.kind == "raw" else None
    unit = UNITS.get(resource.kind, "units") if raw is None else raw.unit
    for activity, form in taken.items():
        yield ResourceClaim(words.noun(activity), 0.0, unit, built.activities.by_id[activity].origin), form


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


def _say(model: Model, soft_limit: SoftLimit, resource: _Resource, rows: list[ResourceClaim]) -> str:
    """Who claims a resource, beside what there is of it."""
    told = listed([f"{c.words} {figure(c.amount)} ({c.cell})" if c.cell else c.words for c in rows], MOST)
    claimed = f"claimed by ({rows[0].unit}, at least): {told}"
    if resource.kind == "account":
        given = _given(model, resource)
        when = f"from {resource.phase} on" if resource.later else f"in {resource.phase}"
        cells = listed([row.origin("amount") for row in given], MOST)
        gets = f"gets {figure(math.fsum(row.amount for row in given))} ({cells})" if given else "gets nothing"
        return f"'{resource.name}' {gets} {when}, and is {claimed}."
    capacity = model.built.ledgers.capacities.get(resource.ledger)
    after = " and after" if resource.phase and resource.later else ""
    head = f"{soft_limit.words[0].upper()}{soft_limit.words[1:]}{after}: {claimed}"
    if capacity is None:
        return f"{head}."
    days = capacity.opening * capacity.use_ceiling * model.built.frame.grid.horizon
    return f"{head}; those there on day one give {figure(days)}."


def _amount_given(model: Model, resource: _Resource) -> float:
    """Sure amounts of an account or a pool in its phases."""
    return math.fsum(row.amount for row in _given(model, resource))


def _given(model: Model, resource: _Resource) -> list[Appropriations] | list[Allotments]:
    """Rows of sure amounts of an account or a pool in its phases."""
    if resource.kind == "pool":
        return [r for r in model.case.of(Allotments) if r.pool == resource.name and _sure(model, resource, r)]
    rows = model.case.of(Appropriations) if resource.kind == "account" else ()
    return [r for r in rows if r.account == resource.name and _sure(model, resource, r)]


def _sure(model: Model, resource: _Resource, row: Appropriations | Allotments) -> bool:
    """Whether a row needs no reform and comes in the phases of a resource."""
    return not row.needs and _covers(model, resource, row.phase)


def _covers(model: Model, resource: _Resource, phase: str) -> bool:
    """Whether a phase is that of a resource, or a later one where that counts."""
    names = [p.name for p in model.case.phases]
    if not resource.phase or phase == resource.phase:
        return True
    return resource.later and names.index(phase) > names.index(resource.phase)
