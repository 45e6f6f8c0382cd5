"""Changes to cells before they are typed: a scenario's rows, and `--set 'Sheet!row key.Column=value'`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planner.case import Changed
from planner.case.problems import Problem
from planner.cells.letters import column_letters, column_number
from planner.cells.meanings import plain_number, readings, two_readings
from planner.cells.names import column_named, sheet_named, titles_of
from planner.cells.raw import RawRow, RawTable, RawTables, UnusableCell, Value, as_text, blank, clean, folded, key_of
from planner.cells.words import nearest
from planner.sheets import BY_NAME, Column, Row, ScenarioChanges, Scenarios, Settings, columns
from planner.sheets.address import Address
from planner.signs import difference
from planner.wording.lists import named
from planner.workbook.new_rows import meant_row, new_row

BLANK = "blank"
"""The word that clears a cell."""
MOST_ROWS_SHOWN = 3


@dataclass(frozen=True)
class Change:
    """One wanted change, as written.

    `where` is the cell or option that asks for it, `by` names it in words, `line` is what `--set` was given.
    """

    sheet: str
    row: str
    column: str
    verb: str
    value: Value
    where: Address
    by: str
    line: str = ""


class Changer:
    """Applies changes to raw tables and keeps their story; with `dry` it only looks whether they could be made."""

    def __init__(self, tables: RawTables, *, dry: bool = False) -> None:
        """Begin with the tables as they are."""
        self.tables, self.dry = tables, dry
        self.problems: list[Problem] = []
        self.told: list[Changed] = []

    def make(self, change: Change) -> None:
        """Make one change, or say why it cannot be made."""
        sheet = sheet_named(change.sheet)
        if sheet is None:
            self._fault(
                change,
                "change-sheet",
                f"there is no sheet '{change.sheet}'.",
                "Write the name of a sheet of the planner.",
                nearest(change.sheet, BY_NAME),
            )
            return
        if sheet is ScenarioChanges or (sheet is Scenarios and change.where.sheet):
            self._fault(
                change,
                "change-sheet",
                f"sheet '{sheet.SHEET}' cannot be changed by a scenario.",
                "Change another sheet.",
            )
            return
        column = column_named(sheet, change.column)
        if column is None:
            names = [c.name for c in columns(sheet)]
            self._fault(
                change,
                "change-column",
                f"sheet {sheet.SHEET} has no column '{change.column}'.",
                f"Write one of its headers: {named(names, 30)}.",
                nearest(change.column, names),
            )
            return
        table = self.tables.get(sheet)
        rows = self._rows(table, change.row)
        added: list[RawRow] = []
        if not rows and (values := new_row(self.tables, sheet, change.row)) is not None:
            table = table or RawTable(sheet, {c.field: column_letters(n) for n, c in enumerate(columns(sheet), 1)}, [])
            added = [RawRow(max((r.number for r in table.rows), default=1) + 1, values)]
            if not self.dry:
                self.tables[sheet] = table
        if table is None or not (rows or added):
            keys = [key_of(table, row) for row in table.rows] if table else []
            hint = nearest(change.row, keys)
            hint = hint or meant_row(sheet, change.row)
            self._fault(
                change,
                "change-row",
                f"sheet {sheet.SHEET} has no row '{change.row}'. {difference(change.row, hint)}".rstrip(),
                f"Write the key of one of its rows ({named(keys, 5)}), or * for every row."
                if keys
                else "Add the row to the workbook first.",
                hint,
            )
            return
        self._apply(change, table, column, rows, added)

    def _rows(self, table: RawTable | None, wanted: str) -> list[RawRow]:
        """Rows whose key is the wanted one, or begins as 'prefix*' says."""
        if table is None:
            return []
        plain = folded(wanted)
        if plain.endswith("*"):
            return [row for row in table.rows if key_of(table, row).casefold().startswith(plain[:-1])]
        return [row for row in table.rows if key_of(table, row).casefold() == plain]

    def _apply(self, change: Change, table: RawTable, column: Column, rows: list[RawRow], added: list[RawRow]) -> None:
        """Change the column's cell in each row; rows that are added join the table."""
        done = []
        for row in (*rows, *added):
            old = row.values.get(column.field)
            new = self._new_value(change, column, old)
            if new is _REFUSED:
                return
            done.append((row, old, new))
        if self.dry:
            return
        table.rows += added
        if column.field not in table.letters:
            free = max((column_number(letters) for letters in table.letters.values()), default=0) + 1
            table.letters[column.field] = column_letters(free)
        if len(done) > MOST_ROWS_SHOWN:
            words = f"{table.name}, {len(done)} rows '{change.row}', {column.name}: {self._deed(change)}"
            self.told.append(Changed(words, change.by, change.line))
        for row, old, new in done:
            if len(done) <= MOST_ROWS_SHOWN:
                cell = f"{table.at(row, column.field)} ({key_of(table, row)}), {column.name}"
                self.told.append(Changed(f"{cell}: {_shown(old)} -> {_shown(new)}", change.by, change.line))
            if blank(new):
                row.values.pop(column.field, None)
            else:
                row.values[column.field] = new
            row.changed[column.field] = change.by

    def _deed(self, change: Change) -> str:
        """What is done, in words."""
        return {"set": "set to ", "multiply": "times ", "add": "plus "}[change.verb] + _shown(change.value)

    def _new_value(self, change: Change, column: Column, old: Value) -> Value:
        """The changed cell's value as it would be typed."""
        if change.verb == "set":
            if isinstance(change.value, str) and folded(change.value) == BLANK:
                return None
            return _as_cell(column, change.value)
        base = column.default if blank(old) else _as_cell(column, old)
        by = _as_cell(column, change.value)
        if isinstance(change.value, UnusableCell) or (column.numeric and not blank(old) and not _is_number(base)):
            return _REFUSED  # the cell itself is reported when it is typed
        if not column.numeric or not _is_number(base) or not _is_number(by):
            if isinstance(change.value, str) and (both := two_readings(change.value)):
                self._fault(change, "change-value", f"'{change.value}' may mean {both}.", f"Write {both}.")
                return _REFUSED
            if isinstance(change.value, str) and column.numeric and (meant := readings(change.value)):
                offer = f"Write {as_text(meant[0])} if that is meant."
                self._fault(change, "change-value", f"'{change.value}' is text, not a number.", offer)
                return _REFUSED
            what = (
                "the cell is blank"
                if base is None
                else f"'{_shown(old)}' and '{_shown(change.value)}' are not both numbers"
            )
            self._fault(
                change,
                "change-value",
                f"cannot {change.verb} column '{column.name}' of sheet {change.sheet}: {what}.",
                "Use 'set', or choose a column with numbers.",
            )
            return _REFUSED
        return base * by if change.verb == "multiply" else base + by

    def _fault(self, change: Change, check: str, found: str, mend: str, hint: str = "") -> None:
        """Note that a change cannot be made."""
        label = " / ".join(x for x in (change.sheet, change.row, change.column) if x)
        self.problems.append(Problem(check, "error", change.where, f"{change.by}: {found}", mend, label, hint))


