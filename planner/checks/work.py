"""Work: paces that can be kept, curves without gaps, cadres with their output, co-requisites."""

from __future__ import annotations

import math
from collections.abc import Iterator

from planner.case import Case
from planner.case.problems import Problem
from planner.cells.words import nearest
from planner.checks.finding import conflict, cycles, error, exceeds, stated, warning
from planner.sheets import Curves, Deployments, Needs, Overrides, Pipelines, Programmes, Staff, Teams, Visas
from planner.wording.figures import typed
from planner.wording.lists import named

Work = Pipelines | Programmes | Visas


def check(case: Case) -> list[Problem]:
    """All findings about paces, curves, staff and co-requisites."""
    problems: list[Problem] = []
    for row in works(case):
        problems += [*_paces(case, row), *_cadre(row), *_site(row)]
    return [
        *problems,
        *_same_names(case),
        *_curves(case),
        *_needs(case),
        *_staff(case),
        *_deployments(case),
        *_teams(case),
    ]


def works(case: Case) -> list[Work]:
    """Every stage, programme and visa stream."""
    return [*case.of(Pipelines), *case.of(Programmes), *case.of(Visas)]


def limit_field(row: Work) -> tuple[str, str]:
    """Field and header of the largest pace."""
    return ("demand", "Demand") if isinstance(row, Visas) else ("at_most", "At most")


def limit_of(row: Work) -> float | None:
    """Largest pace as stated."""
    return row.demand if isinstance(row, Visas) else row.at_most


def curve_rows(case: Case, key: str) -> list[Curves]:
    """Stretches of a row's curve, in order."""
    return sorted((line for line in case.of(Curves) if line.row == key), key=lambda line: line.stretch)


def _paces(case: Case, row: Work) -> Iterator[Problem]:
    """Least, largest and starting pace against each other and against the curve."""
    field, name = limit_field(row)
    most, least, curve = limit_of(row), row.at_least or 0.0, curve_rows(case, row.id)
    widths = math.fsum(line.width for line in curve)
    if most is not None and exceeds(least, most):
        yield error(
            row,
            "at_least",
            "least-above-most",
            f"'At least' is {typed(least)} a year ({row.at('at_least')}) and '{name}' {typed(most)} ({row.at(field)}).",
            f"Lower 'At least' or raise '{name}'.",
        )
    if curve and exceeds(least, widths):
        yield error(
            row,
            "at_least",
            "least-above-curve",
            f"'At least' is {typed(least)} a year, and the curve ends at {typed(widths)} ({curve[-1].at('width')}).",
            "Lower 'At least', or add a stretch to the curve.",
        )
    if curve and most is not None and exceeds(most, widths):
        yield warning(
            row,
            field,
            "most-above-curve",
            f"'{name}' is {typed(most)} a year, and the curve ends at {typed(widths)} ({curve[-1].at('width')}),"
            " which is the largest pace.",
            "Add a stretch to the curve if more is possible.",
        )
    if row.growth is not None and not row.growth_base and not least and not _helped(case, row):
        yield error(
            row,
            "growth_base",
            "growth-without-start",
            "growth is limited, 'Starting pace' is 0 and 'At least' is 0: it can never start.",
            "Write in 'Starting pace' which pace is possible from the first day.",
        )
    if row.growth is None and row.growth_base > 0.0:
        yield warning(
            row,
            "growth_base",
            "growth-unused",
            "'Starting pace' counts only where 'Growth' is filled in.",
            "Fill in 'Growth', or clear it.",
        )
    if isinstance(row, Programmes):
        yield from _scale(row, most, widths if curve else None)


def _helped(case: Case, row: Work) -> bool:
    """Whether somebody sets a pace by hand."""
    return any(
        o.sheet == row.SHEET and o.row == row.id and o.action in ("fix", "at least") and o.value
        for o in case.of(Overrides)
    )


def _scale(row: Programmes, most: float | None, widths: float | None) -> Iterator[Problem]:
    """A least scale must be possible."""
    tops = [
        (value, where)
        for value, where in ((most, f"'At most' ({row.at('at_most')})"), (widths, "the curve"))
        if value is not None
    ]
    if tops and exceeds(row.least_scale, min(tops)[0]):
        top, where = min(tops)
        yield error(
            row,
            "least_scale",
            "scale-above-most",
            f"'Least scale' is {typed(row.least_scale)} a year and {where} allows {typed(top)}: it can never run.",
            "Lower 'Least scale' or raise the limit.",
        )
    if (
        row.growth is not None
        and row.least_scale > 0.0
        and exceeds(row.least_scale, row.growth_base)
        and not row.at_least
    ):
        yield warning(
            row,
            "least_scale",
            "scale-above-start",
            f"'Least scale' is {typed(row.least_scale)} a year, but it can only start with {typed(row.growth_base)} "
            f"({row.at('growth_base')}): it can never start.",
            "Raise 'Starting pace' or lower 'Least scale'.",
        )


