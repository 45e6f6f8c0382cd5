"""Rows that a change may add to a workbook, where it names one that is not there.

A known setting; a decision by hand, as `--set 'Overrides!Programmes / School meals / P1.Value=1200'` or
`--set 'Overrides!Sites / Port two.Action=forbid'`; a country's money held where it is, as
`--set 'Rules!money for East in P1.Value=12.5'`. Everything else that is named must be there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from planner.case import SETTINGS
from planner.cells.names import sheet_named
from planner.cells.raw import RawRow, RawTables, Value, folded, key_of
from planner.cells.words import nearest
from planner.sheets import BY_NAME, Overrides, Places, Row, Rules, Settings, Time

Values = dict[str, Value]
_HOLD = re.compile(r"money for (?P<country>.+) in (?P<phase>[^ ]+)", re.IGNORECASE)


def hold_name(country: str, phase: str) -> str:
    """Name of the rule that holds a country's money in a phase."""
    return f"money for {country} in {phase}"


def new_row(tables: RawTables, sheet: type[Row], wanted: str) -> Values | None:
    """Values of the row that this key asks for, None if no such row may be added."""
    make = _MAKERS.get(sheet)
    return make(tables, wanted) if make is not None else None


def meant_row(sheet: type[Row], wanted: str) -> str:
    """The row of sheet Overrides that may have been meant where the sheet that it names is not known; '' for none."""
    name, slash, row = wanted.partition(" / ")
    near = nearest(name, BY_NAME) if sheet is Overrides and slash else ""
    return f"{near} / {row}" if near else ""


def _setting(tables: RawTables, wanted: str) -> Values | None:
    """A known setting that sheet Settings leaves out."""
    name = next((s.name for s in SETTINGS if folded(s.name) == folded(wanted)), "")
    return {"setting": name} if name and Settings in tables else None


def _override(tables: RawTables, wanted: str) -> Values | None:
    """A decision by hand, 'Programmes / Row / P1' or 'Sites / Row': fixed unless Action says else."""
    sheet, slash, row = wanted.partition(" / ")
    kind = sheet_named(sheet)
    if not slash or kind is None or "*" in wanted:
        return None
    body, slash, last = row.rpartition(" / ")
    whole = _find(tables, kind, row) is not None  # a row whose own name ends like a phase
    found = _find(tables, Time, last) if slash and not whole else None
    phase = found[0] if found else last if slash and not whole and _find(tables, kind, body) else ""
    values: Values = {
        "sheet": sheet.strip(), "row": (body if phase else row).strip(), "action": "fix", "reason": "decided by hand"
    }  # fmt: skip
    return values | ({"phase": phase} if phase else {})


def _hold(tables: RawTables, wanted: str) -> Values | None:
    """The rule :func:`hold_name`, which holds a country's money in a phase."""
    said = _HOLD.fullmatch(wanted.strip())
    country = _find(tables, Places, said["country"]) if said else None
    phase = _find(tables, Time, said["phase"]) if said else None
    if country is None or phase is None:
        return None
    days = phase[1].values
    return {
        "rule": wanted.strip(), "measure": "money", "where": f"country: {country[0]}", "relation": "equals",
        "scope": "phase", "starts": days.get("starts"), "ends": days.get("ends"), "authority": "Decided by hand",
    }  # fmt: skip


def _find(tables: RawTables, sheet: type[Row], wanted: str) -> tuple[str, RawRow] | None:
    """Key and row of a sheet by its key, written in any case."""
    table = tables.get(sheet)
    known = {folded(key_of(table, row)): row for row in table.rows} if table is not None else {}
    row = known.get(folded(wanted))
    return (key_of(table, row), row) if table is not None and row is not None else None


_MAKERS: Mapping[type[Row], Callable[[RawTables, str], Values | None]] = {
    Settings: _setting,
    Overrides: _override,
    Rules: _hold,
}
