"""Reads a workbook (or a folder of CSV files) into a case: guard, raw tables, changes, types, checks."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from planner.case import Case
from planner.case.problems import InvalidCaseError, Problem, sort_key
from planner.cells.plain import as_raw
from planner.cells.raw import PlainTables, RawTables, as_text, copied, folded
from planner.checks import check_case
from planner.sheets import SHEETS, Row, Settings
from planner.sheets.address import Address
from planner.workbook import earlier
from planner.workbook.calculated import about_formulas
from planner.workbook.changes import apply_changes
from planner.workbook.locate import REQUIRED_SHEETS, locate, match_sheets
from planner.workbook.lookalikes import find_lookalikes
from planner.workbook.opened import Opened
from planner.workbook.scan import Sheet
from planner.workbook.typed import type_tables

FORMAT_VERSION = 2
"""Version of the workbook's form that this planner writes; it reads earlier ones too."""
MOST_INPUT_CELLS = 500_000
"""Filled cells of all known sheets together: the reference case has 17,000, 50,000 rows of evidence 450,000."""


UNREAD = ("header-missing", "file-damaged", "file-unreadable", "sheet-misnamed")
"""Findings after which a known sheet has no rows, so that names that stand on it seem to lead nowhere."""
LED_NOWHERE = ("reference-unknown", "staff-unknown", "pointer-row")
"""Findings of a name that leads nowhere: with nothing near it, it may stand on a sheet that could not be read."""


@dataclass
class RawBook:
    """A file as raw tables, with what was found on the way."""

    tables: RawTables
    problems: list[Problem] = field(default_factory=list)
    missing: dict[type[Row], frozenset[str]] = field(default_factory=dict)
    starts_1904: bool = False
    sha256: str = ""
    stem: str = ""
    readable: bool = True
    data: bytes = b""
    earlier: list[tuple[str, str]] = field(default_factory=list)


def read(path: Path | str, *, scenario: str = "", sets: Sequence[str] = ()) -> Case:
    """Read a workbook, or a folder of CSV files, as a checked case.

    Args:
        path: A workbook (.xlsx) or a folder with one CSV file a sheet.
        scenario: A row of sheet Scenarios whose changes are applied; blank: none.
        sets: Changes such as 'Staff!asylum officer / Border post.In post=12', in the column's unit.

    Returns:
        The case: `case.rows` are the typed rows by sheet, `case.warnings` what is worth a look.

    Raises:
        InvalidCaseError: Everything that is wrong, in a stable order, each with its cell and a mend.
        OSError: The file cannot be read.

    Example:
        >>> import planner
        >>> case = planner.read("inputs/starter.xlsx", sets=["Sites!Border post.Capacity=30"])
        >>> print(case.name, "|", case.grid().name, "|", case.horizon, "days")
        Starter: two countries, three phases | default | 1095.0 days
    """
    case, problems = check(path, scenario=scenario, sets=sets)
    if case is None:
        raise InvalidCaseError(problems)
    return case


def check(path: Path | str, *, scenario: str = "", sets: Sequence[str] = ()) -> tuple[Case | None, tuple[Problem, ...]]:
    """Read and check; never raises for a bad file.

    Args:
        path: A workbook (.xlsx) or a folder with one CSV file a sheet.
        scenario: As for :func:`read`.
        sets: As for :func:`read`.

    Returns:
        The case, None if there is any error; and everything that was found, in a stable order.

    Example:
        >>> found, problems = planner.workbook.check("inputs/starter.xlsx", sets=["Sites!Border post.Capacity=-3"])
        >>> (found, len(problems))
        (None, 1)
    """
    return finish(load(path), scenario, sets)


def validate(path: Path | str, *, scenario: str = "", sets: Sequence[str] = ()) -> tuple[Problem, ...]:
    """Everything that is wrong with a workbook, or worth a look, in one pass.

    Args:
        path: A workbook (.xlsx) or a folder with one CSV file a sheet; never an error for a bad file.
        scenario: A row of sheet Scenarios whose changes are applied; blank: none.
        sets: Changes, as for :func:`planner.read`.

    Returns:
        Problems in a stable order; those with `severity` 'error' keep the workbook from being planned. Each says what
        is wrong, where (`address`) and how to mend it (`mend`).

    Example:
        >>> import planner
        >>> for problem in planner.validate("inputs/starter.xlsx", sets=["Sites!Border post.Capacity=-3"]):
        ...     print(problem.severity, problem.address, problem.mend)
        error Sites!F5 Write a number in people a day or places, 0 or more.
    """
    return check(path, scenario=scenario, sets=sets)[1]


