"""Outcomes, what they are made of, and the objective (K13)."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

import numpy as np

from planner.plan import POINTS_ADDED, Plan
from planner.sheets import Outcomes, OutcomeTerms
from planner.verify.inputs import Tags
from planner.verify.measures import STANDS, Measures
from planner.verify.report import Array, Opener
from planner.verify.rules import Law


def _total(made_of: dict[str, Array]) -> float:
    """Sum over subjects and periods."""
    return sum(float(values.sum()) for values in made_of.values())


class Scores:
    """Values of all outcomes."""

    def __init__(self, measures: Measures) -> None:
        """Score every row of sheet Outcomes."""
        self.measures = measures
        self.periods = len(measures.inputs.calendar)
        self.value: dict[str, float] = {}
        self.scale: dict[str, float] = {}
        self.made_of: dict[str, dict[str, Array]] = {}
        for row in measures.inputs.case.of(Outcomes):
            self._score(row)

    def _score(self, row: Outcomes) -> None:
        """Sum, worst-off or Gini coefficient."""
        if row.kind == "sum":
            made_of, scale = self._sum(row, {})
            self.made_of[row.outcome] = made_of
            self.value[row.outcome], self.scale[row.outcome] = _total(made_of), scale
            return
        needs = self.measures.needs(row.across)
        parts = {name: self._sum(row, {row.across or "country": name}) for name in needs}
        ratios = {name: _total(made_of) / needs[name] for name, (made_of, _) in parts.items()}
        whole = self.made_of[row.outcome] = {}
        for made_of, _ in parts.values():
            for subject, values in made_of.items():
                whole[subject] = whole.get(subject, 0.0) + values
        # the natural scale of a ratio is that of its numerator over its need
        scale = max((scale / needs[name] for name, (_, scale) in parts.items()), default=1.0)
        if row.kind == "worst-off":
            self.value[row.outcome] = min(ratios.values(), default=0.0)
            self.scale[row.outcome] = scale
        else:
            apart = sum(abs(a - b) for a, b in combinations(ratios.values(), 2))
            self.value[row.outcome] = apart / (len(ratios) * row.total) if ratios else 0.0
            self.scale[row.outcome] = max(1.0, scale * len(ratios) / row.total)

    def _sum(self, row: Outcomes, only: Tags) -> tuple[dict[str, Array], float]:
        """Discounted contribution of every subject by period, with the natural scale of their sum."""
        calendar = self.measures.inputs.calendar
        midway = (1.0 + row.discount) ** (-calendar.mid / 365.0)
        at_end = (1.0 + row.discount) ** (-calendar.horizon / 365.0)
        made_of: dict[str, Array] = defaultdict(lambda: np.zeros(len(calendar)))
        size, unit = 0.0, 1.0
        for term in self.measures.inputs.case.of(OutcomeTerms):
            if term.outcome != row.outcome:
                continue
            for part in self.measures.parts(term.measure, term.where, only):
                unit = max(unit, abs(term.per_unit) * part.unit)
                if term.measure in STANDS:
                    amounts = np.zeros(len(calendar))
                    amounts[-1] = at_end * float(part.values[-1])
                else:
                    amounts = midway * part.values
                made_of[part.subject] = made_of[part.subject] + term.per_unit * amounts
                size += abs(term.per_unit) * float(np.abs(amounts).sum())
        return dict(made_of), max(size, unit)


def check_outcomes(scores: Scores, opener: Opener) -> None:
    """Tables outcomes and outcome_terms against the scores."""
    values = opener("outcomes", "Outcomes: values, weights, points")
    terms = opener("outcome terms", "What the outcomes are made of")
    tables, case = scores.measures.replay.tables, scores.measures.inputs.case
    table = tables["outcomes"]
    claimed = {str(name): i for i, name in enumerate(table["outcome"])}
    shares: dict[str, dict[str, Array]] = defaultdict(lambda: defaultdict(lambda: np.zeros(scores.periods)))
    columns = (tables["outcome_terms"][c] for c in ("outcome", "subject", "period", "value"))
    for name, subject, period, value in zip(*columns, strict=True):
        shares[str(name)][str(subject)][int(period)] += float(value)
    for row in case.of(Outcomes):
        i = claimed.pop(row.outcome, None)
        if i is None:
            values.fail(row.outcome, "the plan does not show it")
            continue
        value, scale = scores.value[row.outcome], scores.scale[row.outcome]
        sign = -1.0 if row.better == "less" else 1.0
        values.equal(row.outcome, "its value", np.array([float(table["value"].iloc[i])]), np.array([value]), scale)
        weight = float(table["weight"].iloc[i])
        values.equal(row.outcome, "its weight", np.array([weight]), np.array([sign * row.weight]), max(1.0, row.weight))
        points = np.array([float(table["points"].iloc[i])])
        values.equal(
            row.outcome, "its points", points, np.array([sign * row.weight * value]), max(1.0, row.weight * scale)
        )
        mine = scores.made_of[row.outcome]
        wanted = sorted(mine.keys() | shares[row.outcome].keys())
        nothing = np.zeros(scores.periods)
        labels = [f"{subject} in {name}" for subject in wanted for name in scores.measures.inputs.calendar.names]
        one, other = (
            np.concatenate([found.get(s, nothing) for s in wanted]) if wanted else np.zeros(0)
            for found in (shares[row.outcome], mine)
        )
        scale = max([scale, *np.abs(other)])
        terms.equal(row.outcome, "what a subject adds", one, other, scale, labels=labels)
    for name in claimed:
        values.fail(name, "no row of the workbook asks for it")


def check_objective(scores: Scores, laws: list[Law], plan: Plan, opener: Opener) -> None:
    """Objective: weights times values over all levels, less the price of broken soft rules."""
    book = opener("objective", "The objective: points of all outcomes, less the price of broken soft rules")
    rows = scores.measures.inputs.case.of(Outcomes)
    points = [(-1.0 if row.better == "less" else 1.0) * row.weight * scores.value[row.outcome] for row in rows]
    size = sum(row.weight * scores.scale[row.outcome] for row in rows)
    penalties = [law.points for law in laws]
    size += sum(law.penalty * law.scale for law in laws if not law.hard)
    if plan.objective is None:
        book.fail("objective", "the plan states none")
        return
    added = plan.record.health.get(POINTS_ADDED, 0.0)  # by an analyst's extension of the model: taken on trust
    total = np.array([sum(points) - sum(penalties) + (added if isinstance(added, int | float) else 0.0)])
    book.equal("objective", "the objective", np.array([plan.objective]), total, max(1.0, size))
