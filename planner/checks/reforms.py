"""Reforms: prerequisites without circles, exclusions that leave a way, effects that fit what they act on."""

from __future__ import annotations

import math
from collections.abc import Iterator

from planner.case import Case
from planner.case.problems import Problem
from planner.cells.words import nearest
from planner.checks.finding import conflict, cycles, error, exceeds, warning
from planner.checks.frame import settled
from planner.sheets import (
    BY_NAME,
    Effects,
    Indicators,
    Milestones,
    People,
    Programmes,
    Reforms,
    Row,
    Settings,
    Sites,
    Visas,
)
from planner.sheets.address import Address
from planner.wording.figures import typed

CAPITAL = ("political capital", "political capital at start")
"""What an effect on the political capital may call it."""


def check(case: Case) -> list[Problem]:
    """All findings about reforms."""
    return [
        *_circles(case),
        *_excluded(case),
        *_in_force(case),
        *_effects(case),
        *_softening(case),
        *_milestones(case),
        *_capital(case),
    ]


def _needs(case: Case) -> dict[str, tuple[str, ...]]:
    """What each reform or site needs first."""
    rows: list[Sites | Reforms] = [*case.of(Sites), *case.of(Reforms)]
    return {row.id: row.needs for row in rows}


def _row(case: Case, name: str) -> Reforms | Sites | None:
    """Reform or site of a name, as a Needs column finds it."""
    return case.find(Reforms, name) or case.find(Sites, name)


def _circles(case: Case) -> Iterator[Problem]:
    """What needs itself, at once or by a way round, can never come."""
    for ring in cycles(dict(_needs(case).items())):
        row = _row(case, ring[0])
        if row is None:
            continue
        if len(ring) == 1:
            yield error(
                row,
                "needs",
                "needs-itself",
                f"'{ring[0]}' needs itself, so it can never come into force.",
                "Take it out of the cell.",
            )
            continue
        way = " needs ".join(f"'{name}'" for name in [*ring, ring[0]])
        yield error(
            row,
            "needs",
            "needs-circle",
            f"{way}: each waits for the other, and none can come first.",
            "Take one of the needs out.",
        )


def _ancestors(case: Case, name: str) -> set[str]:
    """Everything that must be in force before, at any remove."""
    needs, found, todo = _needs(case), set[str](), [name]
    while todo:
        for other in needs.get(todo.pop(), ()):
            if other not in found:
                found.add(other)
                todo.append(other)
    return found


def _excluded(case: Case) -> Iterator[Problem]:
    """Exclusions against oneself, against what is needed, between two that must be."""
    pairs = {
        frozenset((row.reform, other)): row for row in case.of(Reforms) for other in row.excludes if other != row.reform
    }
    for row in case.of(Reforms):
        if row.reform in row.excludes:
            yield error(
                row,
                "excludes",
                "excludes-itself",
                f"'{row.reform}' excludes itself, so it can never be taken.",
                "Take it out of the cell.",
            )
        needed = sorted(_ancestors(case, row.reform) - {row.reform})
        for one in needed:
            if frozenset((row.reform, one)) in pairs:
                where = pairs[frozenset((row.reform, one))].at("excludes")
                yield error(
                    row,
                    "needs",
                    "needs-excluded",
                    f"'{row.reform}' needs '{one}' and excludes it ({where}): it can never be taken.",
                    "Take it out of Needs or out of Excludes.",
                )
        for n, one in enumerate(needed):
            for two in needed[n + 1 :]:
                if frozenset((one, two)) in pairs:
                    yield error(
                        row,
                        "needs",
                        "needs-excluded",
                        f"'{row.reform}' needs '{one}' and '{two}', which exclude each other "
                        f"({pairs[frozenset((one, two))].at('excludes')}): it can never be taken.",
                        "Drop one need, or the exclusion.",
                    )
    for pair, row in pairs.items():
        both = [case.find(Reforms, name) for name in sorted(pair)]
        if all(reform is not None and (reform.must or reform.in_force) for reform in both):
            names = " and ".join(f"'{name}'" for name in sorted(pair))
            yield error(
                row,
                "excludes",
                "excludes-must",
                f"{names} exclude each other, and both must happen or are in force already.",
                "Drop the exclusion, or say no in 'Must happen'.",
            )


