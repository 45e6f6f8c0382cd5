"""Sweeps and goals in sentences: the answer first, then the reason."""

from __future__ import annotations

from collections.abc import Iterator

from planner.ordering import place
from planner.plan import Status
from planner.tradeoffs.goal_seeking.targets import Attained, Goal
from planner.tradeoffs.sweeping.bands import describe
from planner.tradeoffs.sweeping.curves import CurvePart, Kink, Sweep
from planner.wording.figures import figure, part_of, signed, typed, within
from planner.wording.lists import listed
from planner.wording.units import plural

SHOWN_PARTS = 12
"""Most straight parts that are listed in sentences."""


def sweep_answer(sweep: Sweep) -> str:
    """What the sweep says, in one or two sentences."""
    points = sweep.found
    if not points:
        if sweep.stopped:
            return f"The sweep was stopped ({sweep.stopped}) before any plan was found."
        return f"No plan exists anywhere in this range of {describe(sweep)}."
    first, last = points[0], points[-1]
    blank = _blank(sweep)
    if len(points) == 1 or first.objective is None or last.objective is None:
        return f"Only one place has a plan: {first.shown}, with {figure(first.objective or 0.0)} points.{blank}"
    ends, begin, end = (first.shown, last.shown), first.objective, last.objective
    if sweep.parts:
        ends = (sweep.group.shown(sweep.parts[0].low), sweep.group.shown(sweep.parts[-1].high))
        begin, end = sweep.parts[0].low_points, sweep.parts[-1].high_points
    gap = max((p.gap or 0.0 for p in points), default=0.0) * max(abs(begin), abs(end))
    if abs(end - begin) <= max(gap, 1e-7 * abs(begin)):
        moved = "the plan's points do not differ by more than the gap" if gap else "the plan's points stay the same"
    else:
        part = part_of(end - begin, begin, sign=True)
        share = f" ({part})" if part else ""
        word = "rise" if end > begin else "fall"
        moved = f"the plan's points {word} from {figure(begin)} to {figure(end)}{share}"
    return f"As {describe(sweep)} goes from {ends[0]} to {ends[1]}, {moved}.{_worth(sweep)}{blank}"


def _worth(sweep: Sweep) -> str:
    """What one more is worth now, and where that ends."""
    base = sweep.base
    unit = sweep.group.one_step
    if sweep.parts:
        parts = sweep.parts
        place = base.place if base is not None and base.found else parts[0].low
        here = next((p for p in parts if p.low <= place < p.high), parts[-1])
        now = "now" if base is not None and base.found else f"at {sweep.group.shown(place)}"
        steady = [p for p in parts if p.low >= here.low and abs(p.marginal - here.marginal) > 1e-6 * abs(here.marginal)]
        until = ""
        if steady:
            until = f", from {sweep.group.shown(steady[0].low)} on {_points(steady[0].marginal)}"
        end = next(
            (p.low for p in parts if p.marginal == 0.0 and all(q.marginal == 0.0 for q in parts if q.low >= p.low)),
            None,
        )
        over = f" Beyond {sweep.group.shown(end)} more changes nothing." if end is not None and end > here.low else ""
        return f" One {unit} more is worth {_points(here.marginal)} {now}{until}.{over}"
    known = [p for p in sweep.found if p.marginal is not None]
    if not known:
        return ""
    chosen = base if base is not None and base.marginal is not None else known[0]
    said = [f"{_points(chosen.marginal or 0.0)} {'now' if chosen.base else f'at {chosen.shown}'}"]
    said += [f"{_points(p.marginal or 0.0)} at {p.shown}" for p in (known[0], known[-1]) if p is not chosen]
    return f" One {unit} more, with yes-or-no decisions as there, is worth {listed(said)}."


def _points(value: float) -> str:
    """Points in words."""
    return f"{figure(value)} {plural('point', value)}"


