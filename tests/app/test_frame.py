"""The frame: levers with exact values, undo and redo, holds, links, and what is refused."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.session.settings import Settings, of_wish
from app.session.store import Source, Wish, source_of
from app.shell import progress
from app.tasks import jobs
from planner.explain.holds import hold_country
from planner.plan import Plan
from planner.workbook import read
from tests.app.conftest import read_words, solve, words

Open = Callable[..., AppTest]


def side(at: AppTest) -> str:
    """What is said at the side."""
    return "\n".join(str(m.value) for m in at.sidebar.markdown)


def link(at: AppTest) -> dict[str, list[str]]:
    """The link at the side, taken apart."""
    return parse_qs(at.sidebar.code[0].value.partition("?")[2])


def follow(opened: Open, at: AppTest, name: str = "Start") -> AppTest:
    """Open the link in another tab."""
    return opened(name, **{key: values if len(values) > 1 else values[0] for key, values in link(at).items()})


def test_12_a_box_sets_the_exact_value_in_the_levers_unit(opened: Open) -> None:
    at = opened()
    at.number_input(key="funds_exact").set_value(77.4).run()
    assert at.slider(key="funds").value == pytest.approx(90.0)
    assert "--set 'Appropriations!*.Amount=*0.9'" in at.sidebar.code[-1].value
    assert at.number_input(key="funds_exact").value is None  # it takes a value and shows none: the lever does
    assert "86 → **77.4** USD million" in side(at)


@pytest.mark.parametrize("value", [-50.0, 20.0, 500.0])
def test_15_a_value_out_of_range_is_refused_with_range_and_reason(opened: Open, value: float) -> None:
    at = opened()
    at.number_input(key="funds_exact").set_value(value).run()
    (refused,) = at.sidebar.error
    assert "was not taken over" in refused.value
    assert "43 to 129 USD million" in refused.value
    assert "no source" in refused.value
    assert at.slider(key="funds").value == 100.0
    assert at.number_input(key="funds_exact").value is None
    at.slider(key="funds").set_value(90.0).run()
    assert not at.sidebar.error


def test_13_reset_returns_every_lever_and_changes_are_marked_and_counted(opened: Open) -> None:
    at = opened()
    at.slider(key="funds").set_value(90.0).run()
    at.slider(key="arrivals").set_value(120.0).run()
    assert "2 of 5 levers changed" in side(at)
    assert side(at).count("badge[changed]") == 2
    at.button(key="reset").click().run()
    assert "No lever changed" in side(at)
    assert "badge[changed]" not in side(at)
    assert at.slider(key="funds").value == at.slider(key="arrivals").value == 100.0


def test_a_plan_found_while_an_answer_is_drawn_is_still_taken_over(
    starter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The frame goes on watching a search that has ended with a plan; one that was cancelled is not asked again."""
    source, wish = source_of(starter, "starter"), Wish(sets=("Arrivals!waiting at the border / P1.Arrivals=6543",))
    search = jobs.solve(source, wish)
    monkeypatch.setattr(st, "session_state", {"job": search, "job_wish": wish})
    search.wait(90)
    assert search.found
    assert progress._failed_wish() is None
    cancelled = jobs.solve(source, Wish(sets=("Arrivals!waiting at the border / P1.Arrivals=6544",)))
    cancelled.discard()
    cancelled.wait(30)
    monkeypatch.setattr(st, "session_state", {"job": cancelled, "job_wish": wish})
    assert progress._failed_wish() == wish


def test_20_a_folded_group_says_how_many_are_changed(opened: Open) -> None:
    at = opened()
    at.slider(key="hiring").set_value(70.0).run()
    labels = [e.label for e in at.sidebar.expander]
    assert "Officers and staff · 1 changed" in labels
    assert "Money" in labels


def test_14_the_last_change_is_undone_and_done_again(opened: Open) -> None:
    at = opened()
    assert at.button(key="undo").disabled
    at.slider(key="funds").set_value(90.0).run()
    at.selectbox(key="scenario").set_value("surge").run()
    at.slider(key="places").set_value(60.0).run()
    at.button(key="undo").click().run()
    assert (at.slider(key="funds").value, at.slider(key="places").value) == (90.0, 100.0)
    assert at.selectbox(key="scenario").value == "surge"
    at.button(key="undo").click().run()
    at.button(key="undo").click().run()
    assert at.slider(key="funds").value == 100.0
    assert at.selectbox(key="scenario").value == "as the workbook says"
    assert at.button(key="undo").disabled
    for _ in range(3):
        at.button(key="redo").click().run()
    assert (at.slider(key="funds").value, at.slider(key="places").value) == (90.0, 60.0)
    assert at.button(key="redo").disabled
    at.button(key="undo").click().run()
    at.slider(key="hiring").set_value(70.0).run()
    assert at.button(key="redo").disabled
    assert not at.exception


