"""Reforms, Effects and Milestones: yes-or-no decisions, what they set in motion, what they wait for.

A softened pulse is held for an instant in a stock of its own that must be empty at every period end: those whom the
orderly work of the named stages draws away leave it through `soften:`, all others come in through `arrive:`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, cast

from models.network import Activity, Condition, Demand, Effect, Flow, Link, Requirement, Stock, Switch
from models.profiles import after, lasting
from planner.case.problems import Problem
from planner.compile.draft import MONEY, PEOPLE, Draft
from planner.compile.names import activity_id, compartment_tags, refusal, refuse_all, row_tags
from planner.compile.rates import steps_of
from planner.sheets.declare import Row
from planner.sheets.frame import Settings
from planner.sheets.funding import Funding
from planner.sheets.people import People
from planner.sheets.programmes import Indicators
from planner.sheets.reforms import Effects, Milestones, Reforms
from planner.sheets.sites import Sites
from planner.sheets.slots import Slots
from planner.sheets.staff import Staff

CAPITAL = "capital:political"
"""Id of the stock of political capital."""
_OPENING = "political capital at start"

_RELEASES: tuple[tuple[type[Row], str], ...] = (
    (Funding, "account"), (Slots, "pool"), (People, "people"), (Indicators, "indicator"),
)  # fmt: skip


def compile_reforms(draft: Draft) -> None:
    """Turn every reform into a switch `reform:<reform>` that charges political capital, where that is limited."""
    _political_capital(draft)
    for row in draft.case.of(Reforms):
        switch = f"reform:{row.reform}"
        opening, prerequisites = _prerequisites(draft, row)
        start = 0.0 if row.opens_from is None else draft.case.day(row.opens_from)
        end = draft.case.horizon if row.opens_until is None else draft.case.day(row.opens_until)
        draft.switch(
            Switch(
                id=switch,
                windows=((max(start, opening), end),),
                dates=cast(Literal["phase", "period"], row.dates),
                lead=row.lead,
                must=row.must,
                already=row.in_force,
                prerequisites=prerequisites,
                excludes=tuple(sorted(f"reform:{name}" for name in row.excludes)),
                cost=row.cost * MONEY,
                running_cost=row.running_cost,
                tags=_tags(draft, row),
                origin=row.origin("reform"),
            )
        )
        if row.political_capital > 0.0 and CAPITAL in draft.stocks:
            charge = Effect(switch, "charge", CAPITAL, row.political_capital, origin=row.origin("political_capital"))
            draft.effects.append(charge)


def _tags(draft: Draft, row: Reforms) -> dict[str, str]:
    """Tags of a reform."""
    country = draft.country(row.place)
    return row_tags(
        "reform", row, lane=row.lane, place=row.place, country=country, purpose=row.purpose, actor=row.actor
    )


def _prerequisites(draft: Draft, row: Reforms) -> tuple[float, tuple[tuple[str, float], ...]]:
    """First possible day and the switches that must be in force before; a site open at the start is, from day 0."""
    opening = 0.0
    switches = []
    for name in sorted(row.needs):
        site = draft.case.find(Sites, name) if draft.case.find(Reforms, name) is None else None
        other = draft.case.find(Reforms, name)
        if (site is not None and site.open_at_start) or (other is not None and other.in_force):
            opening = max(opening, row.wait)
        else:
            switches.append((draft.switch_of(name), row.wait))
    return opening, tuple(switches)


def _political_capital(draft: Draft) -> None:
    """Make the stock of political capital where the settings give one; what exceeds its limit is lost."""
    opening = draft.case.setting_number(_OPENING)
    if opening is None:
        return
    row = draft.case.find(Settings, _OPENING)
    yearly = draft.case.setting_number("political capital a year") or 0.0
    gained = Flow(0.0, draft.case.horizon, yearly * draft.case.horizon / 365.0)
    draft.stock(
        Stock(
            id=CAPITAL,
            unit="points",
            opening=opening,
            flows=(gained,) if yearly else (),
            upper=steps_of(draft.case.setting_number("political capital at most")),
            disposable=True,
            tags={"kind": "capital", "sheet": Settings.SHEET, "row": _OPENING},
            origin=row.origin("value") if row is not None else "",
        )
    )


def compile_effects(draft: Draft) -> None:
    """Turn every effect into kernel effects or demands. Raises InvalidCaseError for targets that cannot take it."""
    compilers = {
        "releases": _releases, "pulse": _pulse, "adds capacity": _adds_capacity, "raises limit": _raises_limit,
        "requires": _requires,
    }  # fmt: skip
    problems = [problem for row in draft.case.of(Effects) for problem in compilers[row.effect](draft, row)]
    refuse_all(problems)


def _wrong_target(row: Effects, wanted: str) -> list[Problem]:
    """Say that the target is not of the kind that this effect can act on."""
    found = f"'{row.effect}' cannot act on '{row.target}'."
    return [refusal(row, "target", "effect-target", found, f"Name {wanted}, or choose another effect.")]


def _is_capital(row: Effects) -> bool:
    """Whether the target is the political capital, which stands on no sheet of its own."""
    return row.target.strip().casefold() in ("political capital", _OPENING)


def _releases(draft: Draft, row: Effects) -> list[Problem]:
    """Put the amount into an account, pool, compartment, indicator or the political capital."""
    kinds = (kind for sheet, kind in _RELEASES if draft.case.find(sheet, row.target) is not None)
    ledger = CAPITAL if _is_capital(row) else next((f"{kind}:{row.target}" for kind in kinds), "")
    if not ledger:
        return _wrong_target(row, "an account, quota, caseload or indicator, or 'political capital'")
    if ledger == CAPITAL and CAPITAL not in draft.stocks:
        return []  # political capital is not limited, so more of it changes nothing
    amount = row.amount * (MONEY if ledger.startswith("account:") else 1.0)
    profile = after(row.lag, row.spread)
    draft.effects.append(Effect(f"reform:{row.reform}", "release", ledger, amount, profile, row.origin("amount")))
    return []


def _pulse(draft: Draft, row: Effects) -> list[Problem]:
    """Let more people arrive, fewer where orderly work softens the pulse."""
    target = draft.case.find(People, row.target)
    if target is None:
        return _wrong_target(row, "a caseload of sheet People")
    softened = bool(row.softened_by) and row.softening > 0.0
    ledger = f"pulse:{row.id}" if softened else f"people:{row.target}"
    profile = after(row.lag, row.spread)
    if softened:
        _softening(draft, row, target)
    draft.effects.append(Effect(f"reform:{row.reform}", "pulse", ledger, row.amount, profile, row.origin("amount")))
    return []


def _softening(draft: Draft, row: Effects, target: People) -> None:
    """Split a pulse into those who arrive and those who stay orderly, in every period."""
    pulse, arrive, soften = f"pulse:{row.id}", f"arrive:{row.id}", f"soften:{row.id}"
    origin = row.origin("softening")
    known = {"place": target.place, "country": draft.country(target.place), "pipeline": target.pipeline}
    known |= compartment_tags(draft, target.people)

    def tags(kind: str) -> Mapping[str, str]:
        return row_tags(kind, row, **known)

    empty = ((0.0, 0.0),)
    draft.stock(Stock(id=pulse, unit="people", upper=empty, scale=PEOPLE, tags=tags("pulse"), origin=origin))
    for activity, kind in ((arrive, "arrive"), (soften, "soften")):
        draft.activity(Activity(id=activity, unit="people", scale=PEOPLE, tags=tags(kind), origin=origin))
        draft.links.append(Link(activity, pulse, "use", 1.0, origin=origin))
    draft.links.append(Link(arrive, f"people:{row.target}", "make", 1.0, origin=origin))
    stages = tuple((f"stage:{stage}", row.softening) for stage in sorted(row.softened_by))
    draft.requirements.append(Requirement(soften, stages, ((soften, 1.0),), origin))


def _adds_capacity(draft: Draft, row: Effects) -> list[Problem]:
    """Give a staff row or a site more for as long as the reform is in force."""
    kind = "staff" if draft.case.find(Staff, row.target) is not None else "site"
    if kind == "site" and draft.case.find(Sites, row.target) is None:
        return _wrong_target(row, "a row of sheet Staff ('cadre / duty station') or of sheet Sites")
    profile, origin = lasting(row.lag, row.spread), row.origin("amount")
    draft.effects.append(Effect(f"reform:{row.reform}", "provide", f"{kind}:{row.target}", row.amount, profile, origin))
    return []


def _raises_limit(draft: Draft, row: Effects) -> list[Problem]:
    """Lift the largest number of people in a compartment."""
    target = draft.case.find(People, row.target)
    if target is None:
        return _wrong_target(row, "a caseload of sheet People")
    if target.at_most is None:
        found = f"'{row.target}' has no 'At most' ({target.at('at_most')}), so there is no limit to raise."
        return [refusal(row, "target", "no-limit-to-raise", found, "Fill in 'At most' there, or delete this row.")]
    profile, origin = after(row.lag, row.spread), row.origin("amount")
    draft.effects.append(Effect(f"reform:{row.reform}", "raise", f"people:{row.target}", row.amount, profile, origin))
    return []


def _requires(draft: Draft, row: Effects) -> list[Problem]:
    """Make an activity run at a pace or more while the reform is in force."""
    try:
        activity = activity_id(draft.case, row.target)
    except LookupError:
        return _wrong_target(row, "a stage, programme or visa stream")
    draft.demands.append(Demand(f"reform:{row.reform}", activity, row.amount, row.origin("amount")))
    return []


def compile_milestones(draft: Draft) -> None:
    """Attach to every reform the levels that must be reached before it is taken."""
    for row in draft.case.of(Milestones):
        kind = "indicator" if draft.case.find(Indicators, row.watches) is not None else "people"
        condition = Condition(f"{kind}:{row.watches}", row.at_least, row.origin("at_least"))
        switch = draft.switches[f"reform:{row.reform}"]
        conditions = sorted((*switch.conditions, condition), key=lambda c: (c.ledger, c.at_least))
        draft.switches[switch.id] = replace(switch, conditions=tuple(conditions))