def _blank(sweep: Sweep) -> str:
    """Where there is no plan."""
    said = []
    for blank in sweep.blanks:
        low, high = sweep.group.shown(blank.low), sweep.group.shown(blank.high)
        if blank.exact and blank.low <= sweep.group.low:
            said.append(f"below {high}")
        elif blank.exact:
            said.append(f"above {low}")
        else:
            said.append(f"at {low}" if low == high else f"from {low} to {high} (as far as solved)")
    if sweep.blanks and any(b.low <= sweep.group.low and b.high >= sweep.group.high for b in sweep.blanks):
        return " No plan exists anywhere in the range."
    held = " with today's yes-or-no decisions" if sweep.held else ""
    return f" No plan exists{held} {listed(said)}." if said else ""


def part_sentences(sweep: Sweep) -> list[str]:
    """The marginal value curve: what one more is worth on every straight part, and what it does to outcomes."""
    if not sweep.parts:
        return [_bracket(sweep, kink) for kink in sweep.kinks]
    worth: list[CurvePart] = []
    for part in sweep.parts:
        if not worth or abs(part.marginal - worth[-1].marginal) > 1e-6 * max(abs(worth[-1].marginal), 1e-9):
            worth.append(part)
    ends = [p.low for p in worth[1:]] + [sweep.parts[-1].high]
    lines = []
    for part, end in zip(worth, ends, strict=True):
        span = f"From {sweep.group.shown(part.low)} to {sweep.group.shown(end)}"
        worth_of = f"one {sweep.group.one_step} more is worth {_points(part.marginal)}"
        lines.append(f"{span}: {worth_of}{_rates(sweep, part)}.")
    if len(lines) > SHOWN_PARTS:
        kept = lines[: SHOWN_PARTS - 1]
        return [*kept, f"... and {len(lines) - len(kept)} more parts; the JSON and the table list all of them."]
    return lines


def _bracket(sweep: Sweep, kink: Kink) -> str:
    """What differs between two solved places, and whether that is worth more than one more on either side."""
    line = f"Between {sweep.group.shown(kink.low)} and {sweep.group.shown(kink.high)}: {kink.what}."
    sides = [v for v in (kink.before, kink.after) if v is not None]
    if kink.between is not None and sides and kink.between > 1.05 * max(sides) and kink.between > 1e-9:
        unit = sweep.group.one_step
        line += f" Here one {unit} more brings {_points(kink.between)} on average, more than on either side."
    return line


def _rates(sweep: Sweep, part: CurvePart) -> str:
    """The outcomes that one more changes most, for their size."""
    sizes = {k: max(abs(v), abs(part.last.outcomes[k]), 1e-9) for k, v in part.first.outcomes.items()}
    moved = sorted((k for k, v in part.rates.items() if v), key=lambda k: -place(abs(part.rates[k]) / sizes[k]))
    said = [f"{signed(part.rates[k])} {sweep.units.get(k, '')} of '{k}'" for k in moved[:3]]
    return f" ({'; '.join(said)})" if said else ""


def nested_answer(sweep: Sweep) -> str:
    """What it costs never to take back."""
    solved = [n for n in sweep.nested if n.cost is not None and n.objective is not None]
    if not solved:
        return "No nested plan was found."
    worst = max(solved, key=lambda n: place(n.cost or 0.0))
    if not worst.cost:
        return "A larger budget never has to take anything back: the nested plans are as good as the free ones."
    part = part_of(worst.cost, (worst.objective or 0.0) + worst.cost)
    share = f", {part}" if part else ""
    kept = f", mostly for keeping {listed([repr(r) for _, r in worst.kept], 3)}" if worst.kept else ""
    between = ""
    if worst.least_cost is not None and worst.most_cost is not None and worst.most_cost - worst.least_cost > 1e-6:
        between = f" (between {figure(worst.least_cost)} and {figure(worst.most_cost)})"
    return (
        f"Never taking back what a smaller budget gave costs at most {_points(worst.cost)}{between}{share}, at "
        f"{worst.shown}{kept}."
    )


