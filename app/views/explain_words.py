"""How the figures of an explanation are put into words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.charts.widgets import plain
from app.shell import state
from app.tasks import questions
from planner.analyses.explaining import EXPLAIN, ExplainQuestion
from planner.case import Case
from planner.sheets import Outcomes
from planner.wording.figures import figure, signed
from planner.wording.lists import in_a_row

TOP = 15
"""Limits whose price is examined and confirmed."""


def asks(shown: state.Shown, **said: Any) -> questions.Question:
    """What is to be explained of the plan on the screen."""
    wanted = ExplainQuestion(gap=shown.wish.gap, top=TOP, **said)
    return questions.asks(EXPLAIN, wanted, shown.source, shown.wish, shown.key)


class Better:
    """Which way each outcome of a case is better."""

    def __init__(self, case: Case) -> None:
        """Read the sheet Outcomes."""
        self.more = {row.outcome: row.better == "more" for row in case.of(Outcomes)}

    def better(self, outcome: str, difference: float) -> bool:
        """Whether a difference is for the better."""
        return (difference > 0.0) == self.more.get(outcome, True)


def effects_words(effects: Sequence[Sequence[Any]], better: Better, *, marks: bool = True, most: int = 4) -> str:
    """'Better: safe years +191 person-years. Worse: ...', the largest by share of what is listed."""
    effects = [e for e in effects if signed(e[2]) != "0"]
    good = [e for e in effects if better.better(e[0], e[2])]
    bad = [e for e in effects if not better.better(e[0], e[2])]
    said = []
    for head, some in (("Better", good), ("Worse", bad)):
        if some:
            text = in_a_row((f"{name} {signed(value)} {unit}" for name, unit, value in some), most, between="; ") + "."
            said.append(f"**{head}:** {plain(text)}" if marks else f"{head}: {text}")
    return " ".join(said)


def one_more(price: Mapping[str, Any], *, short: bool = False) -> str:
    """What one more is of: 'One more asylum officer at the border'."""
    words = str(price["words"]).replace(", pay aside", "" if short else " (pay not counted)")
    if short:
        for start in ("one more of ", "one more ", "one "):
            words = words.removeprefix(start)
    return words[:1].upper() + words[1:]


def holds_words(price: Mapping[str, Any]) -> str:
    """Between which values of the number the price holds, and what binds beyond."""
    low, high, now = price["low"], price["high"], price["value"]
    if not price["unique"]:
        return f"only at {figure(now)}, where several limits bind"
    if low is None and high is None:
        return f"whatever the number is (now {figure(now)})"
    if low is not None and high is not None:
        said = f"from {figure(low)} to {figure(high)}"
    else:
        said = f"from {figure(low)} up" if low is not None else f"up to {figure(high)}"
    after = f"; then {price['after']}" if price["after"] and high is not None else ""
    return f"{said} (now {figure(now)}){after}"