def _cadre(row: Work) -> Iterator[Problem]:
    """A cadre and its output belong together."""
    field = "units_per_year" if isinstance(row, Programmes) else "cases_per_year"
    name = "Units per staff-year" if isinstance(row, Programmes) else "Cases per staff-year"
    output = row.units_per_year if isinstance(row, Programmes) else row.cases_per_year
    if row.cadre and output is None:
        yield error(
            row,
            field,
            "cadre-without-output",
            f"'{row.cadre}' does the work, but '{name}' is blank, so it would take no time.",
            f"Write in '{name}' what one full-time worker does in a year, or clear 'Cadre'.",
        )
    elif output is not None and not row.cadre:
        yield error(
            row,
            "cadre",
            "output-without-cadre",
            f"'{name}' is {typed(output)}, but 'Cadre' is blank, so nobody's time is used.",
            f"Name the cadre, or clear '{name}'.",
        )
    elif row.station and not row.cadre:
        yield warning(
            row,
            "station",
            "station-unused",
            "'Duty station' says whose staff works, and 'Cadre' is blank.",
            "Name the cadre, or clear the duty station.",
        )


def _site(row: Work) -> Iterator[Problem]:
    """Days at a site need a site."""
    if not isinstance(row, Visas) and not row.site and stated(row, "days_at_site"):
        yield warning(
            row,
            "days_at_site",
            "site-unused",
            "'Days at site' is filled in, and 'Site' is blank.",
            "Name the site, or clear the days.",
        )


def _same_names(case: Case) -> Iterator[Problem]:
    """Curves, Needs and Effects find a stage, programme or stream by its name alone."""
    seen: dict[str, Work] = {}
    for row in works(case):
        before = seen.setdefault(row.id.casefold(), row)
        if before.SHEET != row.SHEET and row.id:
            yield error(
                row,
                "",
                "name-on-two-sheets",
                f"'{row.id}' is also the name of a row on sheet {before.SHEET} ({before.at()}); curves, needs and"
                " effects could not tell them apart.",
                "Give one of them another name.",
            )


def _curves(case: Case) -> Iterator[Problem]:
    """Stretches 1, 2, 3 ... of each curve, with some effect somewhere."""
    for key in dict.fromkeys(line.row for line in case.of(Curves)):
        rows = curve_rows(case, key)
        for due, line in enumerate(rows, start=1):
            if line.stretch > due:
                yield error(
                    line,
                    "stretch",
                    "curve-gap",
                    f"stretch {due} of '{key}' is missing: the row is stretch {line.stretch}.",
                    "Number the stretches 1, 2, 3, ... without gaps.",
                )
                break
        if not any(line.effect > 0.0 for line in rows):
            yield warning(
                rows[0],
                "effect",
                "curve-flat",
                f"no stretch of '{key}' has any effect.",
                "Write the effect of a unit in each stretch.",
            )


def _needs(case: Case) -> Iterator[Problem]:
    """Co-requisites: not of itself, not in a circle that asks for more than itself, not more than the other can do."""
    by_id = {row.id: row for row in works(case)}
    for line in case.of(Needs):
        work, other = by_id.get(line.row), by_id.get(line.needed)
        if line.row == line.needed:
            yield error(line, "needed", "need-itself", f"'{line.row}' needs itself.", "Name what must go with it.")
        elif line.ratio <= 0.0:
            yield warning(
                line,
                "ratio",
                "need-nothing",
                "with ratio 0 nothing is needed.",
                "Write how many units go with each, or delete the row.",
            )
        elif work is not None and other is not None:
            least, most = work.at_least or 0.0, limit_of(other)
            if most is not None and exceeds(least * line.ratio, most):
                field, name = limit_field(other)
                yield conflict(
                    line,
                    "ratio",
                    "impossible-need",
                    f"'{line.row}' at its 'At least' of {typed(least)} a year ({work.at('at_least')}) needs"
                    f" {typed(least * line.ratio)} of '{line.needed}', whose '{name}' is {typed(most)}"
                    f" ({other.at(field)}).",
                    "Lower one or raise the other.",
                )
    ratios = {(line.row, line.needed): line for line in case.of(Needs) if line.ratio > 0.0 and line.row != line.needed}
    arrows: dict[str, list[str]] = {}
    for row, needed in ratios:
        arrows.setdefault(row, []).append(needed)
    for ring in cycles(dict(arrows.items())):
        lines = [ratios[pair] for pair in zip(ring, [*ring[1:], ring[0]], strict=True) if pair in ratios]
        if math.prod(line.ratio for line in lines) > 1.0 + 1e-9:
            way = " needs ".join(f"'{name}'" for name in [*ring, ring[0]])
            yield error(
                lines[0],
                "ratio",
                "need-circle",
                f"{way}, each time more of it: none can ever be done.",
                "Lower a ratio so that the circle asks for 1 or less, or drop a row.",
            )