def case_from(tables: PlainTables | RawTables, *, scenario: str = "", sets: Sequence[str] = ()) -> Case:
    """Make a checked case of plain rows or of raw tables.

    Args:
        tables: {sheet: [{column: value}, ...]}, figures in the columns' units; or raw tables.
        scenario: As for :func:`read`.
        sets: As for :func:`read`.

    Returns:
        The case.

    Raises:
        InvalidCaseError: Everything that is wrong, in a stable order.

    Example:
        >>> planner.workbook.case_from(planner.workbook.read_folder("inputs/starter")).name == case.name
        True
    """
    case, problems = check_tables(tables, scenario=scenario, sets=sets)
    if case is None:
        raise InvalidCaseError(problems)
    return case


def check_tables(
    tables: PlainTables | RawTables, *, scenario: str = "", sets: Sequence[str] = ()
) -> tuple[Case | None, tuple[Problem, ...]]:
    """Check plain rows or raw tables.

    Args:
        tables: As for :func:`case_from`.
        scenario: As for :func:`read`.
        sets: As for :func:`read`.

    Returns:
        The case, None if there is any error; and everything that was found, in a stable order.

    Example:
        >>> planner.workbook.check_tables({"Time": [{"Phase": "P1"}]})[0] is None
        True
    """
    raw = copied(as_raw(tables))
    text = repr([(t.name, [sorted(r.values.items()) for r in t.rows]) for t in raw.values()])
    book = RawBook(raw, sha256=hashlib.sha256(text.encode()).hexdigest())
    book.problems += [_missing_sheet(name) for name in REQUIRED_SHEETS if all(t.name != name for t in raw.values())]
    return finish(book, scenario, sets)


def _missing_sheet(name: str) -> Problem:
    """Say that a needed sheet is not there."""
    return Problem(
        "sheet-missing",
        "error",
        Address(),
        f"sheet '{name}' is missing.",
        f"Add a sheet named '{name}' (planner template makes one).",
    )


def finish(
    book: RawBook, scenario: str, sets: Sequence[str], *, forgive: str = ""
) -> tuple[Case | None, tuple[Problem, ...]]:
    """Apply changes, type, check, and put everything in order.

    Args:
        book: As :func:`load` makes it; its tables are changed.
        scenario: As for :func:`read`.
        sets: As for :func:`read`.
        forgive: A sheet whose errors refuse nothing; blank: none.

    Returns:
        The case, None if there is any error; and everything that was found, in a stable order.

    Example:
        >>> found, problems = planner.workbook.finish(planner.workbook.load("inputs/starter.xlsx"), "", ())
        >>> found.sha256 == case.sha256
        True
    """
    if not book.readable:
        return None, _ordered(book.problems)
    source = None if book.data else replace(book, tables=copied(book.tables))
    told, faults = apply_changes(book.tables, scenario, sets)
    earlier.rename(book.tables)
    try:
        typed = type_tables(book.tables, book.missing, starts_1904=book.starts_1904)
    except InvalidCaseError as error:
        return None, _ordered([*book.problems, *faults, *error.problems])
    problems = [*book.problems, *earlier.told(book.earlier), *faults, *typed.problems]
    problems += [_empty_sheet(name) for name in REQUIRED_SHEETS if _is_empty(book, name)]
    rows = {sheet: typed.rows[sheet] for sheet in SHEETS if sheet in typed.rows}
    digest = book.sha256
    if told:
        digest = hashlib.sha256("\n".join((book.sha256, *map(str, told))).encode()).hexdigest()
    complete = not any(p.severity == "error" for p in problems)
    name = _case_name(rows, book.stem)
    case = Case(rows, name, digest, scenario, tuple(sets), changes=tuple(told), book=book.data, source=source)
    found = check_case(case, complete=complete, unsure=typed.unsure)
    if any(p.check in UNREAD for p in book.problems):
        found = [p for p in found if p.check not in LED_NOWHERE or p.suggestion]
    problems += found
    ordered = _ordered(problems)
    if any(p.severity == "error" and not (forgive and p.address.sheet == forgive) for p in ordered):
        return None, ordered
    return replace(case, warnings=ordered), ordered


