"""Reading a plan workbook back: the plan's values and tables, from the file alone."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from planner.plan import TABLES, WITH_PLAN, Plan, Record, Status
from planner.problems import InvalidCaseError
from planner.results.frames import OutputError
from planner.results.headlines import Headlines, loads
from planner.results.kinds import restore
from planner.results.tables import HEADER, HEADLINE_SHEET, INPUT_SHEET, PLAN_SHEET, PREFIX
from planner.seal import Seal
from planner.workbook.opened import Opened

TORN = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError)
"""What reading a table raises that somebody has changed by hand."""


@dataclass(frozen=True)
class PlanFile:
    """What a plan workbook holds: the plan, the link to where an app shows it, and its seal."""

    plan: Plan
    link: str
    seal: Seal


def is_plan(path: str | Path) -> bool:
    """Whether a file is a plan workbook, whole or damaged: it has the sheet of the plan's values."""
    try:
        return any(entry.name == PLAN_SHEET for entry in Opened(Path(path).read_bytes()).entries)
    except (InvalidCaseError, OSError):
        return False


def read_plan(path: str | Path) -> Plan:
    """Read a plan workbook that :func:`write_workbook` wrote; raises OutputError if it is none."""
    return read_plan_file(path).plan


def read_plan_file(path: str | Path) -> PlanFile:
    """Read a plan workbook with its link and its seal; raises OutputError if it is none."""
    path = Path(path)
    try:
        book = Opened(path.read_bytes())
    except OSError as error:
        message = f"{path} cannot be opened: {error.strerror}. Give the file that 'planner solve' wrote."
        raise OutputError(message) from error
    except InvalidCaseError as error:
        why = " ".join(f"{p.found} {p.mend}" for p in error.problems)
        message = f"{path} cannot be read as a plan workbook: {why} Or give the file that 'planner solve' wrote."
        raise OutputError(message) from error
    names = {entry.name for entry in book.entries}
    missing = [name for name in (PLAN_SHEET, *(PREFIX + t for t in TABLES)) if name not in names]
    if missing:
        message = (
            f"{path} is no plan workbook: sheet '{missing[0]}' is missing. Give the file that 'planner solve' wrote."
        )
        raise OutputError(message)
    try:
        values = _values(book)
        tables = {name: _frame(book, name, columns) for name, columns in TABLES.items()}
        _periods_are_there(tables)
        link = values.get("link", {}).get("", "")
        return PlanFile(_plan(values, tables), str(link), Seal(**values.get("seal", {})))
    except TORN as error:
        message = (
            f"{path} was changed by hand so that it no longer is a plan: {error}. Write it again with 'planner solve'."
        )
        raise OutputError(message) from error


def read_headlines(path: str | Path) -> Headlines:
    """Read the headline out of a plan workbook; raises OutputError if it has none."""
    try:
        book = Opened(Path(path).read_bytes())
        if HEADLINE_SHEET not in {entry.name for entry in book.entries}:
            message = (
                f"{path} carries no headline: sheet '{HEADLINE_SHEET}' is missing. Write it again with 'planner solve'."
            )
            raise OutputError(message)
        return loads({str(row[0]): str(row[1]) for row in _rows(book, HEADLINE_SHEET)[1:]})
    except (OSError, InvalidCaseError, *TORN) as error:
        message = f"The headline in {path} was changed by hand and cannot be read. Write it again with 'planner solve'."
        raise OutputError(message) from error


def read_inputs(path: str | Path) -> bytes:
    """The input workbook inside a plan workbook, nothing where there is none. Raises OutputError for a torn one."""
    try:
        book = Opened(Path(path).read_bytes())
        if INPUT_SHEET not in {entry.name for entry in book.entries}:
            return b""
        return base64.b64decode("".join(str(row[0]) for row in _rows(book, INPUT_SHEET)[1:]), validate=True)
    except (OSError, InvalidCaseError, *TORN) as error:
        message = f"The inputs inside {path} were changed by hand and cannot be read. Upload the input workbook itself."
        raise OutputError(message) from error


def _rows(book: Opened, name: str) -> list[list[Any]]:
    """Header and body of a machine sheet."""
    return book.rows(name)[HEADER:]


def _values(book: Opened) -> dict[str, dict[str, Any]]:
    """Values by part and name."""
    found: dict[str, dict[str, Any]] = {}
    for part, name, text in (row[:3] for row in _rows(book, PLAN_SHEET)[1:]):
        if part:
            found.setdefault(str(part), {})[str(name)] = json.loads(str(text))
    return found


def _plan(values: Mapping[str, Mapping[str, Any]], tables: Mapping[str, pd.DataFrame]) -> Plan:
    """Put a plan together again."""
    flat = dict(values["record"])
    low, high = flat.pop("coefficient_range")
    changes = tuple(flat.pop("changes"))
    nested = {name: dict(values.get(f"record.{name}", {})) for name in ("options", "versions", "seconds", "health")}
    record = Record(**{**flat, **nested, "changes": changes, "coefficient_range": (float(low), float(high))})
    status = Status(values["status"][""])
    found = status in WITH_PLAN or (status is Status.DISPUTED and not tables["periods"].empty)
    return Plan(
        status=status,
        record=record,
        objective=values["objective"][""],
        bound=values["bound"][""],
        gap=values["gap"][""],
        tables=tables if found else {},
        doing_nothing=dict(values.get("doing_nothing", {})),
        previous=dict(values.get("previous", {})),
        defaults=tuple(values.get("defaults", {}).values()),
        warnings=tuple(values.get("warnings", {}).values()),
        unproven=tuple(values.get("unproven", {}).values()),
        verified=values["verified"][""],
    )


def _frame(book: Opened, name: str, columns: tuple[str, ...]) -> pd.DataFrame:
    """One machine table with its kinds of values restored."""
    rows = _rows(book, PREFIX + name)
    header = [str(h) for h in rows[0]] if rows else []
    absent = [c for c in columns if c not in header]
    if absent:
        message = f"sheet '{PREFIX + name}' lacks column '{absent[0]}'"
        raise ValueError(message)
    body = [row for row in rows[1:] if any(v != "" for v in row)]
    return pd.DataFrame({c: restore(c, [row[header.index(c)] for row in body]) for c in columns})


def _periods_are_there(tables: Mapping[str, pd.DataFrame]) -> None:
    """Raise ValueError where a row belongs to a period that the plan does not have, or steps of a balance are amiss."""
    periods = len(tables["periods"])
    for name, table in tables.items():
        if "period" in table and not table["period"].dropna().between(0, periods - 1).all():
            message = f"sheet '{PREFIX + name}' names a period that the plan does not have"
            raise ValueError(message)
    stocks = tables["stocks"]
    if (stocks["step"] != stocks.groupby("stock", sort=False).cumcount()).any():
        message = f"the steps of a balance on sheet '{PREFIX}stocks' do not follow on each other"
        raise ValueError(message)
