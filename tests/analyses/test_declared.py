"""Each analysis is declared once: verb, task, form and manual say what the declaration says."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from planner.analyses import ANALYSES, Analysis
from planner.analyses.declare import Question
from planner.cli import app, declared
from planner.cli.guard import GROUPS, Code
from planner.declaring import Declaration, OptionError, declarations_of, option
from planner.manual import analyses as manual
from planner.manual.docstrings import cell
from planner.wording.figures import typed

ASKED: dict[str, dict[str, Any]] = {
    "compare": {"attribution": True, "by": "column", "gap": 0.01},
    "override": {"fix": ("Sites!X@P2",), "raised": ("Staff!Y=3",), "solve_around": True},
    "explain": {"why": "Sites!X", "until": "leaves:Sites!X.Capacity", "rules": True, "top": 3, "seconds": 5.0},
    "sweep": {"cells": ("Staff!*.In post",), "low": "50%", "high": "150%", "hold": True},
    "packages": {"steps": "-20, +5 %", "accounts": ("a*", "b"), "base": "continuation", "gap": 0.01},
    "goal": {"targets": ("a>=1", "b<=2"), "least": "money"},
    "uncertain": {"inputs": 3, "gap": 0.01},
    "futures": {"reserve": True, "weight": (0.1, 0.5), "shows": ("surge=P3",), "regret": False, "samples": 3},
    "front": {"outcomes": ("a", "b"), "points": 7, "limits": ("a=1..",)},
    "steer": {"improve": ("a",), "free": ("b",), "may_worsen_to": ("c=3",), "proven": False, "ranges": True},
    "weigh": {"order": ("a=2%", "b")},
    "fairness": {"outcome": "a", "across": "group", "need": ("x=3",), "alpha": (0.5,)},
    "equity": {"outcome": "a", "across": "origin", "steps": 3},
    "alternatives": {"within": "300 points", "plans": 3, "seconds": 7.0},
}
"""A question to every analysis, with options of every kind away from their defaults."""
ALL = [(a, d) for a in ANALYSES.values() for d in a.options]
each_option = pytest.mark.parametrize(("analysis", "one"), ALL, ids=[f"{a.name} {d.flag}" for a, d in ALL])
each_analysis = pytest.mark.parametrize("analysis", ANALYSES.values(), ids=list(ANALYSES))


def parameters_of(analysis: Analysis) -> dict[str, Any]:
    """The options of a verb as the command line has them (Any: Typer's classes are private)."""
    command: Any = typer.main.get_command(app)
    return {parameter.name: parameter for parameter in command.commands[analysis.name].params}


def test_every_verb_that_is_an_analysis_is_declared() -> None:
    assert {"compare", *GROUPS["Why, and what if"], *GROUPS["Trade-offs"]} == set(ANALYSES) == set(ASKED)


@each_option
def test_an_option_stands_on_its_verb_with_its_range_and_default(analysis: Analysis, one: Declaration) -> None:
    parameter = parameters_of(analysis)[one.name]
    assert [*parameter.opts, *parameter.secondary_opts] == one.flag.split("/")
    assert parameter.help == one.sentence
    assert parameter.required == one.needed
    assert parameter.default == (None if one.needed or one.many else one.default)
    assert (parameter.min, parameter.max) == (one.low, one.high)


@each_option
def test_an_option_stands_in_the_manual_with_its_range_and_default(analysis: Analysis, one: Declaration) -> None:
    section = manual.page().split(f"{{ #{analysis.name} }}", 1)[1].split("\n## ", 1)[0]
    start = f"| `{one.flag}{' …' if one.many else ''}` |"
    (line,) = [line for line in section.splitlines() if line.startswith(start)]
    assert cell(one.sentence) in line
    assert one.range in line
    wanted = "**required**" if one.needed else manual.default_in_words(one.default)
    assert f"| {wanted} |" in line


@each_option
def test_a_value_outside_its_range_is_refused_with_flag_and_range(analysis: Analysis, one: Declaration) -> None:
    known = ASKED[analysis.name]

    def refused(value: Any) -> str:
        with pytest.raises(OptionError) as caught:
            analysis.question(**known | {one.name: (value,) if one.many else value})
        return str(caught.value)

    wrong: list[tuple[Any, str]] = [(object(), "must be")]
    wrong += [(one.kind(one.low - 1), f"at least {typed(one.low)}")] if one.low is not None else []
    wrong += [(one.kind(one.high + 1), f"at most {typed(one.high)}")] if one.high is not None else []
    wrong += [("nothing of these", ", ".join(one.choices))] if one.choices else []
    for value, said in wrong:
        sentence = refused(value)
        assert one.flag in sentence
        assert said in sentence


@each_analysis
def test_a_question_is_plain_data_and_can_be_asked_again_elsewhere(analysis: Analysis) -> None:
    asked = analysis.question(**ASKED[analysis.name])
    again = analysis.question(**json.loads(json.dumps(asked.to_json())))
    assert again == asked
    assert asked.options("phases").grid == "phases"


@each_analysis
def test_the_words_of_a_question_ask_the_same(analysis: Analysis, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Question] = []
    monkeypatch.setattr(declared, "carry_out", lambda _, asked: heard.append(asked.question) or Code.DONE)
    asked = analysis.question(**ASKED[analysis.name])
    result = CliRunner().invoke(app, [analysis.name, "starter", *asked.words()])
    assert result.exit_code == 0, result.output
    assert heard == [asked]


def test_declarations_load_nothing_heavy() -> None:
    code = "import sys, planner.analyses; print([m for m in ('numpy', 'pandas', 'pyomo', 'highspy', 'openpyxl', 'typer') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_defaults_and_choices_are_those_of_the_functions() -> None:
    import inspect
    from typing import get_args

    from planner.explain.sensitivity import one_at_a_time
    from planner.futures import try_out
    from planner.futures.branching import Common
    from planner.tradeoffs.divisions import ACROSS
    from planner.tradeoffs.equity import equity
    from planner.tradeoffs.near_optimal.alternatives import TOO_MANY, alternatives
    from planner.tradeoffs.steering import KINDS
    from planner.tradeoffs.sweeping.sweeps import sweep

    pairs = [("uncertain", one_at_a_time, ("inputs", "searched")), ("sweep", sweep, ("points", "nested")),
             ("alternatives", alternatives, ("within", "plans", "seconds")), ("equity", equity, ("steps",)),
             ("futures", try_out, ("seed",))]  # fmt: skip
    for name, function, options in pairs:
        for one in options:
            assert ANALYSES[name].option(one).default == inspect.signature(function).parameters[one].default, (
                name,
                one,
            )
    assert ANALYSES["equity"].option("across").choices == ACROSS
    assert ANALYSES["futures"].option("common").choices == get_args(Common)
    assert ANALYSES["alternatives"].option("plans").high == TOO_MANY
    from planner.analyses.steering import FIELDS

    assert tuple(FIELDS) == KINDS


def test_an_option_may_be_needed_and_may_be_given_so_many_times_only() -> None:
    @dataclasses.dataclass(frozen=True)
    class Asked(Question):
        names: tuple[str, ...] = option((), "Names.", each=str, needed=True, most=2)

    assert [d.flag for d in declarations_of(Asked)] == ["--names"]
    with pytest.raises(OptionError, match="--names is missing"):
        Asked()
    with pytest.raises(OptionError, match="--names may be given 2 times at most, not 3 times"):
        Asked(("a", "b", "c"))


WIDGETS = ("selectbox", "toggle", "text_area", "text_input", "number_input")


@pytest.fixture(scope="module")
def drawn() -> dict[str, Any]:
    """Every field of every form of the app by its key."""
    testing = pytest.importorskip("streamlit.testing.v1", reason="the app's packages are not installed")

    def page() -> None:
        from app.shell import forms
        from planner.analyses import ANALYSES

        for analysis in ANALYSES.values():
            for one in analysis.options:
                if not one.of_run:
                    forms.field(analysis, one.name)

    at = testing.AppTest.from_function(page, default_timeout=300).run()
    assert not at.exception
    return {widget.key: widget for kind in WIDGETS for widget in getattr(at, kind)}


@each_option
def test_an_option_stands_in_the_form_with_its_range_and_default(
    drawn: dict[str, Any], analysis: Analysis, one: Declaration
) -> None:
    key = f"{analysis.name}_{one.name}"
    if one.of_run:
        assert key not in drawn
        return
    field = drawn[key]
    assert field.label == one.title
    assert field.help
    assert field.value == ("\n".join(map(str, one.default)) if one.many else one.default)
    if one.choices:
        assert tuple(field.options) == one.choices
    elif one.kind in (int, float) and not one.many:
        assert (field.min, field.max) == (one.low, one.high if one.high is not None else field.max)


def test_what_a_form_says_becomes_the_question_or_a_sentence() -> None:
    testing = pytest.importorskip("streamlit.testing.v1", reason="the app's packages are not installed")

    def page() -> None:
        import streamlit as st

        from app.shell import forms
        from planner.analyses.fronts import FRONT

        asked = forms.question(FRONT, outcomes=("a", "b"))
        st.markdown("nothing" if asked is None else " ".join(asked.words()))

    at = testing.AppTest.from_function(page, default_timeout=300).run()
    assert at.markdown[-1].value == "--outcome a --outcome b"
    at.number_input(key="front_points").set_value(20)
    at.text_area(key="front_limits").set_value("a=1..3\n\n b=..4 ").run()
    assert at.markdown[-1].value == "--outcome a --outcome b --points 20 --limit a=1..3 --limit b=..4"
    at.text_area(key="front_limits").set_value("a").run()
    assert "--limit 'a' is no range" in at.error[0].value
    assert at.markdown[-1].value == "nothing"
