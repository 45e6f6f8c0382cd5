"""Compare: the session's plans and uploaded plan workbooks beside each other."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from app.session.levers import levers
from app.session.store import Source, Wish, key_of, load_plan, plan_path, source_of
from app.tasks import jobs
from app.views.compare import Side, _compared
from planner.analyses.comparing import columns_of
from planner.plan import Plan
from planner.results.workbook import write_workbook
from planner.workbook import read
from tests.app.conftest import press, read_words, solve

Open = Callable[..., AppTest]


@pytest.fixture(scope="session")
def other(cache: Path, source: Source, solved: Plan) -> tuple[Wish, Plan]:
    """The starter with fewer visas and more hiring."""
    found = {lever.key: lever for lever in levers(read(source.path))}
    wish = Wish(sets=(*found["hiring"].changes(115), *found["places"].changes(80)))
    job = jobs.solve(source, wish)
    job.wait(120)
    assert job.state == "done", job.sentence
    return wish, load_plan(plan_path(key_of(source, wish)))


@pytest.fixture
def compared(opened: Open, other: tuple[Wish, Plan]) -> AppTest:
    """The page with two plans."""
    at = opened("Compare")
    at.slider(key="hiring").set_value(115).run()
    at.run()  # the first answers at once; the page is drawn after it
    at.slider(key="places").set_value(80).run()
    at.run()  # the first answers at once; the page is drawn after it
    solve(at)
    assert not at.exception
    return at


def test_one_plan_alone_says_what_to_do(opened: Open) -> None:
    assert "There is only one plan so far" in read_words(opened("Compare"))


def test_54_changed_inputs_are_listed_old_and_new_with_unit(compared: AppTest) -> None:
    at = compared
    at.multiselect(key="compare_keys").set_value(list(at.session_state["shelf"])).run()
    first = next(iter(at.session_state["shelf"]))
    at.selectbox(key="compare_reference").set_value(first).run()
    assert not at.exception
    said = read_words(at)
    assert "Quota by phase!D7" in said
    tables = [t.value.reset_index() for t in at.main.table]
    changes = next(t for t in tables if "A (old)" in t.columns)
    row = changes[changes["Cell"].str.replace("\\", "") == "Quota by phase!D7"].iloc[0]
    assert (row["A (old)"], row["New"], row["Unit"]) == ("7000", "5600", "people")
    assert set(changes["Changed by"]) == {"lever, scenario or cell at the side"}
    assert len(changes) == 5


def test_53_the_reference_is_switched_and_only_differences_are_shown(compared: AppTest) -> None:
    at = compared
    keys = list(at.session_state["shelf"])
    at.multiselect(key="compare_keys").set_value(keys).run()
    at.selectbox(key="compare_reference").set_value(keys[0]).run()
    one = next(t.value for t in at.main.table if "A (reference)" in t.value.columns)
    at.selectbox(key="compare_reference").set_value(keys[1]).run()
    two = next(t.value for t in at.main.table if "A (reference)" in t.value.columns)
    assert one["A (reference)"].iloc[0] != two["A (reference)"].iloc[0]
    assert "better" in one["B"].iloc[0] or "worse" in one["B"].iloc[0]
    at.toggle(key="compare_only").set_value(False).run()
    assert not at.exception
    every = next(t.value for t in at.main.table if "A (reference)" in t.value.columns)
    assert len(every) >= len(two)


def test_what_is_smaller_than_the_gap_is_no_difference(source: Source, solved: Plan, other: tuple[Wish, Plan]) -> None:
    from dataclasses import replace

    case = read(source.path)
    wide = replace(other[1], gap=0.5)
    sides = [Side("A", "a", solved, case), Side("B", "b", wide, case)]
    found = _compared(("x", "y"), sides)
    assert all(o.same for o in found.outcomes)
    narrow = _compared(("x", "z"), [sides[0], Side("B", "b", other[1], case)])
    assert not all(o.same for o in narrow.outcomes)


def test_what_made_the_difference_adds_up(compared: AppTest, solved: Plan, other: tuple[Wish, Plan]) -> None:
    at = compared
    keys = list(at.session_state["shelf"])
    at.multiselect(key="compare_keys").set_value(keys).run()
    at.selectbox(key="compare_reference").set_value(keys[0]).run()
    press(at, "go_attribution_B", "attribution_B")
    answer = at.session_state["works"]["attribution_B"].answer["attribution"]["B"]
    assert [s["name"] for s in answer["shares"]] == ["Quota by phase (Places)", "Staff (Hiring limit)"]
    whole = (other[1].objective or 0.0) - (solved.objective or 0.0)
    assert sum(s["fair"] for s in answer["shares"]) == pytest.approx(whole, abs=answer["uncertain"] + 1.0)
    assert "What made B differ from A" in read_words(at)


def test_groups_of_changed_inputs_are_sheets_with_their_columns(source: Source, other: tuple[Wish, Plan]) -> None:
    before = read(source.path)
    found = columns_of(before, read(source.path, sets=other[0].sets))
    assert {name: len(rows) for name, rows in found.items()} == {
        "Staff (Hiring limit)": 2,
        "Quota by phase (Places)": 3,
    }


def test_55_a_plan_workbook_of_other_data_is_compared_with_a_warning(
    opened: Open, source: Source, solved: Plan, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(source.path)
    book.properties.title = "another file with the same cells"
    book.save(tmp_path / "mine.xlsx")
    case = read(tmp_path / "mine.xlsx")
    job = jobs.solve(source_of(tmp_path / "mine.xlsx", "mine"), Wish())
    job.wait(120)
    plan = load_plan(plan_path(str(job.answer["key"])))
    assert case.sha256 != read(source.path).sha256
    write_workbook(case, plan, tmp_path / "plan.xlsx")
    at = opened("Compare")
    at.file_uploader(key="plan_book").set_value(("plan.xlsx", (tmp_path / "plan.xlsx").read_bytes(), "")).run()
    assert not at.exception
    said = read_words(at)
    assert "was read" in said
    assert "different data" in said
    assert "is not at hand" in said
    assert "What comes out" in said
    at.run()
    assert not at.exception


def test_a_plan_workbook_of_a_known_workbook_has_its_inputs(
    opened: Open, source: Source, other: tuple[Wish, Plan], tmp_path: Path
) -> None:
    write_workbook(read(source.path, sets=other[0].sets), other[1], tmp_path / "plan.xlsx")
    at = opened("Compare")
    at.file_uploader(key="plan_book").set_value(("plan.xlsx", (tmp_path / "plan.xlsx").read_bytes(), "")).run()
    said = read_words(at)
    assert "is not at hand" not in said
    assert "Quota by phase!D7" in said


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 nothing"])
def test_what_is_no_plan_workbook_is_refused_with_a_sentence(opened: Open, data: bytes) -> None:
    at = opened("Compare")
    at.file_uploader(key="plan_book").set_value(("plan.xlsx", data, "")).run()
    assert not at.exception
    assert at.error


def test_a_case_is_no_plan_workbook(opened: Open, starter: Path) -> None:
    at = opened("Compare")
    at.file_uploader(key="plan_book").set_value(("x.xlsx", starter.read_bytes(), "")).run()
    assert "no plan workbook" in read_words(at)
