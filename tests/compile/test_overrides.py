"""Sheets Overrides and Previous plan."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.network import Activity, Previous, Steps, Switch, value_at
from planner.case import Case
from planner.case.problems import InvalidCaseError
from planner.compile.draft import Draft
from planner.compile.overrides import compile_overrides, compile_previous, restrict
from planner.sheets.changes import Overrides, PreviousPlan
from planner.sheets.declare import Row
from planner.sheets.frame import Time

FRAME: tuple[Row, ...] = (
    Time(phase="P1", starts=date(2021, 1, 1), ends=date(2021, 4, 10)),
    Time(phase="P2", starts=date(2021, 4, 11), ends=date(2021, 7, 19)),
    Time(phase="P3", starts=date(2021, 7, 20), ends=date(2021, 12, 31)),
)
STAGE = Activity("stage:interview", "people", lower=((0.0, 20.0),), upper=((0.0, 300.0),))
REFORM = Switch("reform:law", windows=((50.0, 364.0),), dates="period")


def draft_of(*rows: Row) -> Draft:
    kinds = dict.fromkeys(type(row) for row in (*FRAME, *rows))
    draft = Draft(Case(rows={kind: tuple(r for r in (*FRAME, *rows) if type(r) is kind) for kind in kinds}))
    draft.activity(STAGE)
    draft.activity(Activity("hire:officer / El Paso", "hires"))
    draft.switch(REFORM)
    draft.switch(replace(REFORM, id="reform:old", already=True))
    return draft


def compiled(*rows: Row) -> Draft:
    draft = draft_of(*rows)
    compile_overrides(draft)
    return draft


def override(
    action: str, value: float | None = None, phase: str = "", sheet: str = "Pipelines", row: str = "interview"
) -> Overrides:
    return Overrides(sheet=sheet, row=row, phase=phase, action=action, value=value)


def test_restrict_changes_a_stretch_and_restores_what_held() -> None:
    assert restrict(((0.0, 5.0),), 10.0, 20.0, 1.0, "set") == ((0.0, 5.0), (10.0, 1.0), (20.0, 5.0))
    assert restrict(((0.0, 5.0), (15.0, 0.5)), 10.0, 20.0, 1.0, "lower") == ((0.0, 5.0), (10.0, 1.0), (15.0, 0.5))
    assert restrict(((0.0, 5.0), (15.0, 0.5)), 10.0, 20.0, 1.0, "raise") == ((0.0, 5.0), (15.0, 1.0), (20.0, 0.5))
    assert restrict((), 10.0, 20.0, 1.0, "lower") == ((10.0, 1.0), (20.0, math.inf))
    assert restrict(((0.0, 5.0),), 10.0, 10.0, 1.0, "set") == ((0.0, 5.0),)


LEVELS = st.integers(0, 4).map(float)
STEPS = st.dictionaries(st.integers(0, 12).map(float), LEVELS, max_size=4).map(lambda d: tuple(sorted(d.items())))


@given(steps=STEPS, begin=st.integers(0, 12), length=st.integers(1, 8), value=LEVELS)
@pytest.mark.parametrize("how", ["set", "lower", "raise"])
def test_restrict_is_right_on_every_day(steps: Steps, begin: int, length: int, value: float, how: str) -> None:
    found = restrict(steps, float(begin), float(begin + length), value, how)  # type: ignore[arg-type]
    assert list(found) == sorted(found)
    for half_days in range(50):
        day = half_days / 2.0
        before, now = value_at(steps, day), value_at(found, day)
        if not begin <= day < begin + length:
            assert (math.inf if now is None else now) == (math.inf if before is None else before)
        elif how == "set" or before is None:
            assert now == value
        else:
            assert now == (min if how == "lower" else max)(before, value)


def test_fix_sets_both_limits_in_one_phase() -> None:
    activity = compiled(override("fix", 100.0, "P2")).activities["stage:interview"]
    assert activity.lower == ((0.0, 20.0), (100.0, 100.0), (200.0, 20.0))
    assert activity.upper == ((0.0, 300.0), (100.0, 100.0), (200.0, 300.0))


def test_forbid_everywhere_takes_the_floor_away_too() -> None:
    activity = compiled(override("forbid")).activities["stage:interview"]
    assert value_at(activity.upper, 0.0) == value_at(activity.upper, 364.0) == 0.0
    assert value_at(activity.lower, 0.0) == value_at(activity.lower, 364.0) == 0.0


def test_at_least_and_at_most_only_tighten_and_add_up() -> None:
    rows = (override("at least", 50.0, "P1"), override("at most", 200.0), override("at most", 500.0, "P3"))
    activity = compiled(*rows).activities["stage:interview"]
    assert [value_at(activity.lower, day) for day in (0.0, 100.0, 300.0)] == [50.0, 20.0, 20.0]
    assert [value_at(activity.upper, day) for day in (0.0, 100.0, 300.0)] == [200.0, 200.0, 200.0]


def test_hires_are_decided_on_sheet_staff() -> None:
    activity = compiled(override("fix", 12.0, "P3", "Staff", "officer / El Paso")).activities["hire:officer / El Paso"]
    assert activity.upper == ((200.0, 12.0), (365.0, math.inf))
    assert activity.lower == ((0.0, 0.0), (200.0, 12.0), (365.0, 0.0))


def test_fix_a_reform_in_a_phase_or_at_some_time() -> None:
    switch = compiled(override("fix", None, "P1", "Reforms", "law")).switches["reform:law"]
    assert (switch.windows, switch.must) == (((50.0, 99.0),), True)
    switch = compiled(override("fix", None, "", "Reforms", "law")).switches["reform:law"]
    assert (switch.windows, switch.must) == (REFORM.windows, True)


def test_forbid_a_reform_in_a_phase_or_altogether() -> None:
    switch = compiled(override("forbid", None, "P2", "Reforms", "law")).switches["reform:law"]
    assert (switch.windows, switch.must) == (((50.0, 99.0), (200.0, 364.0)), False)
    assert compiled(override("forbid", None, "", "Reforms", "law")).switches["reform:law"].windows == ()


@pytest.mark.parametrize(
    ("row", "check"),
    [
        (override("fix", 1.0, "", "Funding", "x"), "override-sheet"),
        (override("fix", 1.0, "", "Pipelines", "x"), "override-row"),
        (override("fix"), "override-value"),
        (override("at most", 1.0, "", "Reforms", "law"), "override-action"),
        (override("forbid", None, "", "Reforms", "old"), "override-in-force"),
    ],
)
def test_what_cannot_be_laid_is_refused(row: Overrides, check: str) -> None:
    with pytest.raises(InvalidCaseError) as caught:
        compiled(row)
    assert [p.check for p in caught.value.problems] == [check]


def test_two_phases_cannot_both_be_fixed() -> None:
    rows = (override("fix", None, "P1", "Reforms", "law"), override("fix", None, "P2", "Reforms", "law"))
    with pytest.raises(InvalidCaseError, match="leaves no day"):
        compiled(*rows)


@pytest.mark.parametrize(
    "row", [override("forbid", None, "", "Staff", "nobody / here"), override("fix", None, "P1", "Reforms", "old")]
)
def test_what_is_so_anyway_changes_nothing(row: Overrides) -> None:
    draft = compiled(row)
    assert draft.activities["stage:interview"] == STAGE
    assert draft.switches["reform:law"] == REFORM


def test_previous_levels_stand_over_the_days_of_their_phase() -> None:
    draft = draft_of(
        PreviousPlan(sheet="Pipelines", row="interview", phase="P2", level=77.0),
        PreviousPlan(sheet="Pipelines", row="dropped", phase="P2", level=5.0),
    )
    compile_previous(draft)
    assert draft.previous == [Previous("stage:interview", 100.0, 200.0, 77.0)]