def test_16_levers_keep_their_value_on_every_other_page(opened: Open) -> None:
    at = opened()
    at.slider(key="funds").set_value(85.0).run()
    for name in ("Data", "Plan", "Method", "Start"):
        at = follow(opened, at, name)
        assert at.slider(key="funds").value == 85.0, name
        assert at.query_params["funds"] in ("85.0", ["85.0"])


def test_80_a_link_restores_scenario_levers_and_cells(opened: Open, solved: Plan, source: Source) -> None:
    at = opened()
    at.slider(key="funds").set_value(95.0).run()
    at.selectbox(key="scenario").set_value("surge").run()
    at.multiselect(key="held").set_value(["Southland"]).run()
    assert "1 held" in " ".join(e.label for e in at.sidebar.expander)
    other = follow(opened, at)
    assert other.slider(key="funds").value == 95.0
    assert other.selectbox(key="scenario").value == "surge"
    assert other.session_state["extra"] == hold_country(read(source.path), solved, "Southland")
    assert other.sidebar.code[-1].value == at.sidebar.code[-1].value


def test_18_a_hold_is_undone_and_released(opened: Open) -> None:
    at = opened()
    at.multiselect(key="held").set_value(["Northland", "Southland"]).run()
    assert len(at.session_state["extra"]) == 6
    at.multiselect(key="held").set_value(["Southland"]).run()
    assert {c.split(" in ")[0] for c in at.session_state["extra"]} == {"Rules!money for Southland"}
    at.button(key="undo").click().run()
    assert len(at.session_state["extra"]) == 6
    at.button(key="reset").click().run()
    assert at.multiselect(key="held").value == []


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"funds": "99999"}, "is not possible for 'All appropriations"),
        ({"funds": "<script>alert(1)</script>"}, "is not possible for"),
        ({"scenario": "nonsense"}, "There is no scenario 'nonsense'"),
        ({"grid": "hours"}, "is not known for 'grid'"),
        ({"gap": "-1"}, "is not known for 'gap'"),
        ({"set": "Nowhere!x.y=1"}, "cannot be made here"),
        ({"set": "Rules!money for Southland in P1.Value=abc"}, "cannot be made here"),
    ],
)
def test_81_a_tampered_link_falls_back_with_a_notice(opened: Open, query: dict[str, str], told: str) -> None:
    at = opened(**query)
    assert not at.exception
    assert not at.error
    assert told in read_words(at)
    assert at.slider(key="funds").value == 100.0
    assert at.selectbox(key="scenario").value == "as the workbook says"
    assert at.session_state["shown"].wish == Wish()
    at.button(key="understood").click().run()
    assert told not in read_words(at)


def test_82_a_link_to_an_upload_says_which_data_are_needed_and_waits_for_them(opened: Open, source: Source) -> None:
    at = opened("Data", data="0123456789abcdef", funds="85.0")
    assert "fingerprint 0123456789abcdef, which is not here" in read_words(at)
    assert at.slider(key="funds").value == 100.0
    at = opened("Data", data=source.sha256[:16], funds="85.0")
    assert "not here" not in words(at)
    assert at.slider(key="funds").value == 85.0


def test_82_the_upload_that_a_link_waits_for_stands_as_the_link_says(
    opened: Open, starter: Path, tmp_path: Path
) -> None:
    data = starter.read_bytes() + b"\0"  # another fingerprint, the same workbook
    at = opened("Data", data=hashlib.sha256(data).hexdigest()[:16], funds="85.0")
    at.file_uploader(key="upload").set_value(("mine.xlsx", data, "")).run()
    next(button for button in at.button if button.label.startswith("Use this workbook")).click().run()
    assert not at.exception
    assert at.slider(key="funds").value == 85.0


def test_08_the_footer_names_app_model_data_and_solver(opened: Open, source: Source) -> None:
    said = opened("Method").main.markdown[-1].value
    for word in ("Planner ", "model ", "solver HiGHS ", source.sha256[:10]):
        assert word in said


def test_17_there_and_back_again_is_the_identical_plan(opened: Open) -> None:
    at = opened()
    first = at.session_state["shown"]
    at.slider(key="places").set_value(60.0).run()
    solve(at)
    assert at.session_state["shown"] != first
    at.slider(key="places").set_value(100.0).run()
    solve(at)
    assert at.session_state["shown"] == first


def test_settings_and_wishes_tell_the_same(source: Source) -> None:
    from app.session.levers import levers

    known = levers(read(source.path))
    settings = Settings("surge", "default", 0.05, (("funds", 85.0), ("places", 120.0)), ("Settings!x.Value=1",))
    assert of_wish(settings.wish(known), known) == settings
    assert of_wish(Wish(), known) == Settings()
