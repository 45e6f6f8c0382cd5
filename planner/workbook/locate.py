"""Finds the known sheets in a workbook and the header row in each; nothing is dropped without a word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from planner.case.problems import Problem
from planner.cells.letters import column_letters, column_number
from planner.cells.names import sheets_by_name, titles_of
from planner.cells.raw import RawRow, RawTable, UnusableCell, Value, as_text, blank, clean, folded
from planner.cells.words import nearest
from planner.sheets import SHEETS, Column, Row, columns
from planner.sheets.address import Address
from planner.wording.lists import in_a_row, named
from planner.wording.units import plural
from planner.workbook.formats import DISGUISES, Disguise
from planner.workbook.scan import Scan

HEADER_WITHIN = 12
"""The header stands in one of so many first rows."""

REQUIRED_SHEETS = ("Time", "Outcomes", "Outcome terms")

GENERATED = frozenset(
    folded(name)
    for name in (
        "Read me",
        "README",
        "Checks",
        "Lists",
        "Problems",
        "Errors",
        "Summary",
        "The division",
        "Division",
        "Money",
        "Officers",
        "Queues",
        "Visas and quotas",
        "Visas and quotas",
        "Site use",
        "Reforms taken",
        "People flows",
        "Flows",
        "Rules used",
        "Binding limits",
        "Results",
        "Defaults and warnings",
        "Defaults",
        "Warnings",
        "Record",
        "Charts",
        "Prices",
        "Changes",
        "Change log",
    )
)
"""Sheets that the planner itself writes: read over without a word."""


@dataclass
class Located:
    """A table with what was found on the way; counts prove that no row was lost."""

    table: RawTable
    problems: list[Problem] = field(default_factory=list)
    missing: frozenset[str] = frozenset()
    filled: int = 0
    ignored: int = 0
    earlier: list[tuple[str, str]] = field(default_factory=list)


def generated(name: str) -> bool:
    """Whether a sheet is one of the planner's own pages."""
    plain = folded(name)
    return plain in GENERATED or (plain.startswith("plan ") or plain.startswith("plan:") or plain == "plan")


def match_sheets(names: Sequence[str], written: Iterable[str] = ()) -> tuple[dict[str, type[Row]], list[Problem]]:
    """Which of the file's sheets is which of ours; the rest get a warning, required ones that lack an error."""
    known = sheets_by_name()
    found: dict[str, type[Row]] = {}
    problems: list[Problem] = []
    strangers = []
    for name in names:
        sheet = known.get(folded(name))
        if sheet is None:
            if not generated(name) and name not in written:
                strangers.append(name)
        elif sheet in found.values():
            problems.append(
                _error(
                    "sheet-twice",
                    Address(name),
                    f"sheet '{sheet.SHEET}' is there twice.",
                    "Put all rows on one of them.",
                )
            )
        else:
            found[name] = sheet
    lacking = [sheet.SHEET for sheet in SHEETS if sheet not in found.values()]
    for name in strangers:
        hint = nearest(name, lacking)
        mend = f"Rename it '{hint}' if that is what it is." if hint else "Nothing to do if it is a sheet of your own."
        problems.append(
            Problem(
                "sheet-unknown",
                "warning",
                Address(name),
                f"the planner does not know a sheet '{name}' and does not read it.",
                mend,
                suggestion=hint,
            )
        )
    for name in REQUIRED_SHEETS:
        if name in lacking:
            near = nearest(name, strangers)
            rename = f"Rename sheet '{near}' to '{name}' if that is what it is; else add" if near else "Add"
            mend = f"{rename} a sheet named '{name}' (planner template makes one)."
            problems.append(Problem("sheet-missing", "error", Address(), f"sheet '{name}' is missing.", mend))
    return found, problems


def _error(check: str, address: Address, found: str, mend: str, suggestion: str = "") -> Problem:
    """Make an error."""
    return Problem(check, "error", address, found, mend, suggestion=suggestion)


def locate(sheet: type[Row], grid: Sequence[Sequence[Value]], scan: Scan) -> Located:
    """Find header and rows of one sheet in its grid of values (row 1, column A first)."""
    known = titles_of(sheet)
    header = _header_row(grid, known)
    if header is None:
        located = Located(RawTable(sheet, {}, []))
        if any(not blank(value) for row in grid for value in row):
            required = [c.name for c in columns(sheet) if c.required]
            located.problems.append(
                _error(
                    "header-missing",
                    Address(sheet.SHEET),
                    f"no header row was found in the first {HEADER_WITHIN} rows.",
                    f"Write the column names in one row: {named(required)} at least.",
                )
            )
        return located
    return _Reader(sheet, grid, scan, header, known).read()


def _header_row(grid: Sequence[Sequence[Value]], known: dict[str, Column]) -> int | None:
    """Index of the row that holds the most column names, the first of equals."""
    best, most = None, 0
    for index, row in enumerate(grid[:HEADER_WITHIN]):
        hits = len({known[folded(v)].field for v in row if isinstance(v, str) and folded(v) in known})
        if hits > most:
            best, most = index, hits
    return best


