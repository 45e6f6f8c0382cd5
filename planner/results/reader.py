"""Reading a plan workbook back: the plan's values and tables, from the file alone."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from planner.case.problems import InvalidCaseError
from planner.plan import LATER_TABLES, TABLES, WITH_PLAN, Plan, Record, Status
from planner.plan.seal import Seal
from planner.results.frames import OutputError
from planner.results.headlines import Headlines, loads
from planner.results.kinds import restore
from planner.results.tables import HEADER, HEADLINE_SHEET, INPUT_SHEET, PLAN_SHEET, PREFIX
from planner.workbook.opened import Opened
from planner.workbook.reader import RawBook, load, load_bytes, load_opened, open_file, unreadable

TORN = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError)
"""What reading a table raises that somebody has changed by hand."""
AGAIN = "Write it again with 'planner solve'."


class PlanFile:
    """A plan workbook, opened once and asked for its parts; each part is read when it is first asked for.

    Every part raises OutputError, with a sentence, where the file was changed so that it cannot be read.
    """

    def __init__(self, path: Path, book: Opened) -> None:
        """Take an opened workbook for a plan's."""
        self.path, self.book = path, book

    @classmethod
    def open(cls, path: str | Path) -> PlanFile:
        """Open the file that :func:`write_workbook` wrote. Raises OutputError if it is none."""
        path = Path(path)
        try:
            return cls(path, Opened(path.read_bytes()))
        except OSError as error:
            message = f"{path} cannot be opened: {error.strerror}. Give the file that 'planner solve' wrote."
            raise OutputError(message) from error
        except InvalidCaseError as error:
            why = " ".join(f"{p.found} {p.mend}" for p in error.problems)
            message = f"{path} cannot be read as a plan workbook: {why} Or give the file that 'planner solve' wrote."
            raise OutputError(message) from error

    @property
    def is_plan(self) -> bool:
        """Whether it is a plan workbook, whole or damaged: it has the sheet of the plan's values."""
        return PLAN_SHEET in self._names

    @cached_property
    def plan(self) -> Plan:
        """The plan: its record, its values and its tables."""
        wanted = (PLAN_SHEET, *(PREFIX + t for t in TABLES if t not in LATER_TABLES))
        missing = [name for name in wanted if name not in self._names]
        if missing:
            message = (
                f"{self.path} is no plan workbook: sheet '{missing[0]}' is missing. Give the file that 'planner solve' "
                "wrote."
            )
            raise OutputError(message)
        with self._torn("was changed by hand so that it no longer is a plan"):
            there = {n: columns for n, columns in TABLES.items() if PREFIX + n in self._names}
            tables = {name: _frame(self.book, name, columns) for name, columns in there.items()}
            _periods_are_there(tables)
            return _plan(self._values, tables)

    @property
    def link(self) -> str:
        """Where an app shows the plan; '' where none does."""
        with self._torn("was changed by hand so that it no longer is a plan"):
            return str(self._values.get("link", {}).get("", ""))

    @property
    def seal(self) -> Seal:
        """The seal that it carries."""
        with self._torn("was changed by hand so that it no longer is a plan"):
            return Seal(**self._values.get("seal", {}))

    @cached_property
    def headlines(self) -> Headlines:
        """The headline, as the run that wrote the file worked it out."""
        if HEADLINE_SHEET not in self._names:
            message = f"{self.path} carries no headline: sheet '{HEADLINE_SHEET}' is missing. {AGAIN}"
            raise OutputError(message)
        with self._torn("was changed by hand so that its headline cannot be read"):
            return loads({str(row[0]): str(row[1]) for row in _rows(self.book, HEADLINE_SHEET)[1:]})

    @cached_property
    def inputs(self) -> bytes:
        """The workbook that the plan was made from, as it was; nothing where the file does not hold it."""
        if INPUT_SHEET not in self._names:
            return b""
        with self._torn("was changed by hand so that the workbook inside it cannot be read"):
            return base64.b64decode("".join(str(row[0]) for row in _rows(self.book, INPUT_SHEET)[1:]), validate=True)

    def workbook(self) -> bytes:
        """The workbook inside, which must be there."""
        if not self.inputs:
            message = (
                f"{self.path.name} is a plan that does not hold the workbook that it was made from. Give that workbook "
                "instead, or write the plan again with 'planner solve'."
            )
            raise OutputError(message)
        return self.inputs

    @cached_property
    def _names(self) -> frozenset[str]:
        """Names of its sheets."""
        return frozenset(entry.name for entry in self.book.entries)

    @cached_property
    def _values(self) -> dict[str, dict[str, Any]]:
        """Values by part and name."""
        found: dict[str, dict[str, Any]] = {}
        for part, name, text in (row[:3] for row in _rows(self.book, PLAN_SHEET)[1:]):
            if part:
                found.setdefault(str(part), {})[str(name)] = json.loads(str(text))
        return found

    @contextmanager
    def _torn(self, what: str) -> Iterator[None]:
        """Turn what reading a changed table raises into a sentence."""
        try:
            yield
        except (InvalidCaseError, *TORN) as error:
            message = f"{self.path} {what}: {error}. {AGAIN}"
            raise OutputError(message) from error


def open_case(path: Path) -> tuple[RawBook, PlanFile | None]:
    """Raw tables of what CASE names: a workbook, a folder, or the workbook inside a plan workbook.

    Args:
        path: Of the file or folder.

    Returns:
        The raw tables; and the plan workbook, None where it is none.

    Raises:
        OutputError: A plan does not hold its workbook, or is damaged.

    Example:
        >>> from pathlib import Path
        >>> from planner.results import open_case
        >>> open_case(Path("inputs/starter.xlsx"))[1] is None
        True
    """
    if path.is_dir():
        return load(path), None
    try:
        book = open_file(path)
    except InvalidCaseError as error:
        return unreadable(error), None
    found = PlanFile(path, book)
    if found.is_plan:
        return load_bytes(found.workbook(), path.stem), found
    return load_opened(book, path.stem), None


def plan_at(path: Path) -> PlanFile | None:
    """The plan workbook at a path; None for a workbook of another kind, a folder, or what is no workbook at all."""
    try:
        found = PlanFile.open(path)
    except OutputError:
        return None
    return found if found.is_plan else None


def read_plan(path: str | Path) -> Plan:
    """Read a plan workbook that :func:`write_workbook` wrote.

    Args:
        path: Of the file.

    Returns:
        The plan, with every digit of its tables.

    Raises:
        OutputError: It is none.

    Example:
        >>> from planner.results import read_plan, write_workbook
        >>> write_workbook(case, plan, folder / "plan.xlsx")
        >>> read_plan(folder / "plan.xlsx").objective == plan.objective
        True
    """
    return PlanFile.open(path).plan


def _rows(book: Opened, name: str) -> list[list[Any]]:
    """Header and body of a machine sheet."""
    return book.rows(name)[HEADER:]


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
        continuation=dict(values.get("continuation", {})),
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
