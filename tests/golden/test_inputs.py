"""The packaged workbooks are those of their tables: whoever changes one runs make inputs and commits both."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner.workbook.textual import difference, entries

INPUTS = Path(__file__).parents[2] / "inputs"


@pytest.mark.parametrize("name", sorted(path.stem for path in INPUTS.glob("*.xlsx")))
def test_a_workbook_is_the_workbook_of_its_tables(name: str) -> None:
    book, folder = entries(INPUTS / f"{name}.xlsx"), entries(INPUTS / name)
    told = list(difference(folder, book, (f"inputs/{name}/", f"inputs/{name}.xlsx")))
    assert told[-1] == "\nNo cell differs.", "\n".join([*told[:40], "Run make inputs, and commit what it writes."])