def _staff(case: Case) -> Iterator[Problem]:
    """Posts and people, hires and the time that they need."""
    horizon = case.horizon if case.phases else math.inf
    for row in case.of(Staff):
        if row.ceiling is not None and exceeds(row.on_board, row.ceiling):
            first = case.phases[0].end if case.phases else 0.0
            left = row.on_board * (1.0 - row.attrition) ** (first / 365.0)
            posts = f"the authorised posts are {typed(row.ceiling)}"
            both = f"{typed(row.on_board)} are in post ({row.at('on_board')}) and {posts}"
            if exceeds(left, row.ceiling):
                yield error(
                    row,
                    "ceiling",
                    "staff-above-ceiling",
                    f"{both}; by the end of the first phase {typed(left)} are still there.",
                    "Correct the authorised posts or the number in post.",
                )
            else:
                yield warning(
                    row, "ceiling", "staff-above-ceiling", f"{both}.", "Correct one of them if that is not meant."
                )
        hires = row.hiring_limit is None or row.hiring_limit > 0.0
        ready = row.hiring_lag + row.training
        if hires and ready >= horizon:
            yield warning(
                row,
                "training",
                "hires-late",
                f"a hire works after {typed(ready)} days (hiring lag and training), and the plan has"
                f" {typed(horizon)}: hiring helps nobody.",
                "Check the days.",
            )
        if hires and row.hiring_limit is not None and row.ceiling is not None and row.ceiling <= 0.0:
            yield warning(
                row,
                "ceiling",
                "hires-without-posts",
                "no posts are authorised, so nobody can be hired.",
                "Leave the authorised posts blank if posts are not limited.",
            )


def _deployments(case: Case) -> Iterator[Problem]:
    """Lending goes somewhere else, or into other work."""
    for row in case.of(Deployments):
        if row.from_station == row.to_station and row.to_cadre in ("", row.cadre):
            yield error(
                row,
                "to_station",
                "deploy-to-itself",
                f"'{row.cadre}' is lent from '{row.from_station}' to itself.",
                "Name another station, or another cadre in 'As cadre'.",
            )
        if row.loss >= 1.0:
            yield warning(
                row,
                "loss",
                "deploy-all-lost",
                "all time is lost, so nobody is helped.",
                "Write the share that is lost, below 1.",
            )


def _teams(case: Case) -> Iterator[Problem]:
    """Support staff must be at the station, and nobody supports themselves."""
    there = {row.id.casefold() for row in case.of(Staff)}
    cadres = {row.cadre.casefold() for row in case.of(Staff)}
    for row in case.of(Teams):
        if row.cadre.casefold() == row.support.casefold():
            yield error(
                row,
                "support",
                "team-itself",
                f"'{row.cadre}' would support itself.",
                "Name the cadre that supports it.",
            )
            continue
        if not row.station:
            continue
        for field, cadre in (("cadre", row.cadre), ("support", row.support)):
            if cadre.casefold() in cadres and f"{cadre} / {row.station}".casefold() not in there:
                at = sorted(s.station for s in case.of(Staff) if s.cadre.casefold() == cadre.casefold())
                yield error(
                    row,
                    field,
                    "staff-unknown",
                    f"there is no '{cadre} / {row.station}' on sheet Staff.",
                    f"The cadre is at {named(at)}: name one of these stations, or add a row to sheet Staff.",
                    nearest(row.station, at),
                )
    arrows: dict[str, list[str]] = {}
    for row in case.of(Teams):
        if row.cadre != row.support:
            arrows.setdefault(row.cadre, []).append(row.support)
    for ring in cycles(dict(arrows.items())):
        line = next(row for row in case.of(Teams) if row.cadre == ring[0] and row.support in ring)
        way = " is supported by ".join(f"'{name}'" for name in [*ring, ring[0]])
        yield warning(
            line,
            "support",
            "team-circle",
            f"{way}: a circle is followed once only.",
            "Say who supports whom in one direction.",
        )
