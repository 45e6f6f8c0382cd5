"""From raw tables to typed rows: every cell typed, names resolved, keys unique, everything wrong reported at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from planner.case import SETTINGS
from planner.case.problems import InvalidCaseError, Problem
from planner.cells.cells import MONTH_DAY_FIELDS, rest_remark, type_cell
from planner.cells.dates import month_day
from planner.cells.meanings import is_month_day, plain_number
from planner.cells.names import sheet_named
from planner.cells.raw import RawRow, RawTable, RawTables, folded
from planner.cells.remarks import Remark, Typed, expected, stand_in
from planner.sheets import Column, Overrides, PreviousPlan, Row, Settings, Staff, columns
from planner.sheets.declare import REST
from planner.signs import difference, looks
from planner.wording.figures import count

CADRES = frozenset(("cadre", "to_cadre", "support"))
"""Fields that name a cadre."""
MOST_ERRORS = 2_000
"""Errors of one sheet after which no further rows are looked at."""


@dataclass
class TypedRow:
    """One row on its way: values by field, what was blank, which fields are only stand-ins."""

    raw: RawRow
    values: dict[str, Any]
    defaulted: frozenset[str] = frozenset()
    unsure: set[str] = field(default_factory=set)


@dataclass
class TypedTables:
    """Rows of every sheet with the findings; `unsure` holds (sheet, row number) of rows with a stand-in value."""

    rows: dict[type[Row], tuple[Row, ...]]
    problems: list[Problem]
    unsure: frozenset[tuple[str, int]]


def type_tables(
    tables: RawTables, missing: Mapping[type[Row], frozenset[str]] | None = None, *, starts_1904: bool = False
) -> TypedTables:
    """Type every row of every table; `missing` are required columns already reported as missing.

    Raises:
        InvalidCaseError: a sheet has so many errors that the rest is not looked at.
    """
    problems: list[Problem] = []
    drafts: dict[type[Row], list[TypedRow]] = {}
    for sheet, table in tables.items():
        lacking = (missing or {}).get(sheet, frozenset())
        drafts[sheet] = []
        errors = 0
        for row in table.rows:
            before = len(problems)
            drafts[sheet].append(_row(table, row, lacking, problems, starts_1904=starts_1904))
            errors += sum(p.severity == "error" for p in problems[before:])
            if errors > MOST_ERRORS:
                raise InvalidCaseError([*problems, _too_many(table, row)])
    _resolve(drafts)
    rows: dict[type[Row], tuple[Row, ...]] = {}
    for sheet, table in tables.items():
        rows[sheet] = tuple(_make(table, draft) for draft in drafts[sheet])
        assert len(rows[sheet]) == len(table.rows)
        _keys(table, drafts[sheet], rows[sheet], problems)
    unsure = frozenset(
        (sheet.SHEET, draft.raw.number) for sheet, items in drafts.items() for draft in items if draft.unsure
    )
    return TypedTables(rows, problems, unsure)


def _too_many(table: RawTable, row: RawRow) -> Problem:
    """Say that the rest was not looked at."""
    left = sum(other.number > row.number for other in table.rows)
    return Problem(
        "errors-too-many",
        "error",
        table.at(0),
        f"the sheet has more than {count(MOST_ERRORS)} errors down to row {count(row.number)}; the {count(left)} "
        "rows below, and "
        "other sheets, were not looked at.",
        "Mend these first, often by one change of a whole column, and check again.",
    )


def label_of(table: RawTable, values: Mapping[str, Any]) -> str:
    """A row's label for people: its key as far as it is known."""
    return " / ".join(str(v) for c in columns(table.sheet) if c.key and (v := values.get(c.field)) not in (None, ""))


def _row(
    table: RawTable, raw: RawRow, lacking: frozenset[str], problems: list[Problem], *, starts_1904: bool
) -> TypedRow:
    """Type one row."""
    draft = TypedRow(raw, {})
    said: list[tuple[Column, Remark]] = []
    blank = set()
    for column in columns(table.sheet):
        name = column.field
        if name in raw.values:
            typed = type_cell(column, raw.values[name], starts_1904=starts_1904)
            typed = _settings_value(table, column, raw, typed)
            draft.values[name] = typed.value
            if typed.remark is not None:
                said.append((column, typed.remark))
                if not typed.certain:
                    draft.unsure.add(name)
            if name in MONTH_DAY_FIELDS and not is_month_day(str(typed.value)):
                said.append((column, _not_month_day(str(typed.value))))
        elif column.required:
            draft.values[name] = stand_in(column)
            draft.unsure.add(name)
            if name not in lacking:
                said.append((column, _required(column)))
        else:
            draft.values[name] = column.default
            blank.add(name)
    draft.defaulted = frozenset(blank)
    label = label_of(table, draft.values) if said else ""
    for column, remark in said:
        by = raw.changed.get(column.field)
        found = f"column '{column.name}': {remark.found}" + (f" It was set by {by}." if by else "")
        problems.append(
            Problem(
                remark.check, remark.severity, table.at(raw, column.field), found, remark.mend, label, remark.suggestion
            )
        )
    return draft


def _not_month_day(text: str) -> Remark:
    """Say what a month and day look like."""
    return Remark(
        "month-day",
        "error",
        f"'{text}' is not a month and day of every year.",
        "Write month-day with two digits each, as 10-01.",
    )