def goal_answer(goal: Goal) -> str:
    """The answer to a goal in one sentence."""
    asked = listed([f"'{a.target.outcome}' {_sense(a)} {typed(a.target.value)}" for a in goal.targets], 4)
    where = f" with {asked}" if goal.targets else ""
    if goal.value is not None:
        kind = "The most of" if goal.most else "The least"
        name = f"'{goal.sought}'" if goal.sought not in goal.used_before else goal.sought
        kind = "The least of" if not goal.most and goal.sought not in goal.used_before else kind
        against = ""
        if goal.now is not None:
            change = goal.value - goal.now
            against = f"; the plan now has {figure(goal.now, goal.unit)}" + (
                f" ({signed(change, goal.unit)})" if abs(change) > 1e-9 else ""
            )
        proof = _proof(goal)
        return f"{kind} {name}{where} is {figure(goal.value, goal.unit)} {goal.unit}{against}.{proof}"
    beyond = [a for a in goal.targets if a.out_of_reach]
    if beyond:
        return "Out of reach: " + " ".join(_beyond(a) for a in beyond)
    if goal.status is Status.INFEASIBLE:
        near = listed([f"'{n}' {figure(v)}" for n, v in goal.nearest.items()], 5) if goal.nearest else ""
        said = f" The plan nearest to all of them reaches {near}." if near else ""
        return f"Each target can be reached alone, but not all together ({asked}).{said}"
    if goal.stopped:
        return f"The search was stopped ({goal.stopped}) before a plan with all targets was found."
    return f"No plan with all targets was found ({goal.status}); allow more time."


def _sense(a: Attained) -> str:
    """'at least' or 'at most'."""
    return "at least" if a.target.sense == ">=" else "at most"


def _proof(goal: Goal) -> str:
    """How sure it is."""
    if goal.gap and goal.bound is not None:
        word = "No plan can have more than" if goal.most else "No plan can do with less than"
        return f" {word} {figure(goal.bound)} ({within(goal.gap)})."
    return "" if goal.status is Status.OPTIMAL else f" It is not proven ({goal.status})."


def _beyond(a: Attained) -> str:
    """One target that cannot be reached, with what can be had."""
    word = "most" if a.target.sense == ">=" else "least"
    proven = a.status is Status.OPTIMAL and a.alone is not None and a.bound is not None
    sure = "" if proven and abs((a.alone or 0.0) - (a.bound or 0.0)) <= 1e-6 * max(1.0, abs(a.bound or 0.0)) else (
        f" (no plan can pass {figure(a.bound)})" if a.bound is not None else ""
    )  # fmt: skip
    return (
        f"'{a.target.outcome}' {_sense(a)} {typed(a.target.value)} {a.unit}: the {word} attainable is "
        f"{figure(a.alone or 0.0)}{sure}."
    )


def goal_changes(goal: Goal) -> Iterator[str]:
    """The outcomes that lose by it, and the rows that change most in money between the plan now and this one."""
    if goal.worse:
        lost = [f"'{n}' ({figure(goal.before.outcomes[n])} to {figure(goal.after.outcomes[n])})" for n in goal.worse]
        yield f"Other outcomes pay for it: {listed(lost, 5)}. Hold those that matter with further targets."
    moves = {s: goal.after.money.get(s, 0.0) - m for s, m in goal.before.money.items()}
    for word, sign in (("More is spent on", 1.0), ("Less is spent on", -1.0)):
        chosen = sorted((s for s, v in moves.items() if sign * v > 1e-3), key=lambda s: (-place(sign * moves[s]), s))
        if chosen and goal.after.money:
            said = listed([f"'{row}' ({signed(moves[sheet, row])})" for sheet, row in chosen], 5)
            yield f"{word} {said}, in USD million."
