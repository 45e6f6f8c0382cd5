"""Pages Method and Start: definitions, formulas, accessibility, changes; three ways to begin."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from app.views.method import FORMULAS, newest
from planner import __version__
from tests.app.conftest import read_words

Open = Callable[..., AppTest]
LOG = "# Log\n\n## [2]\n\n### Added\n\n- One thing\n  on two lines.\n- Another.\n\n## [1]\n\n- Old.\n"


def test_the_newest_part_of_the_change_log_is_shown_line_by_line() -> None:
    assert newest(LOG) == ["One thing on two lines.", "Another."]
    assert newest("nothing") == []


def test_method_holds_words_formulas_access_and_changes(opened: Open) -> None:
    at = opened("Method")
    assert not at.exception
    said = read_words(at)
    assert [f.value for f in at.get("latex")] or len(at.main.get("latex")) == len(FORMULAS)
    for name, words, formula in FORMULAS:
        assert name in said
        assert words[:40] in said
        assert formula.count("{") == formula.count("}")
    for wanted in ("Continuation", "WCAG 2.2 AA", f"version {__version__}", "Fairness"):
        assert wanted in said, wanted


def test_09_what_the_model_does_not_know_is_said_in_five_lines(opened: Open) -> None:
    from app.views.start import LIMITS

    assert len(LIMITS) == 5
    said = read_words(opened())
    assert all(line in said for line in LIMITS)


def test_start_offers_an_example_an_upload_and_a_link(opened: Open) -> None:
    at = opened()
    assert {"open_blueprint", "open_starter", "go_data"} <= {b.key for b in at.button}
    at.text_input(key="pasted").set_value("http://elsewhere/plan").run()
    assert "This is no link of this app" in read_words(at)
    at.text_input(key="pasted").set_value("http://here/plan?scenario=surge").run()
    assert not at.exception
    assert at.session_state["scenario"] == "surge"
    assert "This is no link" not in read_words(at)
