"""Options of equal merit: what all plans near the best share, what is a free choice, and plans that differ most.

Modelling to generate alternatives (Brill, Chang & Hopkins 1982, Management Science 28; DeCarolis 2011, Energy Economics
33) in two parts: the least and the most of every choice over the set of plans within a stated distance of the best, and
a few plans of the set chosen to lie far apart. "Must" and "never" are proven by bounds; where bounds do not decide, it
is called not settled.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from models.matrix import Floats
from planner.case import Case
from planner.plan import Plan, Status
from planner.run.stops import Stop
from planner.solve import prepare, search
from planner.solver.runs import Given, RunContext
from planner.tradeoffs.errors import TradeoffError
from planner.tradeoffs.near_optimal.different import Chosen, choose, plan_of_choice
from planner.tradeoffs.near_optimal.near_optimal_set import Decision, NearOptimalSet, Tolerance, decisions_of
from planner.tradeoffs.near_optimal.reasons import pairs_of, reason
from planner.tradeoffs.near_optimal.survey import RangeSurvey
from planner.wording.data import picked
from planner.wording.figures import figure, within
from planner.wording.lists import listed
from planner.wording.units import plural

Verdict = Literal["must have", "free choice", "must avoid", "not settled"]
VERDICTS: tuple[Verdict, ...] = ("must have", "free choice", "must avoid", "not settled")
TOO_MANY = 200
"""Plans that differ most are listed up to this number: more could not be told apart."""

VERBS = {
    "open": "open", "close": "close", "reform": "take", "programme": "run", "visa": "issue", "hire": "hire",
    "deploy": "lend", "transfer": "transfer", "raw": "do",
}  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """One row over all plans of equal merit.

    `least` and `most` are the smallest and the largest amount in a plan that was found (0 and 1 for yes or no);
    `proven_least` and `proven_most` are what no plan can pass. `settled` tells whether both ends are proven.
    """

    sheet: str
    row: str
    cell: str
    kind: str
    unit: str
    verdict: Verdict
    in_best: float
    least: float
    most: float
    proven_least: float
    proven_most: float
    settled: bool
    reason: str
    sentence: str


@dataclass(frozen=True)
class Alternative:
    """One plan of the set. `short` are points less than the best; `distance` that to the nearest plan before it.

    `gap` is the distance to what no plan can pass, as in any plan. `differs` says how it differs from the first one.
    """

    number: int
    points: float
    short: float
    status: Status
    gap: float | None
    distance: float
    outcomes: Mapping[str, float]
    differs: tuple[str, ...]
    columns: Floats = field(repr=False)


@dataclass(frozen=True)
class Alternatives:
    """What plans of equal merit have in common and how they differ. The first plan is the best one found."""

    within: str
    objective: float
    gap: float | None
    tolerance: float
    choices: tuple[Choice, ...]
    pairs: tuple[tuple[str, str], ...]
    plans: tuple[Alternative, ...]
    notes: tuple[str, ...]
    stopped: Stop
    runs: int
    seconds: float
    sentence: str
    near_optimal: NearOptimalSet = field(repr=False, compare=False)
    bound: float | None = None

    def of(self, verdict: Verdict) -> tuple[Choice, ...]:
        """Rows with this verdict."""
        return tuple(c for c in self.choices if c.verdict == verdict)

    def plan(self, number: int) -> Plan:
        """The whole plan of an alternative, counted from 1."""
        if not 1 <= number <= len(self.plans):
            message = f"There are {len(self.plans)} plans: number {number} is not one of them."
            raise TradeoffError(message)
        chosen = self.plans[number - 1]
        return plan_of_choice(
            self.near_optimal, chosen.columns, chosen.status, chosen.gap, self.bound, self.within, number
        )

    def table(self) -> pd.DataFrame:
        """One row a choice."""
        names = ("sheet", "row", "cell", "verdict", "in_best", "least", "most", "unit", "proven_least", "proven_most",
                 "settled", "reason")  # fmt: skip
        return pd.DataFrame([{n: getattr(c, n) for n in names} for c in self.choices], columns=list(names))

    def to_json(self) -> dict[str, Any]:
        """Everything but the columns."""
        rows = self.table().astype(object)
        rows = rows.where(rows.map(lambda v: not (isinstance(v, float) and not np.isfinite(v))), None)
        of_plan = ("number", "points", "short", "status", "gap", "distance", "outcomes", "differs")
        return {
            **picked(self, "within", "tolerance", "objective", "bound", "gap", "pairs"),
            "choices": rows.to_dict("records"), "plans": [picked(p, *of_plan) for p in self.plans],
            **picked(self, "notes", "stopped", "runs", "seconds", "sentence"),
        }  # fmt: skip


def alternatives(
    case: Case,
    *,
    within: str = "2%",
    plans: int = 8,
    options: Given | None = None,
    seconds: float = 300.0,
) -> Alternatives:
    """Options of equal merit of a case: plans that differ as much as possible and score nearly the same.

    Args:
        case: A case.
        within: How much less than the best: '2%' of the objective, or '300 points'.
        plans: Most plans that are sought.
        options: As for :func:`planner.solve`; None: the usual ones. The same seed gives the same plans where time did
            not
            end the search.
        seconds: For the questions after the best plan is found; what they leave open is called not settled.

    Returns:
        The plans, and for each choice the least and the most that a plan of equal merit does, in its unit.

    Raises:
        InvalidCaseError: The case cannot be compiled.
        TradeoffError: The question has no answer.

    Source: E. D. Brill, S.-Y. Chang and L. D. Hopkins, Modeling to generate alternatives, 1982.

    Example:
        >>> found = planner.tradeoffs.alternatives(case, plans=2, options=options)
        >>> len(found.plans)
        2
    """
    tolerance, run = Tolerance.parse(within), RunContext.of(options)
    if not 1 <= plans <= TOO_MANY:
        message = f"Ask for 1 to {TOO_MANY} plans, not {plans}."
        raise TradeoffError(message)
    begin = time.monotonic()
    model = prepare(case, run)
    run.say("")
    answer = search(model, run)
    if answer.values is None:
        raise TradeoffError(_nothing(answer.status), answer.status)
    near_optimal = NearOptimalSet(model, run.anew(seconds=seconds), answer, tolerance)
    survey = RangeSurvey(near_optimal, decisions_of(model.built))
    survey.run(plans)
    pairs = pairs_of(survey)
    choices = tuple(_choice(survey, n) for n in range(len(survey.items)))
    chosen = choose(survey, plans)
    return _result(survey, choices, pairs, chosen, time.monotonic() - begin)


def _nothing(status: Status) -> str:
    """Message where there is no best plan."""
    if status is Status.INFEASIBLE:
        return (
            "The case has no plan at all, so there is nothing to choose from: planner explain says which rules clash."
        )
    if status is Status.UNBOUNDED:
        return "The objective has no limit, so no plan is near the best: planner solve says what can grow without end."
    return "No plan was found in time: allow more time, or ask for a wider gap."


def _result(
    survey: RangeSurvey,
    choices: tuple[Choice, ...],
    pairs: tuple[tuple[Decision, Decision], ...],
    chosen: list[Chosen],
    seconds: float,
) -> Alternatives:
    """Put everything together."""
    near_optimal, best = survey.near_optimal, survey.near_optimal.best
    objective = near_optimal.points(survey.plans[0])
    bound = None if best.bound is None or not np.isfinite(best.bound) else float(best.bound)
    plans = tuple(_alternative(survey, n, c, objective, bound) for n, c in enumerate(chosen, start=1))
    notes = [n for n in (near_optimal.note, _gap_note(near_optimal, objective)) if n]
    if survey.context.stopped:
        notes.append(f"Stopped ({survey.context.stopped}): what was not reached is called not settled.")
    result = Alternatives(
        within=str(near_optimal.within), objective=objective, gap=best.gap, tolerance=near_optimal.amounts[0],
        choices=choices,
        pairs=tuple((a.row, b.row) for a, b in pairs), plans=plans, notes=tuple(notes), stopped=survey.context.stopped,
        runs=survey.runs, seconds=seconds, sentence="", near_optimal=near_optimal, bound=bound,
    )  # fmt: skip
    return replace(result, sentence=_sentence(result))


def _gap_note(near_optimal: NearOptimalSet, objective: float) -> str:
    """What an open gap means for the set."""
    gap = near_optimal.best.gap or 0.0
    if not np.isfinite(gap):
        return "It is not known how far the best plan found lies from the best there is."
    if gap * abs(objective) <= 1e-6 * max(1.0, abs(objective)):
        return ""
    wide = gap * abs(objective) > near_optimal.amounts[0]
    more = ", which is more than the distance asked for: ask for a smaller --gap" if wide else ""
    most = within(gap, gap * objective)
    return f"Measured from the best plan found; a better one could have {most} more points at most{more}."


def _choice(survey: RangeSurvey, n: int) -> Choice:
    """One row of the table."""
    item, verdict = survey.items[n], survey.verdict(n)
    why = reason(survey, n) if verdict in ("must have", "must avoid") else ""
    low, high = survey.low[n], survey.high[n]
    least, most = max(0.0, survey.least[n]), survey.most[n]
    settled = survey.settled(n)
    head = f"{item.words[0].upper()}{item.words[1:]} ({item.cell})" if item.cell else item.words
    if verdict == "not settled":
        said = f"not settled: {'in' if low > survey.tiny(n) else 'absent from'} every plan found, but not proven."
    elif item.binary:
        said = {"must have": "in every such plan.", "must avoid": "in no such plan."}.get(verdict, "a free choice.")
    elif verdict == "must avoid":
        said = "none in any such plan."
    else:
        said = f"from {figure(low)} to {figure(high)} {plural(item.unit, high)}"
        said += "" if settled else f" in the plans found (proven: {figure(least)} to {_end(most)})"
        said += "." if verdict == "must have" else ", a free choice."
    return Choice(
        item.sheet, item.row, item.cell, item.kind, item.unit, verdict, survey.amounts[0][n], low, high, least, most,
        settled, why, f"{head}: {said}{' ' + why if why else ''}",
    )  # fmt: skip


def _end(most: float) -> str:
    return figure(most) if np.isfinite(most) else "no limit known"


def _alternative(survey: RangeSurvey, number: int, chosen: Chosen, best: float, bound: float | None) -> Alternative:
    """One plan of the list."""
    near_optimal = survey.near_optimal
    points = near_optimal.points(chosen.columns)
    gap = None if bound is None else max(0.0, bound - points) / max(abs(points), 1e-9)
    proven = gap is not None and gap <= near_optimal.context.options.gap and near_optimal.best.status is Status.OPTIMAL
    outcomes = {o.id: float(near_optimal.model.built.outcomes.value[o.id].value(chosen.columns))
                for o in near_optimal.model.built.frame.network.outcomes if o.kind == "sum"}  # fmt: skip
    return Alternative(
        number, points, best - points, Status.OPTIMAL if proven else Status.FEASIBLE, gap, chosen.distance, outcomes,
        survey.differences(chosen.columns) if number > 1 else (), chosen.columns,
    )  # fmt: skip


def _sentence(result: Alternatives) -> str:
    """The answer first: what all have in common, what is free, what none has."""
    floor = result.objective - result.tolerance
    head = (
        f"All plans within {result.within} of the best ({figure(result.objective)} points, so at least {figure(floor)})"
    )
    common = _clauses(result.of("must have"))
    lines = [f"{head} {common}." if common else f"{head} have no row in common."]
    paired = {name for pair in result.pairs for name in pair}
    for one, other in result.pairs:
        lines.append(f"'{one}' versus '{other}' is a free choice: every plan has exactly one of them.")
    free = [c for c in result.of("free choice") if c.row not in paired]
    if free:
        binary = [f"'{c.row}'" for c in free if c.kind in ("open", "close", "reform")]
        amounts = [f"'{c.row}'" for c in free if c.kind not in ("open", "close", "reform")]
        told = [f"{listed(binary, 8)}"] if binary else []
        told += [f"whether to do any of {listed(amounts, 8)}"] if amounts else []
        lines.append(f"A free choice: {'; '.join(told)}.")
    never = result.of("must avoid")
    if never:
        lines.append(f"In none of them: {listed([repr(c.row) for c in never], 8)}.")
    open_ones = result.of("not settled")
    if open_ones:
        lines.append(f"Not settled: {listed([repr(c.row) for c in open_ones], 8)}.")
    return "\n".join(lines)


def _clauses(choices: tuple[Choice, ...]) -> str:
    """'open A and B, take C'."""
    parts = []
    for kind, verb in VERBS.items():
        rows = [f"'{c.row}'" for c in choices if c.kind == kind]
        if rows:
            parts.append(f"{verb} {listed(rows, 6)}")
    return "; ".join(parts)