_REFUSED = object()


def _is_number(value: Value) -> bool:
    """Whether a value can be reckoned with."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _as_cell(column: Column, value: Value) -> Value:
    """A text typed into a cell: plain figures in numeric columns become numbers."""
    if isinstance(value, str) and column.numeric and (number := plain_number(value)) is not None:
        return number
    return value


def _shown(value: Value) -> str:
    """A value in a sentence."""
    return "blank" if blank(value) else as_text(value)


def scenario_changes(tables: RawTables, scenario: str, problems: list[Problem]) -> list[Change]:
    """The changes of one scenario, in the order of the sheet; an unknown scenario is a problem."""
    listed = tables.get(Scenarios)
    names = [key_of(listed, row) for row in listed.rows] if listed else []
    name = next((n for n in names if folded(n) == folded(scenario)), None)
    if name is None:
        problems.append(
            Problem(
                "change-scenario",
                "error",
                Address("Scenarios" if listed else ""),
                f"there is no scenario '{scenario}'.",
                "Write the name of a row on sheet Scenarios.",
                suggestion=nearest(scenario, names),
            )
        )
        return []
    return [change for owner, change in every_change(tables) if folded(owner) == folded(name)]


def every_change(tables: RawTables) -> list[tuple[str, Change]]:
    """All complete rows of sheet Scenario changes with their scenario (rows with gaps are reported when typed)."""
    table = tables.get(ScenarioChanges)
    result = []
    for row in table.rows if table else ():
        scenario, sheet, name, column = (as_text(row.values.get(f)) for f in ("scenario", "sheet", "row", "column"))
        verb = folded(as_text(row.values.get("change", "set")))
        if all((scenario, sheet, name, column)) and verb in ("set", "multiply", "add") and "value" in row.values:
            assert table is not None
            where = table.at(row, "value")
            result.append(
                (
                    scenario,
                    Change(
                        clean(sheet),
                        clean(name),
                        clean(column),
                        verb,
                        row.values["value"],
                        where,
                        f"scenario '{clean(scenario)}', {where}",
                    ),
                )
            )
    return result


def parse_set(text: str, problems: list[Problem]) -> Change | None:
    """Read `Sheet!row key.Column=value`, or `=*factor`; keys may hold dots and slashes, values may hold '='."""
    by = f"--set '{text}'"
    sheet_name, mark, rest = text.partition("!")
    form = "Write it as 'Sheet!row key.Column=value', for instance 'Staff!asylum officer / Border post.In post=12'."
    if not mark or "=" not in rest:
        problems.append(
            Problem("change-form", "error", Address(), f"{by}: it names no sheet, row, column and value.", form)
        )
        return None
    sheet = sheet_named(sheet_name)
    if sheet is None:
        problems.append(
            Problem(
                "change-sheet",
                "error",
                Address(),
                f"{by}: there is no sheet '{sheet_name}'.",
                form,
                suggestion=nearest(sheet_name, BY_NAME),
            )
        )
        return None
    split = _split_set(sheet, rest)
    if split is None:
        left = rest.partition("=")[0]
        row, dot, column = left.rpartition(".")
        found = f"sheet {sheet.SHEET} has no column '{column}'." if dot else "it names no column."
        problems.append(
            Problem(
                "change-column",
                "error",
                Address(),
                f"{by}: {found}",
                form,
                suggestion=nearest(column if row else left, [c.name for c in columns(sheet)]),
            )
        )
        return None
    row, column_name, value = split
    value = value.strip()
    if value.startswith("*") and readings(value[1:]):  # a factor, as in 'Appropriations!*.Amount=*0.85'
        factor = plain_number(value[1:])
        written = value[1:] if factor is None else factor
        return Change(sheet.SHEET, clean(row), column_name, "multiply", written, Address(), by, text)
    return Change(sheet.SHEET, clean(row), column_name, "set", value, Address(), by, text)


def _split_set(sheet: type[Row], rest: str) -> tuple[str, str, str] | None:
    """Split at the first '=' before which a column's header stands after a dot."""
    titles = titles_of(sheet)
    at = rest.find("=")
    while at >= 0:
        left = clean(rest[:at])
        for name in sorted(titles, key=len, reverse=True):
            row = left[: -len(name) - 1]
            if left.casefold().endswith(f".{name}") and row:
                return row, titles[name].name, rest[at + 1 :]
        at = rest.find("=", at + 1)
    return None


