"""What goes on without a decision: levels that a row can have at all, without reforms, with the staff in post."""

from __future__ import annotations

from collections.abc import Iterator

from planner.case import Case
from planner.case.continuing import Continued, continued, level_field, level_of
from planner.case.problems import Problem
from planner.checks.finding import exceeds, warning
from planner.checks.work import curve_rows, limit_field, limit_of
from planner.compile.funding import transfer_limits
from planner.sheets import (
    Deployments,
    Pipelines,
    Programmes,
    RawActivities,
    Reforms,
    Sites,
    Staff,
    Transfers,
    Visas,
)
from planner.wording.figures import typed, typed_share

Work = Pipelines | Programmes | Visas


def check(case: Case) -> list[Problem]:
    """All findings about what goes on."""
    problems: list[Problem] = []
    for row in continued(case):
        problems += _stated(row)
        level = level_of(row)
        if level:
            problems += [*_needs(case, row), *_limits(case, row, level)]
    return [*problems, *_posts(case)]


def _found(case: Case | None, row: Continued | Staff, field: str, check: str, found: str, mend: str) -> Problem:
    """Make a finding: an error where a row contradicts itself, a warning where a limit keeps it from going on.

    Limits are lowered on purpose, and what goes on is kept as far as it can be, and told.
    """
    return Problem(check, "error" if case is None else "warning", row.at(field), found, mend, row.id)


def _stated(row: Continued) -> Iterator[Problem]:
    """A level that goes on has a last actual one beside it, and what others carry on has a level."""
    if row.goes_on_at is not None and row.last_actual is None:
        found = f"'Goes on at' is {typed(row.goes_on_at)} a year, and 'Last actual' is blank."
        mend = "Fill in 'Last actual' (0 where it has not run yet), with its source."
        yield _found(None, row, "goes_on_at", "goes-on-unknown", found, mend)
    if isinstance(row, Work) and row.runs_without_plan:
        if level_of(row) is None:
            found = "others carry it on ('Runs without the plan'), and nothing says at which level."
            mend = "Fill in 'Last actual', or write no under 'Runs without the plan'."
            yield _found(None, row, "runs_without_plan", "goes-on-without-level", found, mend)
        elif exceeds(row.at_least or 0.0, level_of(row) or 0.0):
            found = (
                f"others carry it on at {typed(level_of(row) or 0.0)} a year ({row.at(level_field(row))}), and 'At "
                f"least' asks for {typed(row.at_least or 0.0)} ({row.at('at_least')})."
            )
            mend = "Lower 'At least', or write no under 'Runs without the plan'."
            yield _found(None, row, "runs_without_plan", "goes-on-below-least", found, mend)


def _needs(case: Case, row: Continued) -> Iterator[Problem]:
    """What goes on without a decision needs no reform that is still to be taken, and no site that is still to open."""
    wanted = row.needs if isinstance(row.needs, tuple) else (row.needs,) if row.needs else ()
    for name in wanted:
        reform, site = case.find(Reforms, name), case.find(Sites, name)
        there = reform.in_force if reform is not None else site is not None and site.open_at_start
        if not there:
            word = "is not in force at the start" if reform is not None else "is not open at the start"
            yield _too_much(case, row, "goes-on-needs", f"it needs '{name}', which {word}", 0.0)
    if isinstance(row, Pipelines | Programmes) and row.site:
        place = case.find(Sites, row.site)
        if place is not None and not place.open_at_start:
            where = f"its site '{row.site}' is not open at the start ({place.at('open_at_start')})"
            yield _too_much(case, row, "goes-on-needs", where, 0.0)


def _limits(case: Case, row: Continued, level: float) -> Iterator[Problem]:
    """Limits of the row itself, and what one row can get out of the staff, places and money of day one."""
    for most, why in _most(case, row):
        if exceeds(level, most):
            yield _too_much(case, row, "goes-on-above-most", why, most)
    if isinstance(row, Programmes | RawActivities) and exceeds(row.least_scale, level):
        found = (
            f"{_says(row)} {typed(level)} a year, and less than {typed(row.least_scale)} makes no sense "
            f"({row.at('least_scale')})."
        )
        mend = "Lower 'Least scale', or write 0 under 'Goes on at'."
        yield _found(case, row, level_field(row), "goes-on-below-scale", found, mend)


