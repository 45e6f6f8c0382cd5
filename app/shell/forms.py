"""Fields of a form, made from the declaration of an analysis: their ranges, defaults and help stand there alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from app.charts.widgets import plain
from planner.analyses.declare import Analysis, Question
from planner.declaring import Declaration, OptionError


def key_of(analysis: Analysis, name: str, usual: Any = None) -> str:
    """Name of a field in the state of the tab."""
    return f"{analysis.name}_{name}" + ("" if usual is None else f"_{usual}")


def field(
    analysis: Analysis, name: str, place: Any = st, *, label: str = "", usual: Any = None,
    words: Callable[[Any], str] = str,
) -> Any:  # fmt: skip
    """Draw the field of one option at a place of the page and return what it says.

    `label` stands beside it instead of the declared one, `words` say its choices; `usual` is what it begins with where
    the page has a better guess than the declared default.
    """
    declared = analysis.option(name)
    default = declared.default if usual is None else usual
    shown = {"label": label or declared.title, "key": key_of(analysis, name, usual), "help": plain(declared.sentence)}
    if declared.choices:
        return place.selectbox(
            options=declared.choices, index=declared.choices.index(default), format_func=words, **shown
        )
    if declared.kind is bool:
        return place.toggle(value=default, **shown)
    if declared.many:
        text = place.text_area(value="\n".join(map(str, default)), placeholder=_form(declared), height=80, **shown)
        return _lines(text, declared)
    if declared.kind is str:
        return place.text_input(value=default, placeholder=_form(declared), **shown)
    low, high = (None if end is None else declared.kind(end) for end in (declared.low, declared.high))
    return place.number_input(
        min_value=low, max_value=high, value=default, step=1 if declared.kind is int else 0.05, **shown
    )


def question(analysis: Analysis, *, usual: Mapping[str, Any] | None = None, **said: Any) -> Question | None:
    """The question that a page asks: what it `said` itself, and what stands in the fields of all other options.

    Those are drawn folded away. None, and the reason on the page, where what they say cannot be asked.
    """
    rest = [d.name for d in analysis.options if d.name not in said and not d.of_run]
    found = dict(said)
    if rest:
        with st.expander("More settings"):
            for name in rest:
                found[name] = field(analysis, name, usual=(usual or {}).get(name))
    try:
        return analysis.question(**found)
    except OptionError as error:
        st.error(plain(str(error)), icon=":material/block:")
        return None


def _form(declared: Declaration) -> str:
    """How a text is written, to be shown while nothing stands there."""
    form = (declared.metavar or "").strip("'")
    return f"{form}, one a line" if form and declared.many else form


def _lines(text: str | None, declared: Declaration) -> tuple[Any, ...]:
    """The values of a field with one a line; what is no number is left to the declaration to refuse."""
    lines = [line.strip() for line in (text or "").splitlines() if line.strip()]
    if declared.kind is str:
        return tuple(lines)
    found: list[Any] = []
    for line in lines:
        try:
            found.append(declared.kind(line))
        except ValueError:
            found.append(line)
    return tuple(found)
