"""Every kind of override on every kind of row in every state: it acts, is refused, or is noted; never silent."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from planner.case import Case
from planner.case.problems import Problem
from planner.checks import changes
from planner.checks.compiled import compiled
from planner.compile import draft_case
from planner.compile.draft import Draft
from planner.explain import Hand, check_hands, open_case
from planner.options import Options
from planner.sheets import Overrides
from planner.workbook import finish, load

STARTER = Path(__file__).parents[2] / "inputs" / "starter.xlsx"

SWITCHES = {"Sites": ("Border post", "Harbour centre"), "Reforms": ("labour agreement", "wider refugee definition")}
PACES = {
    "Pipelines": ("interview at the border", "wider interview at the border"),
    "Programmes": ("recruitment support",),
    "Visas": ("seasonal work from Southland",),
    "Staff": ("asylum officer / Border post",),
    "Deployments": ("asylum officer / Border post / Harbour centre",),
}
STATES = {
    "Sites": {
        "as it is": (),
        "open, may close": ("Sites!Border post.May close=yes",),
        "not in this phase": ("Sites!Harbour centre.Opens from=2026-01-01",),
    },
    "Reforms": {
        "as it is": (),
        "must happen": ("Reforms!labour agreement.Must happen=yes",),
        "in force": ("Reforms!labour agreement.In force at start=yes",),
        "not in this phase": ("Reforms!labour agreement.From=2026-01-01",),
    },
    "Pipelines": {"as it is": (), "at least": ("Pipelines!interview at the border.At least=10",)},
    "Programmes": {
        "as it is": (),
        "never possible": ("Programmes!recruitment support.At most=0",),
        "at least": ("Programmes!recruitment support.At least=10",),
    },
    "Visas": {"as it is": (), "at least": ("Visas!seasonal work from Southland.At least=1",)},
    "Staff": {"as it is": (), "never possible": ("Staff!asylum officer / Border post.Hiring limit=0",)},
    "Deployments": {"as it is": (), "never possible": ("Deployments!*.At most=0",)},
}
ACTIONS = (("fix", "=50"), ("fix", "=0"), ("fix", ""), ("forbid", ""), ("at least", "=50"), ("at least", "=0"),
           ("at most", "=20"), ("at most", "=1000000"), ("at most", "=0"))  # fmt: skip
EVERY = [
    (sheet, row, state, action, value, phase)
    for sheet, rows in (SWITCHES | PACES).items()
    for row, state, (action, value), phase in product(rows, STATES[sheet], ACTIONS, ("", "P1", "P3"))
]


def laid(plain: Case, sheet: str, row: str, action: str, value: str, phase: str) -> tuple[Draft, list[Problem]]:
    """The case with one override, compiled although it may be refused, and all that was said at its row."""
    cells = {"sheet": "A", "row": "B", "phase": "C", "action": "D", "value": "E"}
    pace = float(value[1:]) if value else None
    hand = Overrides(sheet=sheet, row=row, action=action, value=pace, phase=phase, row_number=2, cells=cells)
    case = replace(plain, rows={**plain.rows, Overrides: (hand,)})
    draft, refused = compiled(case)
    return draft, [*changes.check(case), *refused, *draft.notes]


def read(sheet: str, row: str, state: str, action: str, phase: str) -> tuple[Case | None, list[str]]:
    """The workbook with one override, and what validation says at its row."""
    key = " / ".join(part for part in (sheet, row, phase) if part)
    case, problems = finish(load(STARTER), "", (*STATES[sheet][state], f"Overrides!{key}.Action={action}"))
    return case, [str(p) for p in problems if p.address.sheet == "Overrides"]


@pytest.mark.parametrize(("sheet", "state"), [(s, state) for s, states in STATES.items() for state in states])
def test_no_override_is_passed_over_in_silence(sheet: str, state: str) -> None:
    plain, problems = finish(load(STARTER), "", STATES[sheet][state])
    assert plain is not None, problems
    before = draft_case(plain)
    seen: set[str] = set()
    for one, row, other, action, value, phase in EVERY:
        if (one, other) != (sheet, state):
            continue
        place = (sheet, row, state, action, value, phase)
        after, said = laid(plain, sheet, row, action, value, phase)
        if any(p.severity == "error" for p in said):
            seen.add("refused")
            continue
        acts = (before.activities, before.switches) != (after.activities, after.switches)
        seen.add("acts" if acts else "noted")
        assert acts or said, place
        assert not (acts and any(p.check == "override-idle" for p in said)), (place, said)
        assert all(p.address.sheet == "Overrides" and p.mend for p in said), (place, said)
    assert "acts" in seen or state == "never possible"


@pytest.mark.parametrize("phase", ["", "P1", "P2", "P3"])
def test_an_open_site_is_not_forbidden_in_silence(phase: str) -> None:
    """The mend is followed literally: afterwards the row acts."""
    case, said = read("Sites", "Border post", "as it is", "forbid", phase)
    assert case is None
    assert "--set 'Sites!Border post.Open at start=no'" in said[0]
    key = " / ".join(part for part in ("Sites", "Border post", phase) if part)
    mended, problems = finish(
        load(STARTER), "", ("Sites!Border post.Open at start=no", f"Overrides!{key}.Action=forbid")
    )
    assert mended is not None, problems
    assert not [p for p in problems if p.address.sheet == "Overrides"]


def test_keeping_an_open_site_names_the_cell_that_keeps_it() -> None:
    case, said = read("Sites", "Border post", "open, may close", "fix", "P2")
    assert case is not None
    assert "It may still be closed" in said[0]
    assert "Sites!O5" in said[0]


def test_a_hand_that_changes_nothing_is_told() -> None:
    case, _ = finish(load(STARTER), "", ())
    assert case is not None
    solved = open_case(case, Options(grid="phases"))
    with pytest.raises(ValueError, match="in force at the start and cannot be forbidden in phase P2"):
        check_hands(solved, [Hand("Sites", "Border post", "forbid", None, "P2")])
    told = check_hands(solved, [Hand("Sites", "Border post", "fix", None, "P2")]).sentence
    assert "changes nothing" in told