def _most(case: Case, row: Continued) -> Iterator[tuple[float, str]]:
    """Limits of a row's level, each with the words for it and its cell."""
    years = case.horizon / 365.0
    if isinstance(row, Pipelines | Programmes | Visas):
        field, name = limit_field(row)
        stated, curve = limit_of(row), curve_rows(case, row.id)
        if stated is not None:
            yield stated, f"'{name}' is {typed(stated)} ({row.at(field)})"
        if curve:
            widths = sum(line.width for line in curve)
            yield widths, f"its curve ends at {typed(widths)} ({curve[-1].at('width')})"
        yield from _day_one(case, row)
    if isinstance(row, RawActivities) and row.at_most is not None:
        yield row.at_most, f"'At most' is {typed(row.at_most)} ({row.at('at_most')})"
    if not isinstance(row, Transfers | Deployments) and row.growth is not None:
        first = max(row.growth_base, row.at_least or 0.0)
        yield first, f"growth begins at 'Starting pace' {typed(first)} ({row.at('growth_base')})"
    if isinstance(row, Programmes | RawActivities) and row.at_most_in_all is not None:
        whole = row.at_most_in_all
        yield whole / years, f"'At most in all' is {typed(whole)} ({row.at('at_most_in_all')})"
    if isinstance(row, Transfers):
        share = f"'At most' is {typed_share(row.limit_share)} ({row.at('limit_share')})"
        limits = [
            (365.0 / (case.horizon if year is None else year.end - year.start), most / 1e6, year)
            for year, most in transfer_limits(case, row)
        ]
        each, most, year = min(limits, key=lambda limit: limit[0] * limit[1])
        given, when = most / (row.limit_share or 1.0), "over the plan" if year is None else f"in {year.name}"
        yield each * most, f"{share} of {typed(given)} million USD {when}"
    if isinstance(row, Deployments):
        home = case.find(Staff, f"{row.cadre} / {row.from_station}")
        posts = 0.0 if home is None else home.on_board
        share = f"'At most' is {typed_share(row.share_at_most)} ({row.at('share_at_most')})"
        yield row.share_at_most * posts, f"{share} of {typed(posts)} in post"


def _day_one(case: Case, row: Work) -> Iterator[tuple[float, str]]:
    """What the staff in post and the site of a row can do, if they do nothing else; of none at all nothing is said."""
    output = row.units_per_year if isinstance(row, Programmes) else row.cases_per_year
    station = row.station or (row.nationality if isinstance(row, Visas) else row.place)
    cadre = case.find(Staff, f"{row.cadre} / {station}") if row.cadre and output else None
    lent = any((d.to_cadre or d.cadre, d.to_station) == (row.cadre, station) for d in case.of(Deployments))
    if cadre is not None and cadre.on_board > 0.0 and output and not lent:
        most = cadre.on_board * cadre.working_share * output
        yield most, f"the staff in post can do {typed(most)} ({cadre.at('on_board')})"
    place = case.find(Sites, row.site) if not isinstance(row, Visas) and row.site else None
    if place is not None and place.open_at_start and place.capacity > 0.0 and row.days_at_site > 0.0:  # type: ignore[union-attr]
        most = 365.0 * place.capacity * place.use_ceiling / row.days_at_site  # type: ignore[union-attr]
        yield most, f"site '{place.site}' has room for {typed(most)} ({place.at('capacity')})"


def _says(row: Continued) -> str:
    """How a level is introduced: by the column that says it."""
    return "it goes on ('Goes on at') at" if row.goes_on_at is not None else "it goes on at 'Last actual',"


def _too_much(case: Case, row: Continued, check: str, why: str, most: float) -> Problem:
    """Say that a row cannot go on at its level."""
    found = f"{_says(row)} {typed(level_of(row) or 0.0)} a year, and {why}."
    mend = f"Write {typed(most)} or less under 'Goes on at'" if most else "Write 0 under 'Goes on at'"
    return _found(case, row, level_field(row), check, found, f"{mend}, or change that limit.")


def _posts(case: Case) -> Iterator[Problem]:
    """No more posts are filled again than are in post, and somebody can be hired for them."""
    for row in case.of(Staff):
        if row.goes_on_at is None:
            continue
        if exceeds(row.goes_on_at, row.on_board):
            found = (
                f"'Goes on at' is {typed(row.goes_on_at)} FTE, and {typed(row.on_board)} are in post "
                f"({row.at('on_board')}): hiring more is a decision."
            )
            mend = f"Write {typed(row.on_board)} or less, or leave it blank."
            yield _found(case, row, "goes_on_at", "goes-on-above-most", found, mend)
        elif row.goes_on_at and row.attrition and row.hiring_limit == 0.0:
            found = f"nobody can be hired ('Hiring limit' {row.at('hiring_limit')}): those who leave are not replaced."
            mend = "Raise 'Hiring limit', or leave it blank."
            yield warning(row, "goes_on_at", "goes-on-without-hiring", found, mend)
