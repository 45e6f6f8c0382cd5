"""Damage done to the starter's rows, one blow at a time, as hypothesis draws it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from planner.sheets import BY_NAME, columns
from tests.checks.edits import Tables

Draw = Callable[[Any], Any]

ODD = st.one_of(
    st.sampled_from(
        [
            "abc", "12 people", "1,5", "4 500", "50%", "n/a", "-", "#REF!", "=1+1", "'7", "yes", "no", "x; y", "state: waiting",
            "kind: visa; purpose: asylum", "P1", "waiting", "Southland", "Border post", "asylum officer", "fix", "period",
            "every 1 days", "12-31", "02-29", "\u00a0", "\u200b", "Zürich", "лес", "a" * 300, "labour agreement", "right", "hard",
            "1.500", "1,500", "60.000", "12.500,5", "1\u2009500", "1\u2019500", "B\u043erder post", "Border\u200b post", "\u202eBorder post", "asylum o\ufb03cer",
            "ASYLUM OFFICER",
        ]
    ),
    st.sampled_from([0.0, -1.0, 1.0, 0.5, 1e-9, 1e9, 1e15, 1e300, -1e300, float("inf"), float("nan"), 45000.0, 2025.0, 365.0, 1.0000000000000002,
                     0.9999999999999999, 2.0000000000000004, 15.0, 25e6]),
    st.sampled_from([True, False, date(2025, 4, 11), date(1905, 7, 17), date(2099, 1, 1), datetime(2026, 1, 1, 12, 30)]),
    st.floats(),
    st.text(max_size=6),
)  # fmt: skip


def _row(draw: Draw, tables: Tables) -> tuple[str, dict[str, Any]]:
    """Any row of any sheet."""
    name = draw(st.sampled_from(sorted(name for name, rows in tables.items() if rows)))
    return name, draw(st.sampled_from(tables[name]))


def _column(draw: Draw, name: str) -> str:
    """Any column of a sheet."""
    return str(draw(st.sampled_from([c.name for c in columns(BY_NAME[name])])))


def _blank(draw: Draw, tables: Tables) -> None:
    _, row = _row(draw, tables)
    if row:
        row.pop(draw(st.sampled_from(sorted(row))))


def _retype(draw: Draw, tables: Tables) -> None:
    name, row = _row(draw, tables)
    row[_column(draw, name)] = draw(ODD)


def _swap_cells(draw: Draw, tables: Tables) -> None:
    name, row = _row(draw, tables)
    one, two = _column(draw, name), _column(draw, name)
    row[one], row[two] = row.get(two), row.get(one)


def _swap_rows(draw: Draw, tables: Tables) -> None:
    name, row = _row(draw, tables)
    other = draw(st.sampled_from(tables[name]))
    column = _column(draw, name)
    row[column], other[column] = other.get(column), row.get(column)


def _figure(draw: Draw, tables: Tables) -> tuple[dict[str, Any], str] | None:
    """Any cell with a figure or a date."""
    _, row = _row(draw, tables)
    figures = sorted(k for k, v in row.items() if isinstance(v, (float, date)))
    return (row, draw(st.sampled_from(figures))) if figures else None


def _negate(draw: Draw, tables: Tables) -> None:
    found = _figure(draw, tables)
    if found and isinstance(found[0][found[1]], float):
        found[0][found[1]] *= -1.0


def _blow_up(draw: Draw, tables: Tables) -> None:
    found = _figure(draw, tables)
    if found and isinstance(found[0][found[1]], float):
        found[0][found[1]] *= draw(st.sampled_from([0.0, 1e-6, 0.1, 0.5, 1.5, 2.0, 10.0, 1e3, 1e6]))
    elif found:
        found[0][found[1]] += timedelta(days=draw(st.sampled_from([-40000, -3650, -100, -1, 1, 30, 400, 3650, 40000])))


def _delete_row(draw: Draw, tables: Tables) -> None:
    name, row = _row(draw, tables)
    tables[name] = [other for other in tables[name] if other is not row]


def _double_row(draw: Draw, tables: Tables) -> None:
    name, row = _row(draw, tables)
    tables[name].append(dict(row))


def _cut_sheet(draw: Draw, tables: Tables) -> None:
    tables.pop(draw(st.sampled_from(sorted(tables))))


def _empty_sheet(draw: Draw, tables: Tables) -> None:
    tables[draw(st.sampled_from(sorted(tables)))] = []


def _shuffle(draw: Draw, tables: Tables) -> None:
    name = draw(st.sampled_from(sorted(tables)))
    tables[name] = list(draw(st.permutations(tables[name])))


def _add(draw: Draw, tables: Tables) -> None:
    """A row on any sheet that borrows names from others, so that it has a chance to mean something."""
    name = draw(st.sampled_from(sorted(BY_NAME)))
    row: dict[str, Any] = {}
    for column in columns(BY_NAME[name]):
        if not (column.key or column.required or draw(st.integers(0, 4)) == 0):
            continue
        names = [next(iter(r.values())) for sheet in column.refers for r in tables.get(sheet, []) if r]
        if column.choices:
            row[column.name] = draw(st.sampled_from(column.choices))
        elif column.numeric:
            row[column.name] = float(draw(st.sampled_from([0, 1, 2, 0.5, 10, 365, 1000])))
        elif column.kind == "date":
            row[column.name] = draw(st.sampled_from([date(2025, 4, 11), date(2025, 9, 1), date(2026, 1, 1)]))
        elif names:
            row[column.name] = draw(st.sampled_from(names))
        else:
            row[column.name] = draw(st.sampled_from(["asylum", "asylum officer", "Programmes", "new", "x"]))
    if row:
        tables.setdefault(name, []).append(row)


BLOWS: tuple[Callable[[Draw, Tables], None], ...] = (
    _blank, _retype, _retype, _swap_cells, _swap_rows, _negate, _blow_up, _blow_up, _blow_up, _delete_row, _double_row,
    _cut_sheet, _empty_sheet, _shuffle, _shuffle, _add, _add,
)  # fmt: skip


def damage(draw: Draw, tables: Tables) -> Tables:
    """The tables after one to three blows."""
    for _ in range(draw(st.integers(1, 3))):
        if any(tables.values()):
            draw(st.sampled_from(BLOWS))(draw, tables)
    return tables
