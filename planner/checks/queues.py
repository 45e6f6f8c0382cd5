"""Queues that grow whatever is decided: more people come than all work that could ever be had can take up.

The bound is generous: every hire and loan at once, every site open, every reform in force from its first day on. Work
without any limit takes everybody up. Who leaves without a decision (sheet Movements) is told, and not counted.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from models.network import Activity, Link, Stock, steps_integral
from planner.case.problems import Problem
from planner.checks.arithmetic_work import most_staff
from planner.checks.bounds import AT_ONCE, Bounds, Span, flowing
from planner.checks.finding import address_of, exceeds
from planner.sheets import BY_NAME, Arrivals, People, Sites, Staff
from planner.wording.figures import typed
from planner.wording.lists import in_a_row
from planner.wording.units import plural

CHECK = "endless-queue"
"""Stable name of the finding."""
WAITING = ("waiting", "in procedure")
"""States in which people wait for work to be done."""


@dataclass(frozen=True)
class Most:
    """What an activity can take up at most in a year, and by which limit; `cell` says where that stands."""

    name: str
    people: float
    group: str
    why: str
    cell: str


def check_queues(bounds: Bounds) -> Iterator[Problem]:
    """Warn of every caseload that people enter faster, from some phase to the end, than work could take them up."""
    case = bounds.draft.case
    for ledger, links in sorted(bounds.links("use", "people:").items()):
        row, stock = case.find(People, ledger.partition(":")[2]), bounds.draft.stocks[ledger]
        if row is None or not (row.state in WAITING or row.care_cost or row.time_limit is not None):
            continue
        for phase in reversed(case.phases):
            span = (phase.start, case.phases[-1].end)
            coming = flowing(stock.flows, *span) / (span[1] - span[0]) * 365.0
            most = [_most(bounds, bounds.draft.activities[link.activity], link, span) for link in links]
            known = [m for m in most if m is not None]
            if len(known) == len(most) and coming and exceeds(coming, taken := _together(known)):
                yield _problem(bounds, row, stock, phase.name, coming, taken, known)
                break


def _most(bounds: Bounds, activity: Activity, link: Link, span: Span) -> Most | None:
    """The tightest limit of an activity; None if nothing limits it."""
    name = activity.id.partition(":")[2]
    forces = [(bounds.in_force(switch), switch) for switch in activity.enabled_by]
    never = next((switch for day, switch in forces if day is None or day >= span[1]), "")
    if never:
        return Most(name, 0.0, activity.id, f"'{never.partition(':')[2]}', which it needs, is never in force", "")
    years = (span[1] - span[0]) / 365.0
    found = []
    pace = steps_integral(activity.upper, span)
    if pace is not None and math.isfinite(pace):
        found.append(
            Most(name, pace / years * link.quantity, activity.id, "its largest pace", _pace_cell(bounds, activity))
        )
    for other in bounds.draft.links:
        if other.activity == activity.id and other.verb == "occupy" and other.quantity > 0.0:
            held = _held(bounds, activity, other)
            given = None if held is None else _given(bounds, other.ledger, span, held)
            if held and given is not None:
                why, cell = _words(bounds, other.ledger, held)
                found.append(Most(name, given / held * link.quantity, other.ledger, why, cell))
    return min(found, key=lambda m: m.people, default=None)


def _pace_cell(bounds: Bounds, activity: Activity) -> str:
    """Cell of the largest pace."""
    sheet = BY_NAME.get(activity.tags.get("sheet", ""))
    row = bounds.draft.case.find(sheet, activity.tags.get("row", "")) if sheet is not None else None
    field = next((f for f in ("at_most", "demand") if row is not None and getattr(row, f, None) is not None), "")
    return row.origin(field) if row is not None and field else activity.origin


def _held(bounds: Bounds, activity: Activity, link: Link) -> float | None:
    """Unit-days that one unit takes; None where that is not known."""
    if link.profile == AT_ONCE:
        return link.quantity
    sheet = BY_NAME.get(activity.tags.get("sheet", ""))
    row = bounds.draft.case.find(sheet, activity.tags.get("row", "")) if sheet is not None else None
    days = getattr(row, "days_at_site", None)
    return float(days) if days and link.ledger.startswith("site:") else None


def _given(bounds: Bounds, ledger: str, span: Span, held: float) -> float | None:
    """Unit-days a year that a capacity can give at most; what is begun at the very end may run on behind it."""
    capacity, days = bounds.draft.capacities[ledger], span[1] - span[0]
    if ledger.startswith("staff:"):
        size = most_staff(bounds, ledger.partition(":")[2], span[1])
    elif ledger.startswith("site:"):
        size = capacity.opening + bounds.provided(ledger)
    else:
        size = None
    return None if size is None else size * capacity.use_ceiling * 365.0 * (days + held) / days


def _words(bounds: Bounds, ledger: str, held: float) -> tuple[str, str]:
    """What limits, in words, and its cell."""
    case, capacity = bounds.draft.case, bounds.draft.capacities[ledger]
    kind, _, name = ledger.partition(":")
    if kind == "site":
        row = case.find(Sites, name)
        places = capacity.opening + bounds.provided(ledger)
        cell = row.origin("capacity") if row is not None else capacity.origin
        return f"{typed(places)} places at '{name}', {typed(held)} {plural('day', held)} a person", cell
    officer = case.find(Staff, name)
    cell = officer.origin("on_board") if officer is not None else capacity.origin
    return f"every '{name}' that can be hired or lent, {typed(held)} {plural('day', held)} of work a person", cell


def _together(known: list[Most]) -> float:
    """People a year that all activities can take up together: what one capacity gives is given once."""
    groups: dict[str, list[float]] = {}
    for most in known:
        groups.setdefault(most.group, []).append(most.people)
    return math.fsum(max(people) for people in groups.values())


def _problem(
    bounds: Bounds, row: People, stock: Stock, phase: str, coming: float, taken: float, known: list[Most]
) -> Problem:
    """Say what comes, what can be taken up and by what it is limited, and what those left over cost."""
    case = bounds.draft.case
    when = f"in phase {phase}" if phase == case.phases[-1].name else f"from phase {phase} to the end"
    arrivals = next((a for a in case.of(Arrivals) if (a.people, a.phase) == (row.people, phase)), None)
    cell = arrivals.origin("rate") if arrivals is not None else stock.origin
    ranked = sorted(known, key=lambda m: (-m.people, m.name))
    parts = [f"'{m.name}' {typed(m.people)} ({m.why}{f', {m.cell}' if m.cell else ''})" for m in ranked]
    over = coming - taken
    care = ""
    if row.care_cost:
        usd = over * row.care_cost * 365.0 / 1e6
        care = f" Every year the care of those left over costs {typed(usd)} million USD more ({row.at('care_cost')})."
    gone = " (fewer by those who leave without a decision, sheet Movements)" if stock.loss else ""
    return Problem(
        CHECK,
        "warning",
        address_of(cell),
        f"{when} {typed(coming)} people a year come to '{row.people}', and no plan can ever take up more"
        f" than {typed(taken)} of them: {in_a_row(parts, 4)}. Whatever is decided the queue grows by"
        f" {typed(over)} a year{gone}.{care}",
        "Raise what limits the work in the cells named, add a row that takes people from there, or look again at the"
        " arrivals.",
        row.people,
    )
