"""What one unit more of every limit is worth, how far that holds, and what a switch is worth.

Yes-or-no decisions stay as the plan took them; the rest is a linear programme whose prices are exact. A price is the
change of the objective when the number in its cell goes up by one unit (`step` says which unit): positive where more
helps, negative where a floor costs. Every outcome's own change comes from the same basis with that outcome's costs.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace

from models.linear import ColumnSpec
from models.matrix import Floats
from planner.explain.coefficient_limits import A_CENT, A_POINT
from planner.explain.limits import Catalogue, Limit
from planner.explain.solved_case import FixedIntegerLP, SolvedCase
from planner.explain.words import Words, heaviest_first, moved
from planner.ordering import place
from planner.plan import Status
from planner.sheets import Outcomes
from planner.solver.answers import Answer
from planner.solver.basis import Basis, Shift, ValidityRange, shifted
from planner.wording.figures import figure, share, signed
from planner.wording.units import of_several_words, plural

NOISE = 1e-7
"""Prices smaller than this, against the objective, are rounding."""
LEAST_EXAMINED = 24
"""Prices that are examined at least, so that the first of a short list is the first of a long one."""


TENTH = 0.1
"""Share of a limit by which it can be moved in practice."""
ORDER = "Sorted by what a tenth more of each limit (at least one unit) would bring at its price, as far as that holds."


def step_of(value: float, unit: str) -> float:
    """A step that can be had of a limit: a tenth of it, at least one unit; one point of a share."""
    share = unit in (A_POINT, A_CENT)
    return 1.0 if share else max(1.0, TENTH * abs(value))


@dataclass(frozen=True)
class Checked:
    """Right and left derivative by solving again with the limit a little up and down; None where that is impossible."""

    right: float | None
    left: float | None
    step: float


@dataclass(frozen=True)
class OutcomeEffect:
    """What an outcome gains for one unit of a limit."""

    outcome: str
    unit: str
    change: float


@dataclass(frozen=True)
class Price:
    """A limit with its price in points for each unit more.

    The price holds while the cell's number lies in [`low`, `high`]; `after` says what binds beyond. `checked` is the
    finite difference beside it. Where the two sides differ the price is between `least` and `most`.
    """

    id: str
    kind: str
    words: str
    cell: str
    unit: str
    value: float
    period: str
    price: float
    effects: tuple[OutcomeEffect, ...]
    low: float
    high: float
    before: str
    after: str
    checked: Checked | None = None
    sentence: str = ""

    @property
    def step(self) -> float:
        """A step that can be had: a tenth of the limit, at least one unit."""
        return step_of(self.value, self.unit)

    @property
    def worth(self) -> float:
        """Points that a step is worth at the price, as far as the price is known to hold; by this prices are sorted."""
        room = self.high - self.value
        return abs(self.price) * (min(self.step, room) if math.isfinite(room) and room > 1e-6 else self.step)

    @property
    def least(self) -> float:
        """Smallest price that any neighbouring optimum gives."""
        return min(self._sides)

    @property
    def most(self) -> float:
        """Largest price that any neighbouring optimum gives."""
        return max(self._sides)

    @property
    def _sides(self) -> list[float]:
        sides = [self.price]
        if self.checked is not None:
            sides = [s for s in (self.checked.left, self.checked.right) if s is not None] or sides
        return sides

    @property
    def unique(self) -> bool:
        """Whether one unit more gains what one unit less costs."""
        return self.most - self.least <= 1e-4 * max(abs(self.most), abs(self.least), 1e-9)


@dataclass(frozen=True)
class PriceList:
    """Prices, those first of which a step that can be had is worth most; `free` are limits that cost nothing now.

    `order` says how they are sorted, `note` on what they rest.
    """

    rows: tuple[Price, ...]
    free: tuple[Price, ...]
    note: str
    gap: float | None
    order: str = ORDER


def prices(
    solved: SolvedCase, *, kinds: Collection[str] = (), top: int = 20, level: int = 0, every: bool = False
) -> PriceList:
    """Price all limits, those first in the list with ranges and a check by solving again.

    Args:
        solved: An opened plan.
        kinds: Kinds of limits, as 'account', 'staff', 'rule'; none: all.
        top: How many are wanted; more are examined, since how far a price holds decides where it stands.
        level: Priority whose points are counted, from 0.
        every: Whether free limits are examined like the others.

    Returns:
        Prices in points for one unit more, the dearest first: dual values of the linear programme at the plan's
        yes-or-no
        decisions. Where several limits bind at once the price is that of one unit more, by solving again.

    Source: M. Akgül, A note on shadow prices in linear programming, 1984 (prices of one unit more).

    Example:
        >>> found = planner.explain.prices(solved, kinds=["staff"], top=1)
        >>> print(found.rows[0].cell)
        Staff!E5
    """
    fixed = solved.fixed if level == 0 else FixedIntegerLP(solved, level)
    catalogue = Catalogue(solved, fixed.values)
    found = [limit for limit in catalogue.all() if not kinds or limit.kind in kinds]
    priced = [(limit, fixed.basis.price(limit.shift, fixed.duals)) for limit in found]
    size = max((abs(p) for _, p in priced), default=0.0)
    dear = [(limit, p) for limit, p in priced if abs(p) > NOISE * max(size, 1e-6)]
    dear.sort(key=lambda pair: (-place(abs(pair[1]) * step_of(pair[0].value, pair[0].unit)), pair[0].id))
    free = [(limit, 0.0) for limit, p in priced if abs(p) <= NOISE * max(size, 1e-6)]
    outcomes = _outcome_duals(solved, fixed)
    words, examined = Words(solved.built), max(2 * top, LEAST_EXAMINED)
    rows = [_price(fixed, limit, p, outcomes, words, full=n < examined) for n, (limit, p) in enumerate(dear)]
    rows.sort(key=lambda row: (row.checked is None, -place(row.worth), row.id))
    rest = [_price(fixed, limit, 0.0, {}, words, full=every or n < top) for n, (limit, _) in enumerate(free)]
    return PriceList(tuple(rows), tuple(rest), note(solved), solved.gap)


def price_of(solved: SolvedCase, limit: str, *, level: int = 0) -> Price:
    """What one more of one limit is worth.

    Args:
        solved: An opened plan.
        limit: Its id, or its cell as 'Staff!E5'.
        level: Priority whose points are counted, from 0.

    Returns:
        Points for one unit more, the same in each outcome's unit, and how far it holds.

    Raises:
        KeyError: There is no such limit; near names are listed.

    Example:
        >>> price = planner.explain.price_of(solved, "Programmes!M5")
        >>> print(f"{price.price:.2f} points for one {price.unit} more")
        15.53 points for one family supported a year more
    """
    fixed = solved.fixed if level == 0 else FixedIntegerLP(solved, level)
    known = Catalogue(solved, fixed.values).all()
    chosen = [one for one in known if limit in (one.id, one.cell)]
    if not chosen:
        near = [one.id for one in known if limit.casefold() in one.id.casefold()][:5]
        message = f"No limit is called '{limit}'." + (f" Did you mean {', '.join(near)}?" if near else "")
        raise KeyError(message)
    value = fixed.basis.price(chosen[0].shift, fixed.duals)
    return _price(fixed, chosen[0], value, _outcome_duals(solved, fixed), Words(solved.built), full=True)


def note(solved: SolvedCase) -> str:
    """On what all prices rest."""
    fixed = (
        "Yes-or-no decisions are held as the plan took them"
        if solved.matrix.integer.any()
        else "There are no yes-or-no decisions"
    )
    gap = (
        f"; the plan itself is proven within {share(solved.gap)} of the best"
        if solved.gap and solved.gap >= 5e-6
        else ""
    )
    return f"{fixed}{gap}. A price is for the first unit more."


Duals = dict[str, tuple[str, tuple[Floats, Floats]]]


def _outcome_duals(solved: SolvedCase, fixed: FixedIntegerLP) -> Duals:
    """Prices of every summed outcome in its own unit, at the same basis."""
    units = {row.outcome: row.unit for row in solved.case.of(Outcomes)}
    return {name: (units.get(name, ""), fixed.basis.prices(cost)) for name, cost in fixed.outcome_costs().items()}


def _price(fixed: FixedIntegerLP, limit: Limit, price: float, outcomes: Duals, words: Words, *, full: bool) -> Price:
    """Price one limit; `full` with range, neighbours and check."""
    basis = fixed.basis
    changes = ((name, unit, basis.price(limit.shift, duals)) for name, (unit, duals) in outcomes.items())
    effects = [OutcomeEffect(*change) for change in heaviest_first(fixed.solved.built, changes)]
    result = Price(
        limit.id,
        limit.kind,
        limit.words,
        limit.cell,
        limit.unit,
        limit.value,
        "" if limit.period is None else words.period(limit.period),
        price,
        tuple(effects),
        -math.inf,
        math.inf,
        "",
        "",
    )
    if full:
        reach = basis.reach(limit.shift)
        moves = basis.movement(limit.shift)
        result = replace(
            result,
            low=_tidy(limit.value - reach.down),
            high=_tidy(limit.value + reach.up),
            before=_blocker(words, basis, reach.down_blocker, moves, -1.0),
            after=_blocker(words, basis, reach.up_blocker, moves, 1.0),
        )
        if abs(price) > 0.0 or reach.up <= 1e-6 or reach.down <= 1e-6:
            result = _checked(result, fixed, limit, reach, outcomes)
    return replace(result, sentence=_sentence(result))


def _tidy(value: float) -> float:
    """End of a range, without the rounding around nought."""
    return 0.0 if abs(value) < 1e-9 else value


def _blocker(words: Words, basis: Basis, number: int | None, moves: Floats, sign: float) -> str:
    """What binds at an end of a range."""
    return "" if number is None else words.blocker(basis, number, sign * float(moves[number]))


def _checked(price: Price, fixed: FixedIntegerLP, limit: Limit, reach: ValidityRange, outcomes: Duals) -> Price:
    """Add finite differences on both sides: inside the range where there is one, else over a small step.

    Where the basis holds for no step up at all, price and effects are those of the step up.
    """
    small = 1e-3 * max(1.0, abs(limit.value))
    up = min(1.0, reach.up) if reach.up > 1e-6 else small
    down = min(1.0, reach.down) if reach.down > 1e-6 else small
    above, below = solve_shifted(fixed, limit.shift, up), solve_shifted(fixed, limit.shift, -down)
    right = None if above is None else _clean((_objective(above) - fixed.objective) / up, price.price)
    left = None if below is None else _clean((fixed.objective - _objective(below)) / down, price.price)
    price = replace(price, checked=Checked(right, left, up))
    if reach.up > 1e-6 or right is None or above is None or above.values is None:
        return price
    costs, moves = fixed.outcome_costs(), (above.values - fixed.values) / up
    changes = ((name, unit, _clean(float(costs[name] @ moves), 1.0)) for name, (unit, _) in outcomes.items())
    effects = tuple(OutcomeEffect(*change) for change in heaviest_first(fixed.solved.built, changes))
    return replace(price, price=right, effects=effects)


def _objective(answer: Answer) -> float:
    """Objective of an answer that has one."""
    return float(answer.objective) if answer.objective is not None else math.nan


def _clean(value: float, size: float) -> float:
    """Rounding of a difference between two solves becomes nothing."""
    return 0.0 if abs(value) < 1e-6 * max(1.0, abs(size)) else value


def solve_shifted(fixed: FixedIntegerLP, shift: Shift, units: float) -> Answer | None:
    """Solve with a limit moved by so many units from the known basis, None without a plan; leaves all as it was."""
    session = fixed.session
    with shifted(session, shift, units):
        session.begin_from(fixed.start)
        answer = session.run(presolve=False)
    session.begin_from(fixed.start)
    return answer if answer.status is Status.OPTIMAL else None


@dataclass(frozen=True)
class CostRange:
    """How far the worth of a unit of work can move before the plan changes: points a unit, now, least and most."""

    activity: str
    period: str
    cell: str
    worth: float
    low: float
    high: float
    sentence: str


def cost_ranges(solved: SolvedCase, activities: Collection[str] = ()) -> tuple[CostRange, ...]:
    """Ranges of what a unit of each activity earns directly, while the plan stays the same.

    Args:
        solved: An opened plan.
        activities: Kernel ids as in `plan.tables["activities"]`; none: all.

    Returns:
        For each activity and period its points a unit, with the lower and upper end of the range (HiGHS's cost
        ranging).

    Example:
        >>> found = planner.explain.cost_ranges(solved, ["programme:recruitment support"])
        >>> all(one.low <= one.worth <= one.high for one in found)
        True
    """
    fixed, words = solved.fixed, Words(solved.built)
    found = fixed.session.cost_ranges()
    if found is None:
        return ()
    ranges = []
    for number, column in enumerate(solved.built.frame.columns):
        name = str(column.key[0])
        if column.family != "level" or (activities and name not in activities):
            continue
        worth = direct_points(solved, number)
        low, high = (float(end[number]) - float(fixed.cost[number]) for end in found)
        ranges.append(_cost_range(words, column, worth, (worth + low) / column.scale, (worth + high) / column.scale))
    return tuple(ranges)


def _cost_range(words: Words, column: ColumnSpec, worth: float, low: float, high: float) -> CostRange:
    """Put one range into a sentence."""
    t = int(column.key[1])
    now = worth / column.scale
    ends = (
        f"between {figure(low)} and {figure(high)}"
        if math.isfinite(low) and math.isfinite(high)
        else (
            f"at most {figure(high)}"
            if math.isfinite(high)
            else f"at least {figure(low)}"
            if math.isfinite(low)
            else "at any worth"
        )
    )
    unit = f"a unit of {words.noun(str(column.key[0]))} in {words.period(t)}"
    sentence = f"The plan stays the same while {unit} earns {ends} points (now {figure(now)})."
    return CostRange(str(column.key[0]), words.period(t), column.origin, now, low, high, sentence)


def direct_points(solved: SolvedCase, column: int) -> float:
    """Points that one scaled unit of a column earns by itself, through the outcomes that count it."""
    built = solved.built
    cost = solved.fixed.cost
    weight = {}
    for name, form in built.outcomes.value.items():
        ((number, scale),) = form.terms.items()
        weight[name] = cost[number] / scale
    total = float(cost[column])
    for row in built.frame.rows:
        if row.family == "outcome":
            total -= weight.get(str(row.key[0]), 0.0) * row.form.terms.get(column, 0.0)
    return total


def _sentence(price: Price) -> str:
    """Say what the price means."""
    what = price.words[0].upper() + price.words[1:]
    where = f" ({price.cell})" if price.cell else ""
    if price.price == 0.0 and (price.checked is None or price.checked.right in (0.0, None)):
        until = (
            ""
            if math.isinf(price.low) or price.low >= price.value
            else f"; it starts to matter below {figure(price.low)}"
        )
        because = f", when {price.before}" if until and price.before else ""
        return f"{what}{where}: nothing{until}{because}."
    worth = (
        f"{signed(price.price)} points"
        if price.unique
        else f"between {signed(price.least)} and {signed(price.most)} points, since several limits bind at once"
    )
    told = moved(((e.outcome, e.unit, e.change) for e in price.effects), by_one=True)
    room = price.high - price.value
    unit = (
        ""
        if of_several_words(price.unit) and price.unit != A_POINT and not price.unit.startswith("USD")
        else f" {plural(price.unit, room)}"
    )
    holds = ""
    if price.unique and math.isfinite(room) and room > 1e-6:
        holds = f"; holds for the next {figure(room)}{unit}" + (f", then {price.after}" if price.after else "")
    elif price.unique and price.checked is not None and room > 1e-6:
        holds = "; holds however many more"
    return f"{what}{where}: {worth}{f' ({told})' if told else ''}{holds}."