def _in_force(case: Case) -> Iterator[Problem]:
    """What is in force already is neither taken nor waited for."""
    for row in case.of(Reforms):
        if row.in_force:
            unused = [
                ("needs", "Needs", row.needs),
                ("must", "Must happen", row.must),
                ("opens_from", "From", row.opens_from),
            ]
            for field, name, value in unused:
                if value:
                    yield warning(
                        row,
                        field,
                        "in-force-unused",
                        f"the reform is in force at the start, so '{name}' changes nothing.",
                        f"Clear '{name}', or say no in 'In force at start'.",
                    )
        elif row.wait > 0.0 and not row.needs:
            yield warning(
                row,
                "wait",
                "wait-unused",
                "'Wait' counts from what the reform needs, and 'Needs' is blank.",
                "Clear it, or fill in 'Needs'.",
            )


def _is_capital(name: str) -> bool:
    """Whether a target is the political capital."""
    return name.strip().casefold() in CAPITAL


_PUTS: dict[str, tuple[str, ...]] = {"releases": ("Funding", "Quotas", "People", "Indicators"), "pulse": ("People",)}
"""Sheets that an effect which puts something somewhere can act on (the other effects: planner.checks.references)."""


def _target(case: Case, sheets: tuple[str, ...], name: str) -> Row | None:
    """Row of one of some sheets."""
    return next((row for sheet in sheets if (row := case.find(BY_NAME[sheet], name)) is not None), None)


def _effects(case: Case) -> Iterator[Problem]:
    """An effect acts on what can take it, within what is left of the plan."""
    horizon = case.horizon if settled(case) else math.inf
    for row in case.of(Effects):
        sheets = _PUTS.get(row.effect)
        capital = row.effect == "releases" and _is_capital(row.target)
        elsewhere = any(case.find(sheet, row.target) is not None for sheet in BY_NAME.values()) or _is_capital(
            row.target
        )
        if sheets is not None and not capital and _target(case, sheets, row.target) is None and elsewhere:
            known = [other.id for sheet in sheets for other in case.of(BY_NAME[sheet])]
            more = ", or 'political capital'" if row.effect == "releases" else ""
            yield error(
                row,
                "target",
                "effect-target",
                f"'{row.effect}' cannot act on '{row.target}'.",
                f"Name a row of sheet {' or '.join(sheets)}{more}; or choose another effect.",
                nearest(row.target, known),
            )
        if capital and case.setting_number(CAPITAL[1]) is None:
            yield warning(
                row,
                "target",
                "capital-unlimited",
                "political capital is not limited, so more of it changes nothing.",
                "Write 'political capital at start' on sheet Settings.",
            )
        if row.lag >= horizon:
            yield warning(
                row,
                "lag",
                "effect-late",
                f"it comes {typed(row.lag)} days after the reform, and the plan has {typed(horizon)} days.",
                "Check the lag (days).",
            )
        if row.effect == "requires":
            yield from _required_pace(case, row)


def _required_pace(case: Case, row: Effects) -> Iterator[Problem]:
    """What a reform requires must be within the activity's limit."""
    work = _target(case, ("Pipelines", "Programmes", "Visas"), row.target)
    field = "demand" if isinstance(work, Visas) else "at_most"
    most = getattr(work, field, None)
    if work is not None and most is not None and exceeds(row.amount, most):
        yield error(
            row,
            "amount",
            "effect-above-limit",
            f"it requires {typed(row.amount)} a year of '{row.target}', which can do {typed(most)} at most"
            f" ({work.at(field)}).",
            "Lower the amount, or raise the limit there.",
        )


def _softening(case: Case) -> Iterator[Problem]:
    """Softening has both its stages and its strength, and a pulse to soften."""
    for row in case.of(Effects):
        if row.effect != "pulse" and (row.softened_by or row.softening):
            field = "softened_by" if row.softened_by else "softening"
            yield warning(
                row,
                field,
                "softening-unused",
                f"only a pulse is softened, and the effect is '{row.effect}'.",
                "Clear 'Softened by' and 'Softening'.",
            )
        elif row.softening > 0.0 and not row.softened_by:
            yield error(
                row,
                "softened_by",
                "softening-half",
                f"'Softening' is {typed(row.softening)}, but 'Softened by' names no stage.",
                "Name the stages whose work draws people from the pulse.",
            )
        elif row.softened_by and row.softening <= 0.0:
            yield error(
                row,
                "softening",
                "softening-half",
                "'Softened by' names stages, but 'Softening' is 0.",
                "Write how many people each case keeps orderly.",
            )


