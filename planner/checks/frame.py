"""Time and places: phases without gaps, windows that the plan can reach, countries that are countries."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from models.grid import Grid
from planner.case import Case
from planner.case.problems import Problem
from planner.cells.meanings import is_month_day, plain_number
from planner.cells.raw import as_text
from planner.checks.finding import amount, error, stated, warning
from planner.sheets import (
    Appropriations,
    Column,
    Evidence,
    Funding,
    Places,
    RawActivities,
    RawLedgers,
    Reforms,
    Row,
    Rules,
    Sites,
    Time,
    columns,
)

UNREAD = date(1950, 1, 1)
"""What stands in for a date that could not be read (planner.cells.cells); no plan begins so early."""
DAY_ZERO = date(1899, 12, 30)
"""The day from which spreadsheets count."""
MOST_MONEY = 1e6
"""USD million that one appropriation may bring: a trillion USD, more than any fund holds."""
DEAREST = 100.0
"""Times all the money of a case from which a cost is looked at as one in dollars; no plan falls short of so much."""
LARGEST = 1e12
"""Largest figure that a cell may hold."""
LONGEST = 50
"""Most years that a plan may last."""


def check(case: Case) -> list[Problem]:
    """All findings about time and places."""
    problems = [*_odd(case), *_absurd(case), *_dollars(case), *_phases(case), *_backwards(case), *_places(case)]
    if settled(case):
        problems += [*_outside(case), *_starts(case), *_late_money(case)]
    return problems


def settled(case: Case) -> bool:
    """Whether the phases follow each other, so that the calendar can be relied upon."""
    rows = case.of(Time)
    if not rows or any(row.starts <= UNREAD or row.ends <= UNREAD or row.ends < row.starts for row in rows):
        return False
    if (rows[-1].ends - rows[0].starts).days > LONGEST * 365:
        return False
    return all(after.starts == before.ends + timedelta(days=1) for before, after in pairwise(rows))


def _odd(case: Case) -> Iterator[Problem]:
    """Dates that a spreadsheet made of a bare year, and plans that would outlive everybody."""
    for sheet, rows in case.rows.items():
        dates = [column for column in columns(sheet) if column.kind == "date"]
        for row in rows if dates else ():
            for column in dates:
                day = getattr(row, column.field)
                if day is not None and day < UNREAD:
                    year = (day - DAY_ZERO).days
                    hint = (
                        f" A spreadsheet makes this date of the number {year}: is a year meant?" if year >= 1950 else ""
                    )
                    yield error(
                        row,
                        column.field,
                        "date-odd",
                        f"column '{column.name}': {day} is long before any plan.{hint}",
                        f"Write a full date, as {year if year >= 1950 else 2025}-01-20.",
                    )
    phases = case.of(Time)
    if phases and phases[0].starts > UNREAD and (phases[-1].ends - phases[0].starts).days > LONGEST * 365:
        yield error(
            phases[-1],
            "ends",
            "plan-long",
            f"the plan would last from {phases[0].starts} to {phases[-1].ends}, more than {LONGEST} years.",
            "Check the years of the first and the last phase.",
        )


def _dollars(case: Case) -> Iterator[Problem]:
    """Money that comes in and is more than any account of the world holds: dollars in a column of millions.

    Above a trillion that is certain, and an error. A cost may be written so large to say 'never', and stays, but where
    all the money of the case cannot pay it, and could pay as many dollars, both readings are offered.
    """
    for row in case.of(Appropriations):
        if MOST_MONEY < row.amount <= LARGEST:
            yield error(
                row,
                "amount",
                "money-in-dollars",
                f"column 'Amount' is in USD million: {amount(row.amount)} are {amount(row.amount / 1e6)} trillion USD,"
                " more than any account holds.",
                f"Write {as_text(row.amount / 1e6)} if {amount(row.amount)} USD are meant.",
            )
    yield from _beyond_all_money(case)


def _beyond_all_money(case: Case) -> Iterator[Problem]:
    """Costs in USD million of which one is more than all that comes in: in dollars it could be paid."""
    money = math.fsum(row.amount for row in case.of(Appropriations))
    costs = [(s, c) for s in case.rows if s is not Appropriations for c in columns(s) if c.unit == "USD million"]
    for sheet, column in costs if money > 0.0 else ():
        for row in case.of(sheet):
            cost = getattr(row, column.field) or 0.0
            if DEAREST * money < cost <= 1e6 * money:
                yield warning(
                    row,
                    column.field,
                    "cost-in-dollars",
                    f"column '{column.name}' is in USD million: {amount(cost)} are {cost / money:,.0f} times the"
                    f" {amount(money)} that all accounts get together.",
                    f"Write {as_text(cost / 1e6)} if {amount(cost)} USD are meant.",
                )


def _absurd(case: Case) -> Iterator[Problem]:
    """Figures that nothing in the world reaches, and that no solver can weigh against the others."""
    for sheet, rows in case.rows.items():
        figures = [column for column in columns(sheet) if column.numeric]
        for row in rows if sheet not in (Evidence, Rules) else ():
            for column in figures:
                value = getattr(row, column.field)
                if value is not None and abs(value) > min(LARGEST, column.meant):
                    yield error(
                        row,
                        column.field,
                        "number-absurd",
                        f"column '{column.name}': {amount(value)} is more than anything can be.",
                        f"Check the unit ({column.unit or 'none'}) and the zeros.{_at_most(column)}",
                    )


def _at_most(column: Column) -> str:
    """What may be written at most, where the unit says so, and what stands for no limit."""
    if math.isinf(column.meant):
        return ""
    years = f" ({column.meant / 365.25:,.0f} years)" if column.unit == "days" else ""
    none = f", or leave the cell blank: {column.blank}" if column.blank in ("not limited", "no limit") else ""
    return f" Write {column.meant:.0f}{years} or less{none}."


def _phases(case: Case) -> Iterator[Problem]:
    """Phases follow each other day by day."""
    rows = case.of(Time)
    for row in rows:
        if UNREAD not in (row.starts, row.ends) and row.ends < row.starts:
            yield error(
                row,
                "ends",
                "dates-backwards",
                f"phase '{row.phase}' ends on {row.ends} before it begins on {row.starts}.",
                "Swap or correct the dates.",
            )
    for before, after in pairwise(rows):
        if UNREAD in (before.starts, before.ends, after.starts, after.ends) or before.ends < before.starts:
            continue
        due = before.ends + timedelta(days=1)
        if after.starts < before.starts:
            yield error(
                after,
                "starts",
                "phases-order",
                f"phase '{after.phase}' begins on {after.starts}, before phase '{before.phase}' above it"
                f" ({before.starts}).",
                "Put the phases in the order of time.",
            )
        elif after.starts != due:
            days = abs((after.starts - due).days)
            what = f"leaves a gap of {days} days after" if after.starts > due else f"overlaps by {days} days with"
            yield error(
                after,
                "starts",
                "phases-gap",
                f"phase '{after.phase}' begins on {after.starts} and {what} phase '{before.phase}', which ends on"
                f" {before.ends} ({before.at('ends')}).",
                f"Begin it on {due}, the day after.",
            )


_WINDOWS: tuple[tuple[type[Row], str, str, str], ...] = (
    (Reforms, "opens_from", "opens_until", "be taken"),
    (Sites, "opens_from", "opens_until", "be opened"),
    (Funding, "available_from", "available_until", "pay"),
    (Rules, "starts", "ends", "apply"),
    (RawActivities, "starts", "ends", "happen"),
)
"""Sheets with a window: its two fields, and what is only possible inside it."""


def _windows(case: Case) -> Iterator[tuple[Row, str, str, date | None, date | None, str]]:
    """Every window that is stated at least on one side."""
    for sheet, first, last, verb in _WINDOWS:
        for row in case.of(sheet):
            begin, end = getattr(row, first), getattr(row, last)
            if (begin is not None or end is not None) and not _idle(row):
                yield row, first, last, begin, end, verb


def _idle(row: Row) -> bool:
    """Whether a window does not matter: already in force, open at the start, or switched off."""
    if isinstance(row, Reforms):
        return row.in_force
    if isinstance(row, Sites):
        return row.open_at_start
    return isinstance(row, Rules) and not row.on


def _backwards(case: Case) -> Iterator[Problem]:
    """A window that ends before it begins."""
    for row, _, last, begin, end, _ in _windows(case):
        if begin is not None and end is not None and end < begin:
            yield error(
                row,
                last,
                "dates-backwards",
                f"the window ends on {end} before it begins on {begin}.",
                "Swap or correct the dates.",
            )


def _outside(case: Case) -> Iterator[Problem]:
    """A window that the plan never reaches."""
    first, final = case.of(Time)[0].starts, case.of(Time)[-1].ends
    for row, from_field, until_field, begin, end, verb in _windows(case):
        if begin is not None and end is not None and end < begin:
            continue
        late = begin is not None and begin > final
        if not late and not (end is not None and end < first):
            continue
        field, when = (from_field, f"opens on {begin}") if late else (until_field, f"closed on {end}")
        found = f"it can never {verb}: its window {when}, outside the plan ({first} to {final})."
        if isinstance(row, Reforms) and row.must:
            yield error(
                row,
                field,
                "must-impossible",
                f"it must be taken, but {found[3:]}",
                "Correct the window, or say no in 'Must happen'.",
            )
        else:
            yield warning(row, field, "window-outside", found, "Correct the date if that is not meant.")


def _grid(case: Case) -> Grid | None:
    """Grid of the settings, None where the settings do not name one."""
    fiscal, name = case.setting("fiscal year starts"), case.setting("grid")
    every = re.fullmatch(r"every (\d+(?:\.\d+)?) days", name)
    known = name in ("phases", "default", "months") or (every is not None and (plain_number(every[1]) or 0.0) >= 1.0)
    return case.grid() if known and is_month_day(fiscal) else None


def _starts(case: Case) -> Iterator[Problem]:
    """A decision that waits for a phase (or period) to begin needs one that begins inside its window."""
    begins = [row.starts for row in case.of(Time)]
    final = case.of(Time)[-1].ends
    grid = _grid(case)
    periods = [grid.date(grid.start(t)) for t in grid.decision_periods] if grid is not None else []
    rows: list[Reforms | Sites] = [*case.of(Reforms), *case.of(Sites)]
    for row in rows:
        begin, end = row.opens_from or begins[0], row.opens_until or final
        if _idle(row) or end < begin or begin > final or end < begins[0]:
            continue
        what, field = ("taken", "opens_from") if isinstance(row, Reforms) else ("opened", "opens_from")
        if row.opens_from is None:
            field = "opens_until"
        if row.dates == "phase" and not any(begin <= day <= end for day in begins):
            listed = ", ".join(str(day) for day in begins)
            yield error(
                row,
                field,
                "window-without-start",
                f"it can never be {what}: no phase begins between {begin} and {end} (they begin on {listed}).",
                f"Write 'period' in column '{'Dates' if isinstance(row, Reforms) else 'Opening dates'}', or widen the"
                " window.",
            )
        elif grid is not None and row.dates == "period" and not any(begin <= day <= end for day in periods):
            yield warning(
                row,
                field,
                "window-without-start",
                f"on grid '{grid.name}' no period begins between {begin} and {end}, so it cannot be {what}.",
                "Widen the window, or choose a finer grid in Settings.",
            )


def _late_money(case: Case) -> Iterator[Problem]:
    """Money that comes when its account may no longer pay, and carry-over dates that never come."""
    for line in case.of(Appropriations):
        account, phase = case.find(Funding, line.account), case.find(Time, line.phase)
        if account is None or phase is None or account.available_until is None or not line.amount:
            continue
        if phase.starts > account.available_until:
            yield warning(
                line,
                "phase",
                "money-late",
                f"the money comes in phase '{line.phase}' (from {phase.starts}), but the account may only pay until"
                f" {account.available_until} ({account.at('available_until')}).",
                "Choose an earlier phase, or let the account pay longer.",
            )
    first, final = case.of(Time)[0].starts, case.of(Time)[-1].ends
    for ledger in case.of(RawLedgers):
        if ledger.carry_on is not None and not first < ledger.carry_on <= final:
            yield warning(
                ledger,
                "carry_on",
                "window-outside",
                f"the carry-over date {ledger.carry_on} is outside the plan ({first} to {final}).",
                "Correct the date if that is not meant.",
            )


def _places(case: Case) -> Iterator[Problem]:
    """Countries lie in no country; everything else lies in one."""
    for row in case.of(Places):
        if row.kind == "country":
            if row.country and row.country != row.place:
                yield error(
                    row,
                    "country",
                    "country-in-country",
                    f"'{row.place}' is a country and lies in country '{row.country}'.",
                    "Clear the cell, or choose another kind.",
                )
            continue
        if not row.country:
            if stated(row, "kind"):
                yield warning(
                    row,
                    "country",
                    "place-without-country",
                    f"the {row.kind} '{row.place}' has no country and counts as one of its own.",
                    "Write the country that it lies in.",
                )
        else:
            other = case.find(Places, row.country)
            if other is not None and other.kind != "country":
                yield error(
                    row,
                    "country",
                    "country-not-country",
                    f"'{row.country}' is a {other.kind} ({other.at('kind')}), not a country.",
                    "Write the country itself.",
                    other.country,
                )
        if row.need is not None and row.country and row.country != row.place:
            yield warning(
                row,
                "need",
                "need-unused",
                f"people in need count for countries only; '{row.place}' is a {row.kind}.",
                f"Add them to the row of '{row.country}'.",
            )
