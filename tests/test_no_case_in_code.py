"""The planner knows no case: no place, row or account of the reference case is named in its code."""

from __future__ import annotations

import re
from pathlib import Path

from planner.sheets import Evidence, Outcomes, OutcomeTerms, Places, Recommendations, Settings, Time
from planner.workbook import read

ROOT = Path(__file__).parents[1]
OURS = ("app", "models", "planner")


def names_of(path: Path) -> set[str]:
    """Places of a case, and names of its rows that have several words with a capital among them."""
    case = read(path)
    rows = {row.id for sheet, kept in case.rows.items() if sheet not in (Evidence, Outcomes, OutcomeTerms, Settings, Time)
            for row in kept if sheet is not Recommendations}  # fmt: skip
    return {place.place for place in case.of(Places)} | {r for r in rows if " " in r and r != r.lower()}


def test_no_name_of_the_reference_case_stands_in_the_code(starter: Path, blueprint: Path) -> None:
    names = names_of(blueprint) - names_of(starter)
    assert len(names) > 300
    known = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(map(re.escape, names), key=len, reverse=True))})(?!\w)")
    found = {
        f"{path.relative_to(ROOT)}: {name}"
        for top in OURS
        for path in (ROOT / top).rglob("*.py")
        for name in known.findall(path.read_text(encoding="utf-8"))
    }
    assert sorted(found) == []