TOTALS = frozenset(
    ("total", "totals", "sum", "subtotal", "grand total", "sub-total", "summe", "gesamt", "somme", "suma", "totale")
)
"""What stands before the sum of a column."""
NOTES = ("*", "\u2020", "\u2021", "note", "source", "(")
"""What a note below a table begins with."""


class _Reader:
    """Reads one located sheet."""

    def __init__(
        self, sheet: type[Row], grid: Sequence[Sequence[Value]], scan: Scan, header: int, known: dict[str, Column]
    ) -> None:
        """Begin with nothing seen."""
        self.sheet, self.grid, self.scan, self.header, self.known = sheet, grid, scan, header, known
        self.problems: list[Problem] = []
        self.fields: dict[int, str] = {}
        self.strange: dict[int, str] = {}
        self.earlier: list[tuple[str, str]] = []

    def read(self) -> Located:
        """Read header, rows and what lies around them."""
        self._columns()
        table = RawTable(self.sheet, {name: column_letters(i + 1) for i, name in self.fields.items()}, [])
        located = Located(table, self.problems, self._missing(), earlier=self.earlier)
        stray: dict[int, int] = {}
        last = max([len(self.grid), *(row for row, _ in self.scan.uncalculated | self.scan.errors.keys())])
        for index in range(self.header + 1, last):
            self._row(located, index, stray)
        for index, count in sorted(stray.items()):
            cells = "a cell below has a value" if count == 1 else f"{count} cells below have values"
            self._warn(
                "column-unnamed",
                self.header + 1,
                column_letters(index + 1),
                f"{cells} but the column has no header; not read.",
                "Give the column its name, or clear it.",
            )
        self._merged()
        self._hidden(table)
        self._disguised(table)
        assert located.filled == len(table.rows) + located.ignored
        return located

    def _warn(self, check: str, row: int, column: str, found: str, mend: str, suggestion: str = "") -> None:
        """Note a warning."""
        self.problems.append(
            Problem(check, "warning", Address(self.sheet.SHEET, row, column), found, mend, suggestion=suggestion)
        )

    def _columns(self) -> None:
        """Match the header's cells with the known columns."""
        for index, value in enumerate(self.grid[self.header]):
            if blank(value):
                continue
            name = as_text(value)
            column = self.known.get(folded(name))
            if column is None:
                self.strange[index] = name
            elif column.field in self.fields.values():
                where = Address(self.sheet.SHEET, self.header + 1, column_letters(index + 1))
                first = next(column_letters(i + 1) for i, f in self.fields.items() if f == column.field)
                self.problems.append(
                    _error(
                        "column-twice",
                        where,
                        f"column '{column.name}' is there twice, first in column {first}.",
                        "Keep one of them.",
                    )
                )
                self.strange[index] = name
            else:
                self.fields[index] = column.field
                if folded(name) == folded(column.was):
                    self.earlier.append((name, column.name))
        lacking = [c.name for c in columns(self.sheet) if c.field not in self.fields.values()]
        for index, name in self.strange.items():
            if folded(name) in self.known:
                continue
            hint = nearest(name, lacking)
            self._warn(
                "column-unknown",
                self.header + 1,
                column_letters(index + 1),
                f"the planner does not know a column '{name}' on sheet {self.sheet.SHEET} and does not read it.",
                f"Rename it '{hint}' if that is what it is."
                if hint
                else "Nothing to do if it is a column of your own.",
                hint,
            )

    def _missing(self) -> frozenset[str]:
        """Report required columns that lack."""
        lacking = [c for c in columns(self.sheet) if c.required and c.field not in self.fields.values()]
        for column in lacking:
            where = Address(self.sheet.SHEET, self.header + 1, "A")
            near = nearest(column.name, self.strange.values())
            rename = f"Rename column '{near}' to '{column.name}' if that is what it is; else add" if near else "Add"
            mend = f"{rename} a column '{column.name}': {column.help}."
            self.problems.append(_error("column-missing", where, f"column '{column.name}' is missing.", mend))
        return frozenset(c.field for c in lacking)

    def _row(self, located: Located, index: int, stray: dict[int, int]) -> None:
        """Read one row: blank, set aside with '#', beside the table, or data."""
        number = index + 1
        broken = self._broken(number)
        row = self.grid[index] if index < len(self.grid) else ()
        filled = {i: v for i, v in enumerate(row) if i not in broken and not blank(v)} | broken
        if not filled:
            return
        located.filled += 1
        first = filled[min(filled)]
        if isinstance(first, str) and first.translate({0xA0: " "}).lstrip().startswith("#"):
            located.ignored += 1
            self._warn(
                "row-set-aside",
                number,
                column_letters(min(filled) + 1),
                f"the row begins with '#' and is set aside: {as_text(first)[:60]}.",
                "Remove the # to use the row.",
            )
            return
        values = {self.fields[i]: v for i, v in filled.items() if i in self.fields}
        for i in filled.keys() - self.fields.keys() - self.strange.keys():
            stray[i] = stray.get(i, 0) + 1
        if not values:
            located.ignored += 1
            self._warn(
                "row-beside-table",
                number,
                column_letters(min(filled) + 1),
                "the row has something beside the table and nothing in it; it is not read.",
                "Move notes to a sheet of your own.",
            )
            return
        if remark := self._no_row(number, values):
            located.ignored += 1
            self.problems.append(remark)
            return
        located.table.rows.append(RawRow(number, values))

    def _no_row(self, number: int, values: dict[str, Value]) -> Problem | None:
        """Say that a row is a note below the table, or a total of it; None where it may be a row."""
        fields = [c.field for c in columns(self.sheet)]
        first = min(values, key=fields.index)
        text = values[first]
        if not isinstance(text, str):
            return None
        letters = next(column_letters(i + 1) for i, name in self.fields.items() if name == first)
        where = Address(self.sheet.SHEET, number, letters)
        if folded(text).rstrip(".:") in TOTALS and any(isinstance(v, float) for v in values.values()):
            mend = f"Delete the row, or begin it with #. If '{clean(text)}' is the name of a row, choose another."
            return _error("row-total", where, f"'{clean(text)}': a total would be counted on top of its rows.", mend)
        lacking = [c.name for c in columns(self.sheet) if c.required and c.field not in values]
        if len(values) == 1 and len(lacking) > 1 and folded(text).startswith(NOTES):
            mend = f"If it is a note, begin it with #. If it is a row, fill in {named(lacking)}."
            return _error("row-lone", where, f"the row says '{clean(text)[:60]}' and nothing else.", mend)
        return None

    def _broken(self, number: int) -> dict[int, Value]:
        """Cells of the row that show an error or were never calculated, by column index."""
        result: dict[int, Value] = {}
        if self.scan.uncalculated or self.scan.errors:
            for letters, broken in self._by_row.get(number, {}).items():
                result[column_number(letters) - 1] = broken
        return result

    @cached_property
    def _by_row(self) -> dict[int, dict[str, UnusableCell]]:
        """Broken cells by row and column letters."""
        rows: dict[int, dict[str, UnusableCell]] = {}
        for row, letters in self.scan.uncalculated:
            rows.setdefault(row, {})[letters] = UnusableCell("a formula without a stored result", formula=True)
        for (row, letters), text in self.scan.errors.items():
            rows.setdefault(row, {})[letters] = UnusableCell(text)
        return rows

    def _merged(self) -> None:
        """Merged cells leave blanks: an error from the header row on."""
        for first, top, last, bottom in self.scan.merged:
            if bottom >= self.header + 1:
                where = Address(self.sheet.SHEET, top, first)
                self.problems.append(
                    _error(
                        "cells-merged",
                        where,
                        f"cells {first}{top}:{last}{bottom} are merged, which leaves all but one blank.",
                        "Unmerge them and fill every cell.",
                    )
                )

    def _disguised(self, table: RawTable) -> None:
        """Figures whose style shows them otherwise, or not at all: one warning a column."""
        used = {letters: name for name, letters in table.letters.items()}
        columns = {column.field: column for column in self.known.values()}
        rows = {row.number: row for row in table.rows}
        found: dict[tuple[str, Disguise], list[int]] = {}
        for (number, letters), how in self.scan.disguised.items():
            if letters in used and number in rows and not (how == "percent" and columns[used[letters]].kind == "share"):
                found.setdefault((letters, how), []).append(number)
        for (letters, how), numbers in sorted(found.items()):
            name, (shown, mend) = columns[used[letters]].name, DISGUISES[how]
            value = as_text(rows[numbers[0]].values[used[letters]])
            more = f", and so in {len(numbers) - 1} more rows" if len(numbers) > 1 else ""
            self._warn(
                "format-misleads",
                numbers[0],
                letters,
                f"column '{name}': read as {value}, but {shown}{more}.",
                f"{mend}, and look whether the figure is right.",
            )

    def _hidden(self, table: RawTable) -> None:
        """Hidden rows and columns are read like others, and said so."""
        used = {letters: name for name, letters in table.letters.items()}
        unseen = [letters for letters in sorted(self.scan.hidden_columns, key=column_number) if letters in used]
        filled = [x for x in unseen if any(used[x] in row.values for row in table.rows)]
        if filled:
            names = {c.field: c.name for c in self.known.values()}
            self._warn(
                "column-hidden",
                self.header + 1,
                filled[0],
                f"hidden {plural('column', len(filled))} {named(names[used[x]] for x in filled)} of the sheet:"
                " read like the others.",
                "Unhide to see them, or clear them.",
            )
        rows = sorted({row.number for row in table.rows} & set(self.scan.hidden))
        if rows:
            shown = in_a_row((str(n) for n in rows), 8)
            self._warn(
                "row-hidden",
                rows[0],
                "",
                f"hidden {plural('row', len(rows))} {shown} of the sheet: read like the others.",
                "Unhide to see them, or delete them.",
            )
