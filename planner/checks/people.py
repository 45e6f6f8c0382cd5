"""People are conserved: what leaves one compartment arrives in others, all of it, once."""

from __future__ import annotations

import math
from collections.abc import Iterator

from planner.case import Case
from planner.case.problems import Problem
from planner.checks.finding import TINY, error, exceeds, stated, warning
from planner.sheets import Arrivals, Effects, Movements, People, Pipelines, Programmes, Visas
from planner.wording.figures import exact, share, typed


def check(case: Case) -> list[Problem]:
    """All findings about where people come from and where they go."""
    return [
        *_destinations(case),
        *_own_way(case),
        *_movements(case),
        *_programmes(case),
        *_visas(case),
        *_compartments(case),
        *_time_limits(case),
    ]


def _pairs(row: Pipelines) -> list[tuple[int, str, float]]:
    """Destinations of a stage as (number, compartment, share), named or not."""
    return [(n, getattr(row, f"to_{n}"), getattr(row, f"share_{n}")) for n in range(1, 5)]


def _destinations(case: Case) -> Iterator[Problem]:
    """Shares of a stage add up to one, over destinations that are named once."""
    for row in case.of(Pipelines):
        pairs = _pairs(row)
        named = [(n, to, part) for n, to, part in pairs if to]
        lost = [(n, part) for n, to, part in pairs if not to and part > TINY]
        for n, part in lost:
            if n > 1:
                yield error(
                    row,
                    f"share_{n}",
                    "destination-missing",
                    f"'Share {n}' is {typed(part)}, but 'To {n}' is blank.",
                    f"Name the caseload in 'To {n}', or clear the share.",
                )
        total = math.fsum(part for _, _, part in named)
        if not lost and abs(total - 1.0) > TINY:
            parts = " + ".join(f"{typed(part)} to '{to}'" for _, to, part in named)
            what = "more leave than came" if total > 1.0 else "some would vanish"
            last = named[-1][0] if named else 1
            yield error(
                row,
                f"share_{last}",
                "shares-sum",
                f"the shares add up to {exact(total)}, not 1 ({parts}): {what}.",
                "Change the shares so that they add up to 1; people who drop out need a destination too.",
            )
        seen: dict[str, int] = {}
        for n, to, part in named:
            if to in seen:
                yield error(
                    row,
                    f"to_{n}",
                    "destination-twice",
                    f"'{to}' is the destination in 'To {seen[to]}' and in 'To {n}'.",
                    "Name it once, with the shares added up.",
                )
            seen.setdefault(to, n)
            if part <= TINY and not lost:
                yield warning(
                    row,
                    f"share_{n}",
                    "destination-nobody",
                    f"nobody goes to '{to}': 'Share {n}' is 0.",
                    f"Give it a part, or clear 'To {n}'.",
                )


def _own_way(case: Case) -> Iterator[Problem]:
    """A stage that leads everybody back to where they were does nothing."""
    for row in case.of(Pipelines):
        for n, to, part in _pairs(row):
            if to and to == row.takes_from and part >= 1.0 - TINY:
                yield error(
                    row,
                    f"to_{n}",
                    "destination-own",
                    f"everybody comes back to '{to}', from where they were taken.",
                    "Name the caseload in which people are after the stage.",
                )


def _movements(case: Case) -> Iterator[Problem]:
    """Natural rates lead to another compartment; shares that add up to more than one are read as competing rates."""
    shares: dict[str, list[Movements]] = {}
    for row in case.of(Movements):
        shares.setdefault(row.leaves, []).append(row)
        if row.leaves == row.enters:
            yield error(
                row,
                "enters",
                "movement-own",
                f"'{row.leaves}' moves to itself.",
                "Name another caseload, or delete the row.",
            )
    for people, rows in shares.items():
        total = math.fsum(row.share_a_year for row in rows)
        if total > 1.0 + TINY:
            parts = " + ".join(
                f"{typed(row.share_a_year)} to '{row.enters}' ({row.at('share_a_year')})" for row in rows
            )
            gone = 1.0 - math.prod(1.0 - row.share_a_year for row in rows)
            yield warning(
                rows[-1],
                "share_a_year",
                "movements-sum",
                f"the shares that leave '{people}' within a year add up to {typed(total)}, more than 1: {parts}. Read"
                f" as rates that compete, so that {share(gone)} leave within a year.",
                "Lower the shares if they were meant as parts of everybody.",
            )


def _programmes(case: Case) -> Iterator[Problem]:
    """A programme moves people from somewhere to somewhere else, or nobody."""
    for row in case.of(Programmes):
        if bool(row.moves_from) != bool(row.moves_to):
            blank, name, other = (
                ("moves_to", "Moves to", row.moves_from)
                if row.moves_from
                else ("moves_from", "Moves from", row.moves_to)
            )
            what = (
                f"people leave '{other}' and arrive nowhere"
                if row.moves_from
                else f"people come to '{other}' from nowhere"
            )
            yield error(
                row, blank, "move-one-sided", f"'{name}' is blank, so {what}.", f"Fill in '{name}', or clear both."
            )
        elif row.moves_from and row.moves_from == row.moves_to:
            yield error(
                row,
                "moves_to",
                "move-own",
                f"the programme moves people from '{row.moves_from}' to '{row.moves_to}': nowhere.",
                "Name the caseload in which people are afterwards.",
            )
        elif row.moves_from and row.people_per_unit <= 0.0:
            yield warning(
                row, "people_per_unit", "move-nobody", "a unit moves 0 people.", "Write how many people one unit moves."
            )
        elif not row.moves_from and stated(row, "people_per_unit") and row.people_per_unit not in (0.0, 1.0):
            yield warning(
                row,
                "people_per_unit",
                "move-unused",
                "a unit has people, but 'Moves from' and 'Moves to' are blank: nobody moves.",
                "Name both caseloads if people move. (The measure 'people served' counts them all the same.)",
            )