REGIME = "policy regime"
"""Setting that names the scenario that holds beneath any other; a scenario without probability is such a regime."""


def regime_of(tables: RawTables, scenario: str, sets: Sequence[Change], problems: list[Problem]) -> str:
    """The policy regime that holds, by its name on sheet Scenarios; nothing where the scenario asked for is one."""
    settings, listed = tables.get(Settings), tables.get(Scenarios)
    cells = [row for row in settings.rows if folded(as_text(row.values.get("setting"))) == REGIME] if settings else []
    asked = [c for c in sets if c.sheet == Settings.SHEET and folded(c.row) == REGIME]
    name = clean(as_text(asked[-1].value if asked else cells[0].values.get("value") if cells else ""))
    if folded(name) in ("", "none", BLANK):
        return ""
    known = {folded(key_of(listed, row)): row for row in listed.rows} if listed else {}
    if folded(name) not in known:
        where = asked[-1].where if asked or settings is None else settings.at(cells[0], "value")
        problems.append(
            Problem(
                "regime-unknown",
                "error",
                where,
                f"there is no scenario '{name}' for the policy regime.",
                "Write the name of a row on sheet Scenarios, or none.",
                suggestion=nearest(name, [key_of(listed, row) for row in listed.rows] if listed else []),
            )
        )
        return ""
    replaced = known.get(folded(scenario))
    return "" if replaced is not None and blank(replaced.values.get("probability")) else name


def apply_changes(tables: RawTables, scenario: str, sets: Sequence[str]) -> tuple[list[Changed], list[Problem]]:
    """Apply the policy regime, a scenario, then the single changes; return what was changed in words, and the problems.

    Every row of sheet Scenario changes is looked at, so that a broken scenario is found before somebody needs it.
    """
    problems: list[Problem] = []
    trial = Changer(tables, dry=True)
    for _, change in every_change(tables):
        trial.make(change)
    wanted = [asked for text in sets if (asked := parse_set(text, problems)) is not None]
    changer = Changer(tables)
    for name in (regime_of(tables, scenario, wanted, problems), scenario):
        for change in scenario_changes(tables, name, problems) if name else ():
            changer.make(change)
    for change in wanted:
        changer.make(change)
    return changer.told, list(dict.fromkeys([*problems, *trial.problems, *changer.problems]))
