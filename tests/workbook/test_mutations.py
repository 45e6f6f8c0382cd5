"""Whatever is typed into a cell: a clean list of problems or a case, never anything else, and no row lost."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.sheets import BY_NAME, columns
from planner.workbook import check_tables
from tests.workbook.small import SMALL, small

CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.text(max_size=12),
    st.sampled_from(
        ["", " ", "\u00a0", "#", "1,2", "20%", "El Paso", "; ;", ":", "a: b; c", "blank", "E001", "-1", "every 1 days"]
    ),
    st.sampled_from([1e300, -0.0, 0.5, 44216.0, date(2021, 1, 20)]),
)


@settings(max_examples=60)
@given(st.data())
def test_no_cell_breaks_the_reader(data: st.DataObject) -> None:
    tables = small()
    for _ in range(data.draw(st.integers(1, 4))):
        name = data.draw(st.sampled_from(sorted(SMALL)))
        column = data.draw(st.sampled_from([c.name for c in columns(BY_NAME[name])]))
        row: dict[str, Any] = data.draw(st.sampled_from(tables[name]))
        row[column] = data.draw(CELLS)
    case, problems = check_tables(tables, scenario=data.draw(st.sampled_from(["", "fewer officers"])))
    if case is None:
        assert any(p.severity == "error" for p in problems)
        return
    set_aside = {(p.address.sheet, p.address.row) for p in problems if p.check in ("row-set-aside", "row-beside-table")}
    for name, rows in tables.items():
        assert len(case.of(BY_NAME[name])) + len([1 for sheet, _ in set_aside if sheet == name]) == len(rows)
    assert all(p.found and p.mend and str(p) for p in problems)


@settings(max_examples=40)
@given(st.text(max_size=40), st.sampled_from(["", "Staff!", "Staff!*.", "Places!Honduras.People in need="]))
def test_no_option_breaks_the_reader(text: str, before: str) -> None:
    case, problems = check_tables(small(), sets=[before + text], scenario="")
    assert case is not None or any(p.severity == "error" for p in problems)
