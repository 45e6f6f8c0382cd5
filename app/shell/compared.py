"""What the plan on the screen is compared with: current policy and doing nothing, as whole plans."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from app.charts.widgets import POLICY
from app.shell import state
from app.tasks import questions
from planner.case import Case
from planner.plan import Plan
from planner.results.summary import NOTHING_MEANS

NOTHING_WORDS = (
    "**Current policy** here means doing nothing, since this workbook names no earlier plan to compare with. "
    f"{NOTHING_MEANS}"
)
PREVIOUS_WORDS = (
    "**Current policy** here means the plan on sheet Previous plan, as near to it as today's workbook allows. "
    f"{NOTHING_MEANS}"
)


@dataclass(frozen=True)
class Compared:
    """The comparisons of a plan: `policy` is the plan before where there is one, else doing nothing."""

    policy: Plan | None = None
    nothing: Plan | None = None

    @property
    def two(self) -> bool:
        """Whether current policy is something else than doing nothing."""
        return self.policy is not None and self.policy is not self.nothing

    @property
    def words(self) -> str:
        """What current policy means here."""
        return PREVIOUS_WORDS if self.two else NOTHING_WORDS

    def both(self) -> list[tuple[str, Plan]]:
        """Every comparison with its name."""
        found = [(POLICY, self.policy)] if self.policy is not None else []
        found += [("Doing nothing", self.nothing)] if self.two and self.nothing is not None else []
        return found


def compared(shown: state.Shown) -> Compared:
    """The comparisons of the plan shown; empty while they are worked out, which is drawn where this is called."""
    if shown.instead is not None or not state.kept(shown.key):  # a first answer is replaced before this is known
        return Compared()
    found = questions.follow("baselines", questions.question("baselines", shown.source, shown.wish, shown.key))
    if found.answer is None or not found.current:
        return Compared()
    keys = {name: str(found.answer.get(name) or "") for name in ("nothing", "previous")}
    plans = {name: state.plan_at(key) for name, key in keys.items() if key and state.kept(key)}
    nothing = plans.get("nothing")
    return Compared(plans.get("previous", nothing), nothing)


def headline_policy(plan: Plan) -> tuple[str, dict[str, float]]:
    """Outcomes of current policy that come with the plan itself, and what they are of."""
    if plan.previous:
        return "the plan before", dict(plan.previous)
    return "doing nothing new", dict(plan.doing_nothing)


def beside(frame: pd.DataFrame, key: str, other: pd.DataFrame | None, value: str) -> pd.DataFrame:
    """Add a column with what current policy gives to each row of a table."""
    if other is None:
        return frame
    known = dict(zip(other[key], other[value], strict=True))
    return frame.assign(**{POLICY: frame[key].map(known).astype(float).fillna(0.0)})


def of_policy(case: Case, found: Compared, view: Callable[[Case, Plan], pd.DataFrame]) -> pd.DataFrame | None:
    """A view of current policy, None while there is none."""
    return view(case, found.policy) if found.policy is not None else None


def say(found: Compared) -> None:
    """Say once on a page what current policy means."""
    if found.policy is not None:
        st.markdown(f":small[{found.words}]")