def _milestones(case: Case) -> Iterator[Problem]:
    """A level to reach must be reachable, and something must raise it."""
    for row in case.of(Milestones):
        reform = case.find(Reforms, row.reform)
        indicator = case.find(Indicators, row.watches)
        watched = indicator if indicator is not None else case.find(People, row.watches)
        if watched is None or reform is None:
            continue
        if reform.in_force:
            yield warning(
                row,
                "reform",
                "milestone-unused",
                f"'{row.reform}' is in force at the start and waits for nothing.",
                "Delete the row.",
            )
            continue
        most = watched.at_most
        limit_rises = any(e.effect == "raises limit" and e.target == row.watches for e in case.of(Effects))
        if most is not None and exceeds(row.at_least, most) and not limit_rises:
            yield error(
                row,
                "at_least",
                "milestone-above-limit",
                f"'{row.watches}' is to reach {typed(row.at_least)}, but is {typed(most)} at most"
                f" ({watched.at('at_most')}).",
                "Lower the milestone, or raise 'At most'.",
            )
        elif indicator is not None and exceeds(row.at_least, indicator.at_start) and not _raised(case, row.watches):
            must = f", though it must be ({reform.at('must')})" if reform.must else ""
            found = (
                f"'{row.watches}' stands at {typed(indicator.at_start)} ({indicator.at('at_start')}) and nothing"
                f" raises it to {typed(row.at_least)}: '{row.reform}' can never be taken{must}."
            )
            make = error if reform.must else warning
            yield make(
                row,
                "at_least",
                "milestone-unreachable",
                found,
                "Let a programme raise it (columns Raises, Raise per unit), or lower the milestone.",
            )


def _raised(case: Case, indicator: str) -> bool:
    """Whether a programme or a reform raises an indicator."""
    if any(row.raises == indicator and row.raise_per_unit > 0.0 for row in case.of(Programmes)):
        return True
    return any(row.effect == "releases" and row.target == indicator for row in case.of(Effects))


def _capital(case: Case) -> Iterator[Problem]:
    """What must be taken, and each single reform, against the political capital there can ever be."""
    opening = case.setting_number(CAPITAL[1])
    if opening is None or not settled(case):
        return
    yearly = case.setting_number("political capital a year") or 0.0
    released = sum(row.amount for row in case.of(Effects) if row.effect == "releases" and _is_capital(row.target))
    most = opening + yearly * case.horizon / 365.0 + released
    given = (
        f"the plan can have {typed(most)} points at most ({typed(opening)} at the start ({_setting(case)}),"
        f" {typed(yearly)} a year" + (f", {typed(released)} from reforms)" if released else ")")
    )
    musts = [row for row in case.of(Reforms) if row.must and not row.in_force and row.political_capital > 0.0]
    asked = math.fsum(row.political_capital for row in musts)
    if exceeds(asked, most):
        listed = ", ".join(
            f"'{row.reform}' {typed(row.political_capital)} ({row.at('political_capital')})" for row in musts
        )
        yield conflict(
            musts[-1],
            "political_capital",
            "impossible-capital",
            f"the reforms that must happen ask for {typed(asked)} points of political capital: {listed}; {given}.",
            "Let fewer reforms be a must, or start with more political capital.",
        )
        return
    for row in case.of(Reforms):
        if not row.must and not row.in_force and exceeds(row.political_capital, most):
            yield warning(
                row,
                "political_capital",
                "capital-out-of-reach",
                f"it asks for {typed(row.political_capital)} points, and {given}: it can never be taken.",
                "Check the points.",
            )


def _setting(case: Case) -> Address:
    """Cell of the opening political capital."""
    row = case.find(Settings, CAPITAL[1])
    return row.at("value") if row is not None else Address("Settings")
