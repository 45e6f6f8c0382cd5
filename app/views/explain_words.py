"""How the figures of an explanation are put into words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.charts.widgets import change, figure, plain
from planner.case import Case
from planner.sheets import Outcomes


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
    effects = [e for e in effects if change(e[2]) != change(0.0)]
    good = [e for e in effects if better.better(e[0], e[2])]
    bad = [e for e in effects if not better.better(e[0], e[2])]
    said = []
    for head, some in (("Better", good), ("Worse", bad)):
        if some:
            listed = "; ".join(f"{name} {change(value)} {unit}" for name, unit, value in some[:most])
            more = f" and {len(some) - most} more" if len(some) > most else ""
            text = f"{listed}{more}."
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