def _required(column: Column) -> Remark:
    """Say that a cell must not be blank."""
    what = expected(column)
    if column.key or column.refers:
        what = "the name of a row on sheet " + " or ".join(column.refers) if column.refers else "the row's name"
    return Remark("cell-required", "error", "the cell is blank.", f"Write {what} ({column.help}).")


def _settings_value(table: RawTable, column: Column, raw: RawRow, typed: Typed) -> Typed:
    """A fiscal-year setting that the spreadsheet turned into a date, and a figure that is the rest of a formula."""
    if table.sheet is not Settings or column.field != "value":
        return typed
    value, name = raw.values[column.field], folded(str(raw.values.get("setting", "")))
    kind = next((s.kind for s in SETTINGS if s.name == name), "")
    if kind == "month-day" and isinstance(value, date):
        return month_day(value)
    number = plain_number(str(typed.value)) if kind == "number" else None
    if number is not None and 0.0 < abs(number) <= REST:
        return Typed("0", rest_remark(number))
    return typed


def _make(table: RawTable, draft: TypedRow) -> Row:
    """Build the row's object."""
    return table.sheet(**draft.values, row_number=draft.raw.number, cells=table.letters, defaulted=draft.defaulted)


def _key(sheet: type[Row], values: Mapping[str, Any]) -> str:
    """A row's id."""
    parts = [str(values[c.field]) for c in columns(sheet) if c.key]
    return " / ".join(part for part in parts if part)


def _resolve(drafts: dict[type[Row], list[TypedRow]]) -> None:
    """Give references the spelling of the row that they name; unknown ones stay for the checks to report.

    Key columns come first, because they make the ids of sheets such as Staff that others refer to.
    """
    _cadres(drafts)
    for keys_only in (True, False):
        index = {sheet.SHEET: _index(sheet, items) for sheet, items in drafts.items()}
        for sheet, items in drafts.items():
            wanted = [c for c in columns(sheet) if c.refers and (c.key or not keys_only)]
            for draft in items if wanted else ():
                for column in wanted:
                    value = draft.values[column.field]
                    if value:
                        draft.values[column.field] = _canonical(value, column.refers, index)
    for draft in drafts.get(Settings, []):
        draft.values["setting"] = _setting_name(draft.values["setting"])
    for draft in (*drafts.get(Overrides, ()), *drafts.get(PreviousPlan, ())):
        sheet_or_none = sheet_named(draft.values["sheet"])
        if sheet_or_none is not None:
            draft.values["sheet"] = sheet_or_none.SHEET
            draft.values["row"] = _canonical(draft.values["row"], (sheet_or_none.SHEET,), index)


def _cadres(drafts: dict[type[Row], list[TypedRow]]) -> None:
    """Give cadres, which are text on every sheet, the spelling of the first row of sheet Staff that has them."""
    known: dict[str, str] = {}
    for draft in drafts.get(Staff, []):
        known.setdefault(draft.values["cadre"].casefold(), draft.values["cadre"])
    for items in drafts.values() if known else ():
        for draft in items:
            for name in CADRES & draft.values.keys():
                value = draft.values[name]
                if isinstance(value, str) and value:
                    draft.values[name] = known.get(value.casefold(), value)


def _setting_name(name: str) -> str:
    """The known setting's spelling."""
    return next((s.name for s in SETTINGS if s.name == folded(name)), name)


def _index(sheet: type[Row], items: Iterable[TypedRow]) -> dict[str, str]:
    """Folded id -> id of a sheet's rows."""
    index: dict[str, str] = {}
    for draft in items:
        name = _key(sheet, draft.values)
        index.setdefault(name.casefold(), name)
    return index


def _canonical(value: Any, refers: tuple[str, ...], index: Mapping[str, Mapping[str, str]]) -> Any:
    """A name, or several, in the spelling of the sheets referred to."""
    if isinstance(value, tuple):
        return tuple(_canonical(part, refers, index) for part in value)
    for name in refers:
        found = index.get(name, {}).get(value.casefold())
        if found is not None:
            return found
    return value


def _keys(table: RawTable, drafts: list[TypedRow], rows: tuple[Row, ...], problems: list[Problem]) -> None:
    """Two rows with the same key: both cells are named."""
    seen: dict[str, Row] = {}
    alike: dict[str, Row] = {}
    first = next((c.field for c in columns(table.sheet) if c.key), "")
    names = [c.name for c in columns(table.sheet) if c.key]
    for draft, row in zip(drafts, rows, strict=True):
        if not row.id or draft.unsure & {c.field for c in columns(table.sheet) if c.key}:
            continue
        before = seen.setdefault(row.id.casefold(), row)
        twin = alike.setdefault(looks(row.id), row)
        if twin is not row and (told := difference(row.id, twin.id)):
            problems.append(
                Problem(
                    "name-alike",
                    "warning",
                    row.at(first),
                    f"'{row.id}' is not the row in {twin.at(first)}. {told}",
                    "Write both in the same way if they are one, or rename one of them.",
                    row.id,
                )
            )
        if before is not row:
            what = (
                f"'{row.id}' is already in {before.at(first)}."
                if len(names) == 1
                else f"the same {', '.join(names)} ('{row.id}') stand already in {before.at(first)}."
            )
            mend = "Keep one row, or give each its own name."
            if any(c.field == "line" for c in columns(table.sheet)):
                mend = "Keep one row, or tell them apart in column Line."
            problems.append(Problem("key-twice", "error", row.at(first), what, mend, row.id))
