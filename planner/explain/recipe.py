r"""What one unit more of an activity brings and takes: its reduced cost, taken apart.

For a column j, :math:`d_j = c_j - \sum_i y_i a_{ij}`: points that it earns itself, plus the value of whom it moves,
less the price of everything that it takes. Along a curve the next stretch moves with the level.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from models.linear import RowSpec
from planner.explain.solved_case import FixedIntegerLP, SolvedCase
from planner.explain.words import Words
from planner.ordering import place
from planner.wording.figures import figure

GATES = ("enabled", "at_most_if_running", "at_least_if_running", "growth", "decline")

TRACE = 1e-9
"""Share of the largest part of a recipe below which a part is the rounding of the solver, and no reason."""


@dataclass(frozen=True)
class RecipePart:
    """One thing that a unit brings or takes: `amount` of it (positive: given), worth `points` to the plan.

    `family` is the kind of limit, `ledger` what it is about, `cell` where its number stands.
    """

    family: str
    ledger: str
    words: str
    amount: float
    points: float
    cell: str


@dataclass(frozen=True)
class Margin:
    """One unit more of an activity in a period. `brings` and `takes` add up to `net` (what the plan would gain)."""

    activity: str
    period: str
    level: float
    at_least: float
    at_most: float
    direct: float
    parts: tuple[RecipePart, ...]
    net: float

    @property
    def brings(self) -> float:
        """Points that one unit brings."""
        return max(0.0, self.direct) + math.fsum(p.points for p in self.parts if p.points > 0.0)

    @property
    def takes(self) -> float:
        """Points that what it takes would be worth elsewhere."""
        return max(0.0, -self.direct) - math.fsum(p.points for p in self.parts if p.points < 0.0)

    def costs(self) -> list[RecipePart]:
        """What it takes, the dearest first."""
        least = TRACE * max((abs(p.points) for p in self.parts), default=0.0)
        return sorted((p for p in self.parts if p.points < -least), key=lambda p: place(p.points))


class Margins:
    """Takes activities apart at one optimum."""

    def __init__(self, solved: SolvedCase, fixed: FixedIntegerLP | None = None) -> None:
        """Index the rows of every column."""
        self.solved, self.fixed = solved, fixed or solved.fixed
        self.words, self.frame = Words(solved.built), solved.built.frame
        self.row_prices, self.column_prices = self.fixed.duals
        self.entries: dict[int, list[tuple[int, float]]] = {}
        for number, row in enumerate(self.frame.rows):
            for column, value in row.form.terms.items():
                self.entries.setdefault(column, []).append((number, value))
        self.weights = {
            name: self.fixed.cost[next(iter(f.terms))] / next(iter(f.terms.values()))
            for name, f in solved.built.outcomes.value.items()
        }

    def of(self, activity: str, t: int) -> Margin | None:
        """The margin of an activity in a period, None where it cannot happen then."""
        form = self.solved.built.activities.level.get((activity, t))
        if form is None or not form.terms:
            return None
        ((column, share),) = form.terms.items()
        spec = self.frame.columns[column]
        found: dict[tuple[str, str], list[float]] = {}
        words: dict[tuple[str, str], tuple[str, str]] = {}
        direct = [self.fixed.cost[column] / spec.scale]
        net = self.column_prices[column] / spec.scale
        beside = [*self._next_stretch(activity, t, column), *self._next_portion(activity, t)]
        for col, factor in [(column, 1.0), *beside]:
            scale = self.frame.columns[col].scale
            for number, value in self.entries.get(col, ()):
                row = self.frame.rows[number]
                natural = factor * value / scale
                if row.family in ("curve", "portions"):
                    continue
                if row.family == "outcome":
                    direct.append(-self.weights[str(row.key[0])] * natural)
                    continue
                points = -self.row_prices[number] * natural / row.scale
                if points:
                    key, label, cell = self._about(row)
                    total = found.setdefault(key, [0.0, 0.0])
                    total[0] -= natural
                    total[1] += points
                    words.setdefault(key, (label, cell))
        parts = [
            RecipePart(*key, words[key][0], amount, points, words[key][1])
            for key, (amount, points) in found.items()
            if abs(points) > 1e-12
        ]
        parts += self._stretch_price(activity, t, column)
        parts.sort(key=lambda p: -place(abs(p.points)))
        level = form.value(self.fixed.values)
        return Margin(
            activity,
            self.words.period(t),
            level,
            spec.lower * share / spec.scale,
            spec.upper * share / spec.scale,
            math.fsum(direct),
            tuple(parts),
            net,
        )

    def _next_stretch(self, activity: str, t: int, level: int) -> list[tuple[int, float]]:
        """The stretch of the curve into which one unit more would go."""
        choices = self._stretches(activity, t)
        if not choices or not any(self.frame.rows[n].family == "curve" for n, _ in self.entries.get(level, ())):
            return []
        best = max(choices, key=lambda c: (self.column_prices[c] <= 1e-9, place(float(self.column_prices[c]))))
        return [(best, 1.0)]

    def _next_portion(self, activity: str, t: int) -> list[tuple[int, float]]:
        """The part of a period, before or after numbers lapse, in which one unit more would be done."""
        count = len(self.solved.built.ledgers.portions.portions.get((activity, t), ()))
        columns = [self.frame.column_of["portion", (activity, k, t)] for k in range(count)]
        open_columns = sorted(columns, key=lambda c: (self.column_prices[c] > 1e-9, -self.fixed.values[c], c))
        return [(open_columns[0], 1.0)] if open_columns else []

    def _stretches(self, activity: str, t: int) -> list[int]:
        """Columns of a curve's stretches in a period."""
        count = len(self.solved.built.activities.by_id[activity].curve)
        return [n for k in range(count) if (n := self.frame.column_of.get(("stretch", (activity, k, t)))) is not None]

    def _stretch_price(self, activity: str, t: int, level: int) -> list[RecipePart]:
        """What the end of a curve costs, where even the last stretch is full."""
        found = self._next_stretch(activity, t, level)
        if not found:
            return []
        column = found[0][0]
        points = -self.column_prices[column] / self.frame.columns[column].scale
        return (
            [RecipePart("curve", activity, "the end of its curve", -1.0, points, self.frame.columns[column].origin)]
            if points < -1e-9
            else []
        )

    def _about(self, row: RowSpec) -> tuple[tuple[str, str], str, str]:
        """What a row is about, in words that fit several periods, with its cell."""
        name = str(row.key[0])
        if row.family == "bill":
            return ("bill", name), self._payers(name, int(row.key[1])), row.origin
        if row.family == "entries":  # what enters counts against the time limit later
            return ("on_time", name), f"time limit of {self.words.noun(name)}", row.origin
        labels = {
            "balance": self.words._balance(name),
            "occupancy": f"time of {self.words.noun(name)}",
            "on_time": f"time limit of {self.words.noun(name)}",
            "requirement": f"what must go with it ({self.words.noun(name)})",
            "rule": self.words.rule(row),
            "worst_off": f"outcome '{name}'",
        }
        if row.family in GATES:
            return (row.family, name), self.words.row(row), row.origin
        if self.words.is_by_year(row):
            return (row.family, f"{name} in {row.key[1]}"), labels["rule"], row.origin
        return (row.family, name), labels.get(row.family, self.words.row(row)), row.origin

    def _payers(self, bill: str, t: int) -> str:
        """Money, with the accounts that pay it in this plan (or may)."""
        pay = self.solved.built.payments
        allowed = [p.account for p in pay.pairs.get(bill, ()) if (p.account, bill, t) in pay.payment]
        paying = [a for a in allowed if pay.payment[a, bill, t].value(self.fixed.values) > 1e-6] or allowed
        return "money of " + " and ".join(self.words.noun(a) for a in paying[:3]) if paying else "money"


def amount_words(part: RecipePart) -> str:
    """A part as 'takes 0.4 of ... (12 points)'."""
    verb = "gives" if part.amount > 0.0 else "takes"
    return f"{verb} {figure(abs(part.amount))} of {part.words} ({figure(abs(part.points))} points)"