def reread(case: Case, sets: Sequence[str] = (), *, scenario: str | None = None, forgive: str = "") -> Case:
    """The case read again with further changes, or in another scenario.

    A plan of it can be made again from its record.

    Args:
        case: A case.
        sets: Changes as `--set` writes them, after those that it has.
        scenario: A row of sheet Scenarios; None: its own, '': none.
        forgive: A sheet whose errors refuse nothing: such a case is no case to plan for, it is to show what is wrong.

    Returns:
        The case.

    Raises:
        InvalidCaseError: Everything that is wrong with the changed case, in a stable order.

    Example:
        >>> planner.workbook.reread(case, ["Staff!asylum officer / Border post.In post=20"]).sets
        ('Staff!asylum officer / Border post.In post=20',)
    """
    if case.source is None:
        book = load_bytes(case.book, case.name)
    else:
        book = replace(case.source, tables=copied(case.source.tables))
    found, problems = finish(
        book, case.scenario if scenario is None else scenario, (*case.sets, *sets), forgive=forgive
    )
    if found is None:
        raise InvalidCaseError(problems)
    return replace(found, counted=case.counted, extend=case.extend)


def _ordered(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Each finding once, in the stable order."""
    return tuple(sorted(set(problems), key=sort_key))


def _is_empty(book: RawBook, name: str) -> bool:
    """Whether a required sheet is there without any row, and nothing else was said about it."""
    table = next((t for t in book.tables.values() if t.name == name), None)
    return (
        table is not None
        and not table.rows
        and not any(p.check == "header-missing" and p.address.sheet == name for p in book.problems)
    )


def _empty_sheet(name: str) -> Problem:
    """Say that a needed sheet has no rows."""
    return Problem("sheet-empty", "error", Address(name), f"sheet '{name}' has no rows.", "Fill in at least one row.")


def _case_name(rows: dict[type[Row], tuple[Row, ...]], stem: str) -> str:
    """Name of the case: its setting, else the file's name."""
    named = next((r.value for r in rows.get(Settings, ()) if isinstance(r, Settings) and r.setting == "case name"), "")
    return named or stem or "Unnamed case"


def load(path: Path | str) -> RawBook:
    """Raw tables of a workbook or a folder, without changes or types.

    Args:
        path: A workbook (.xlsx) or a folder with one CSV file a sheet.

    Returns:
        What stands in the cells, with what was found on the way.

    Example:
        >>> planner.workbook.load("inputs/starter.xlsx").readable
        True
    """
    path = Path(path)
    if path.is_dir():
        from planner.workbook.tables import load_folder  # noqa: PLC0415 - tables needs RawBook

        return load_folder(path)
    try:
        return load_opened(open_file(path), path.stem)
    except InvalidCaseError as error:
        return unreadable(error)


def open_file(path: Path) -> Opened:
    """Open a workbook. Raises InvalidCaseError where it is not there, is refused or is damaged."""
    try:
        return Opened(path.read_bytes())
    except FileNotFoundError as error:
        found = f"there is no file '{path.name}'."
        problem = Problem("file-missing", "error", Address(), found, "Check the name and the folder.")
        raise InvalidCaseError([problem]) from error
    except OSError as error:
        found = f"the file '{path.name}' cannot be opened ({error.strerror})."
        mend = "Close it elsewhere, check its permissions."
        raise InvalidCaseError([Problem("file-unreadable", "error", Address(), found, mend)]) from error


def unreadable(error: InvalidCaseError) -> RawBook:
    """A book that could not be opened."""
    return RawBook({}, list(error.problems), readable=False)


def load_bytes(data: bytes, stem: str = "") -> RawBook:
    """Raw tables of a workbook's bytes.

    Args:
        data: The file.
        stem: Its name, for a case that says none.

    Returns:
        As for :func:`load`.

    Example:
        >>> planner.workbook.load_bytes(b"no workbook").readable
        False
    """
    try:
        return load_opened(Opened(data), stem)
    except InvalidCaseError as error:
        return unreadable(error)


def load_opened(opened: Opened, stem: str = "") -> RawBook:
    """Raw tables of an opened workbook."""
    too_new = _version_problem(opened.version)
    if too_new:
        return RawBook({}, too_new, readable=False)
    digest = hashlib.sha256(opened.data).hexdigest()
    book = RawBook({}, starts_1904=opened.starts_1904, sha256=digest, stem=stem, data=opened.data)
    try:
        return _load_sheets(opened, book)
    except InvalidCaseError as error:
        return unreadable(error)


def _version_problem(text: str) -> list[Problem]:
    """Refuse a workbook made by a newer planner."""
    if not text:
        return []
    try:
        version = float(text)
    except ValueError:
        version = float("nan")
    if version <= FORMAT_VERSION:
        return []
    return [
        Problem(
            "format-version",
            "error",
            Address(),
            f"the workbook has format version {text}; this planner reads versions up to {FORMAT_VERSION}.",
            "Install a newer planner, or copy the rows into a workbook from planner template.",
        )
    ]


def _load_sheets(opened: Opened, book: RawBook) -> RawBook:
    """Locate every known sheet. Raises InvalidCaseError with every known sheet that cannot be read."""
    found, problems = match_sheets([entry.name for entry in opened.entries])
    book.earlier += [(name, sheet.SHEET) for name, sheet in found.items() if folded(name) == folded(sheet.WAS)]
    hidden = {entry.name for entry in opened.entries if entry.hidden}
    opened.reading.most = MOST_INPUT_CELLS
    sheets: dict[type[Row], Sheet] = {}
    damaged: list[Problem] = []
    for name, sheet in found.items():
        try:
            sheets[sheet] = opened.sheet(name)
        except InvalidCaseError as error:
            damaged += [replace(p, address=Address(sheet.SHEET)) for p in error.problems]
    if damaged:
        raise InvalidCaseError(damaged)
    lookalikes = find_lookalikes(opened, found, found.values())
    renames = [p.mend for p in problems if p.check == "sheet-missing"]
    lookalikes = [p for p in lookalikes if not any(f"'{p.address.sheet}'" in mend for mend in renames)]
    told = {p.address.sheet for p in lookalikes}
    book.problems += [p for p in problems if p.check != "sheet-unknown" or p.address.sheet not in told] + lookalikes
    for sheet, cells in sheets.items():
        located = locate(sheet, cells.grid, cells.scan)
        book.tables[sheet] = located.table
        book.missing[sheet] = located.missing
        book.problems += located.problems
        book.earlier += located.earlier
        if cells.name in hidden:
            book.problems.append(_hidden_sheet(sheet))
    book.problems += about_formulas(book.tables, {s: c.scan for s, c in sheets.items()}, opened.calculation)
    book.problems += _settings_version(book)
    return book


def _hidden_sheet(sheet: type[Row]) -> Problem:
    """Say that a hidden sheet is read."""
    return Problem(
        "sheet-hidden",
        "warning",
        Address(sheet.SHEET),
        "the sheet is hidden: read like the others.",
        "Unhide to see it, or delete it.",
    )


def _settings_version(book: RawBook) -> list[Problem]:
    """The setting 'format version' must be one that we read."""
    table = book.tables.get(Settings)
    for row in table.rows if table else ():
        if folded(as_text(row.values.get("setting"))) == "format version" and as_text(row.values.get("value")) not in (
            "",
            *(str(version) for version in range(1, FORMAT_VERSION + 1)),
        ):
            assert table is not None
            return [
                Problem(
                    "format-version",
                    "error",
                    table.at(row, "value"),
                    f"format version '{as_text(row.values.get('value'))}' is not known.",
                    f"This planner reads versions up to {FORMAT_VERSION}.",
                )
            ]
    return []
