"""What the plan on the screen is compared with: what goes on without it, and doing nothing, as whole plans."""

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
from planner.results.going_on import CONTINUATION_IS_NOTHING, CONTINUATION_MEANS
from planner.results.summary import NOTHING_MEANS, against

NOTHING_WORDS = f"{CONTINUATION_IS_NOTHING} {NOTHING_MEANS}"
GOING_WORDS = f"{CONTINUATION_MEANS} {NOTHING_MEANS}"


@dataclass(frozen=True)
class Compared:
    """The comparisons of a plan: `policy` is what goes on without it, doing nothing where nothing is said to."""

    policy: Plan | None = None
    nothing: Plan | None = None

    @property
    def two(self) -> bool:
        """Whether something goes on, so that continuation is not doing nothing."""
        return self.policy is not None and self.policy is not self.nothing

    @property
    def words(self) -> str:
        """What continuation means here."""
        return GOING_WORDS if self.two else NOTHING_WORDS

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
    keys = {name: str(found.answer.get(name) or "") for name in ("nothing", "continuation")}
    plans = {name: state.plan_at(key) for name, key in keys.items() if key and state.kept(key)}
    nothing = plans.get("nothing")
    return Compared(plans.get("continuation", nothing), nothing)


def headline_policy(plan: Plan) -> tuple[str, dict[str, float]]:
    """Outcomes that a plan is compared with and that come with it, and what they are of."""
    return against(plan), dict(plan.compared_with)


def beside(frame: pd.DataFrame, key: str, other: pd.DataFrame | None, value: str) -> pd.DataFrame:
    """Add a column with what the continuation gives to each row of a table."""
    if other is None:
        return frame
    known = dict(zip(other[key], other[value], strict=True))
    return frame.assign(**{POLICY: frame[key].map(known).astype(float).fillna(0.0)})


def of_policy(case: Case, found: Compared, view: Callable[[Case, Plan], pd.DataFrame]) -> pd.DataFrame | None:
    """A view of the continuation, None while there is none."""
    return view(case, found.policy) if found.policy is not None else None


def say(found: Compared) -> None:
    """Say once on a page what continuation means."""
    if found.policy is not None:
        st.markdown(f":small[{found.words}]")
