"""Work that must be done against staff, sites, numbers and people; decisions against their dates."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from models.network import steps_integral
from planner.case.problems import Problem
from planner.checks.bounds import Bounds, Phases, flowing
from planner.checks.finding import address_of, exceeds
from planner.checks.people import entering
from planner.compile.staff import staff_key
from planner.sheets import Allotments, Deployments, Slots, Staff
from planner.wording.figures import told_apart, typed
from planner.wording.lists import in_a_row


def check_work(bounds: Bounds) -> list[Problem]:
    """All findings about least paces and about decisions that come too late."""
    return [*_staff(bounds), *_sites(bounds), *_numbers(bounds), *_people(bounds), *_gated(bounds), *_decisions(bounds)]


def _doing(bounds: Bounds, taken: Mapping[str, float], span: tuple[float, float]) -> str:
    """Who asks for it, with cells: 'interview' 5,000 (Pipelines!N4)."""
    ranked = sorted(taken, key=lambda name: (-taken[name], name))
    parts = []
    for name in ranked:
        activity = bounds.draft.activities[name]
        parts.append(f"'{name.partition(':')[2]}' {typed(bounds.least(activity, span))} ({bounds.asks(activity)})")
    return in_a_row(parts, 5)


def _first(bounds: Bounds, taken: Mapping[str, float]) -> str:
    """Cell of the row that asks for most."""
    return bounds.asks(bounds.draft.activities[min(taken, key=lambda name: (-taken[name], name))])


def _label(taken: Mapping[str, float]) -> str:
    """Name of the row that asks for most."""
    return min(taken, key=lambda name: (-taken[name], name)).partition(":")[2]


def most_staff(bounds: Bounds, key: str, end: float, seen: frozenset[str] = frozenset()) -> float | None:
    """Most FTE of a cadre at a station up to a day, all hires without delay; None if unlimited."""
    case = bounds.draft.case
    row, most = case.find(Staff, key), 0.0
    if row is not None:
        hire = bounds.draft.activities.get(f"hire:{key}")
        hired = 0.0 if hire is None else steps_integral(hire.upper, (0.0, end))
        if hired is None or math.isinf(hired):
            hired = None
        limits = [
            limit for limit in (None if hired is None else row.on_board + hired, row.ceiling) if limit is not None
        ]
        if not limits:
            return None
        most = max(row.on_board, min(limits))
    most += bounds.provided(f"staff:{key}")
    for lent in case.of(Deployments):
        sender = staff_key(lent.cadre, lent.from_station)
        if staff_key(lent.to_cadre or lent.cadre, lent.to_station) == key and sender not in seen | {key}:
            other = most_staff(bounds, sender, end, seen | {key})
            if other is None:
                return None
            most += lent.share_at_most * (1.0 - lent.loss) * other
    return most


def _staff(bounds: Bounds) -> Iterator[Problem]:
    """Cases that must be done against the most officers that could exist."""
    for ledger, links in sorted(bounds.links("occupy", "staff:").items()):
        key = ledger.partition(":")[2]
        row = bounds.draft.case.find(Staff, key)
        for stretch in bounds.stretches:
            taken = bounds.taken(links, stretch.span)
            most = most_staff(bounds, key, stretch.span[1]) if taken else None
            if most is None:
                continue
            ceiling = bounds.draft.capacities[ledger].use_ceiling
            days = stretch.span[1] - stretch.span[0]
            asked, given = math.fsum(taken.values()), most * ceiling * days
            if exceeds(asked, given):
                demand, supply = told_apart(asked, given)
                on_board = f"; {typed(row.on_board)} in post, {row.at('on_board')}" if row is not None else ""
                yield Problem(
                    "impossible-staff",
                    "conflict",
                    address_of(_first(bounds, taken)),
                    f"what must be done in {stretch.label} takes {demand} staff-days of '{key}':"
                    f" {_doing(bounds, taken, stretch.span)}; at most {supply} can exist ({typed(most)} people"
                    f" with every possible hire and loan at once{on_board}; working share {typed(ceiling)}).",
                    "Lower 'At least', or give the cadre more people, hires or output.",
                    _label(taken),
                )
                break


def _sites(bounds: Bounds) -> Iterator[Problem]:
    """Cases that must be done against places, every site opened at once."""
    for ledger, links in sorted(bounds.links("occupy", "site:").items()):
        capacity = bounds.draft.capacities[ledger]
        places = capacity.opening + bounds.provided(ledger)
        for stretch in bounds.stretches:
            taken = bounds.taken(links, stretch.span)
            asked = math.fsum(taken.values())
            given = places * capacity.use_ceiling * (stretch.span[1] - stretch.span[0])
            if taken and exceeds(asked, given):
                demand, supply = told_apart(asked, given)
                yield Problem(
                    "impossible-site",
                    "conflict",
                    address_of(_first(bounds, taken)),
                    f"what must be done in {stretch.label} takes {demand} place-days at"
                    f" '{ledger.partition(':')[2]}': {_doing(bounds, taken, stretch.span)}; it has {supply} at"
                    f" most ({typed(places)} places, {capacity.origin}; use ceiling {typed(capacity.use_ceiling)}).",
                    "Lower 'At least', or raise the site's capacity.",
                    _label(taken),
                )
                break


def _pool_numbers(bounds: Bounds, pool: str, stretch: Phases) -> float:
    """Most numbers that a pool can have had up to the end of a stretch."""
    case = bounds.draft.case
    names = {phase.name for phase in case.phases[: stretch.last + 1]}
    most = math.fsum(row.amount for row in case.of(Allotments) if row.pool == pool and row.phase in names)
    own = f"{Allotments.SHEET}!"
    most += math.fsum(
        e.quantity
        for e in bounds.draft.effects
        if e.ledger == f"pool:{pool}" and e.quantity > 0.0 and not e.origin.startswith(own)
    )
    for inner in case.of(Slots):
        if inner.inside == pool and not inner.released_on:
            most -= math.fsum(
                row.amount
                for row in case.of(Allotments)
                if row.pool == inner.pool and row.phase in names and not row.needs
            )
    return max(0.0, most)


def _numbers(bounds: Bounds) -> Iterator[Problem]:
    """Visas that must be given against the numbers that there are."""
    for ledger, links in sorted(bounds.links("use", "pool:").items()):
        pool = ledger.partition(":")[2]
        for stretch in bounds.starting:
            taken = bounds.taken(links, stretch.span)
            asked, given = math.fsum(taken.values()), _pool_numbers(bounds, pool, stretch)
            if taken and exceeds(asked, given):
                demand, supply = told_apart(asked, given)
                cells = [str(row.at("amount")) for row in bounds.draft.case.of(Allotments) if row.pool == pool]
                where = f" ({', '.join(cells[:4])})" if cells else ""
                yield Problem(
                    "impossible-numbers",
                    "conflict",
                    address_of(_first(bounds, taken)),
                    f"what must be done up to the end of {stretch.label} uses {demand} places of '{pool}':"
                    f" {_doing(bounds, taken, stretch.span)}; at most {supply} come by then{where}.",
                    "Lower 'At least', or raise the quota's places.",
                    _label(taken),
                )
                break


def _people(bounds: Bounds) -> Iterator[Problem]:
    """People who must be taken up against those who can ever be there, where nobody else can come in."""
    for ledger, links in sorted(bounds.links("use", "people:").items()):
        name = ledger.partition(":")[2]
        if entering(bounds.draft.case, name):
            continue
        stock = bounds.draft.stocks[ledger]
        pulses = math.fsum(
            e.quantity
            for e in bounds.draft.effects
            if e.verb == "pulse" and e.ledger.startswith("pulse:") and e.ledger.endswith(f" / {name}")
        )
        for stretch in bounds.starting:
            taken = bounds.taken(links, stretch.span)
            end = stretch.span[1]
            asked, given = (
                math.fsum(taken.values()),
                stock.opening + flowing(stock.flows, 0.0, end) + bounds.released(ledger, end) + pulses,
            )
            if taken and exceeds(asked, given):
                demand, supply = told_apart(asked, given)
                yield Problem(
                    "impossible-people",
                    "conflict",
                    address_of(_first(bounds, taken)),
                    f"what must be done up to the end of {stretch.label} takes {demand} people from '{name}':"
                    f" {_doing(bounds, taken, stretch.span)}; at most {supply} are or come there"
                    f" ({stock.origin}).",
                    "Lower 'At least', or correct the people at the start and the arrivals.",
                    _label(taken),
                )
                break


def _gated(bounds: Bounds) -> Iterator[Problem]:
    """Work that must be done before the reform that it needs can be in force."""
    for activity in sorted(bounds.draft.activities.values(), key=lambda a: a.id):
        if not activity.enabled_by or not activity.lower:
            continue
        days = {switch: bounds.in_force(switch) for switch in activity.enabled_by}
        last = max(days, key=lambda s: math.inf if days[s] is None else float(days[s] or 0.0))
        day = days[last]
        for stretch in bounds.stretches:
            if stretch.first != stretch.last:
                continue
            begin = math.inf if day is None else max(stretch.span[0], day)
            most = 0.0 if begin >= stretch.span[1] else steps_integral(activity.upper, (begin, stretch.span[1]))
            least = bounds.least(activity, stretch.span)
            if most is not None and exceeds(least, most):
                demand, supply = told_apart(least, most)
                when = (
                    "never be in force"
                    if day is None
                    else f"be in force on {bounds.draft.case.date(day)} at the earliest"
                )
                yield Problem(
                    "impossible-before-reform",
                    "conflict",
                    address_of(bounds.asks(activity)),
                    f"{demand} must be done in {stretch.label}, but '{last.partition(':')[2]}', which it needs,"
                    f" can {when}: at most {supply} until then.",
                    "Clear 'At least', or let the reform (effect 'requires') ask for the pace once it is in force.",
                    activity.id.partition(":")[2],
                )
                break


def _decisions(bounds: Bounds) -> Iterator[Problem]:
    """Decisions that what they need makes too late."""
    case = bounds.draft.case
    for switch in sorted(bounds.draft.switches.values(), key=lambda s: s.id):
        alone = bounds.first_start(switch)
        if switch.already or alone is None or not switch.prerequisites or bounds.earliest(switch.id) is not None:
            continue
        days = [(bounds.in_force(other), other) for other, _ in switch.prerequisites]
        late, other = next(
            ((day, name) for day, name in days if day is None), max(days, key=lambda pair: pair[0] or 0.0)
        )
        when = "can never be in force" if late is None else f"is in force on {case.date(late)} at the earliest"
        ends = max((end for _, end in switch.windows), default=0.0)
        name = switch.id.partition(":")[2]
        must = " though it must be" if switch.must else ""
        yield Problem(
            "must-impossible" if switch.must else "never-possible",
            "conflict" if switch.must else "warning",
            address_of(switch.origin),
            f"'{name}' can never be taken{must}: it needs '{other.partition(':')[2]}', which {when}, and its own window"
            f" ends on {case.date(min(ends, case.horizon - 1))}"
            + (", taken only as a phase begins." if switch.dates == "phase" else "."),
            "Shorten lead times or waits, widen the window, or choose 'period' for its dates.",
            name,
        )