def _visas(case: Case) -> Iterator[Problem]:
    """A stream takes people from one compartment, or two in shares, to another."""
    for row in case.of(Visas):
        sources = [
            ("takes_from", row.takes_from, row.share_from),
            ("otherwise_from", row.otherwise_from, 1.0 - row.share_from),
        ]
        for field, name, part in sources:
            if name and name == row.goes_to and part > TINY:
                yield error(
                    row,
                    "goes_to",
                    "move-own",
                    f"travellers come from '{name}' ({row.at(field)}) and go to it.",
                    "Name the caseload in which people are after they have arrived.",
                )
        if row.otherwise_from and row.share_from >= 1.0 - TINY:
            yield warning(
                row,
                "otherwise_from",
                "share-unused",
                f"nobody comes from '{row.otherwise_from}': 'Share from' is 1.",
                "Write in 'Share from' which share comes from 'Takes from'.",
            )
        if not row.takes_from and stated(row, "share_from") and row.share_from < 1.0:
            yield warning(
                row,
                "share_from",
                "share-unused",
                "'Share from' says how many come from 'Takes from', which is blank.",
                "Fill in 'Takes from', or clear the share.",
            )


def leaving(case: Case, people: str) -> bool:
    """Whether anything can take people out of a compartment: a rate, a stage, a programme or a visa stream."""
    if any(row.leaves == people and row.share_a_year > 0.0 for row in case.of(Movements)):
        return True
    if any(row.takes_from == people for row in case.of(Pipelines)):
        return True
    if any(row.moves_from == people for row in case.of(Programmes)):
        return True
    return any(people in (row.takes_from, row.otherwise_from) for row in case.of(Visas))


def entering(case: Case, people: str) -> bool:
    """Whether anything but arrivals and reforms can bring people into a compartment."""
    if any(row.enters == people and row.share_a_year > 0.0 for row in case.of(Movements)):
        return True
    if any(to == people and share > 0.0 for row in case.of(Pipelines) for to, share in row.destinations):
        return True
    if any(row.moves_to == people for row in case.of(Programmes)):
        return True
    return any(row.goes_to == people for row in case.of(Visas))


def _compartments(case: Case) -> Iterator[Problem]:
    """More people on day one than a compartment may hold."""
    raised: dict[str, float] = {}
    for effect in case.of(Effects):
        if effect.effect == "raises limit":
            raised[effect.target] = raised.get(effect.target, 0.0) + effect.amount
    for row in case.of(People):
        if row.at_most is None or not exceeds(row.at_start, row.at_most):
            continue
        both = f"{typed(row.at_start)} people are there on day one ({row.at('at_start')}), {typed(row.at_most)} may be"
        if leaving(case, row.people) or exceeds(row.at_most + raised.get(row.people, 0.0), row.at_start):
            yield warning(
                row,
                "at_most",
                "start-above-limit",
                f"{both}: the plan must bring the number down by the first period's end.",
                "Check both numbers; raise 'At most' if nobody has to leave so soon.",
            )
        else:
            yield error(
                row,
                "at_most",
                "start-above-limit",
                f"{both}, and nothing can take anyone out.",
                "Raise 'At most', lower 'At start', or add a stage that takes people from here.",
            )


def _time_limits(case: Case) -> Iterator[Problem]:
    """A right to leave in time cannot hold for people who are already late, nor where nobody can leave."""
    for row in case.of(People):
        if row.time_limit is None:
            if row.limit_is == "right" and stated(row, "limit_is"):
                yield warning(
                    row,
                    "time_limit",
                    "limit-missing",
                    "'Limit is' says right, but 'Time limit' is blank: there is no limit.",
                    "Fill in the days, or clear 'Limit is'.",
                )
            continue
        if row.limit_is != "right":
            continue
        if row.at_start > 0.0 and exceeds(row.age_at_start, row.time_limit):
            late = row.at_start * (1.0 - row.time_limit / row.age_at_start)
            yield error(
                row,
                "time_limit",
                "right-broken-at-start",
                f"everyone has a right to leave within {typed(row.time_limit)} days, but the {typed(row.at_start)}"
                f" people there on day one have waited up to {typed(row.age_at_start)} days"
                f" ({row.at('age_at_start')}): about {typed(late)} are over the limit already.",
                "Make it a target, which counts those over the limit; or put those who are late into a caseload of"
                " their own.",
            )
        elif (row.at_start > 0.0 or _coming(case, row.people)) and not leaving(case, row.people):
            yield error(
                row,
                "time_limit",
                "right-without-way-out",
                f"everyone has a right to leave within {typed(row.time_limit)} days, but nothing takes anyone out.",
                "Add a stage, a programme or a visa stream that takes people from here.",
            )


def _coming(case: Case, people: str) -> bool:
    """Whether anybody arrives in a compartment by themselves."""
    return any(row.people == people and row.rate > 0.0 for row in case.of(Arrivals))
