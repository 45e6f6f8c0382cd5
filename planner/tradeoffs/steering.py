"""Steering: how far each outcome can go within limits, and from one plan to the next by what is to improve.

Classification as in NIMBUS (Miettinen & Makela 2006, European Journal of Operational Research 170): each outcome is to
improve, to improve to a value, to stay, may worsen to a value, or is free. Reachable ranges as in NAUTILUS Navigator
(Ruiz et al. 2019, Annals of Operations Research 281), except that their worse end is what becomes of an outcome where
another one is made best, not a bound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np

from models.matrix import Floats
from planner.case import Case
from planner.explain.words import figure, listed
from planner.options import Options
from planner.plan import Plan, Status
from planner.run.progress import OnProgress
from planner.sheets import Outcomes
from planner.solver.answers import Answer
from planner.solver.runs import Interrupt, RunContext
from planner.tradeoffs.errors import EndlessError, TradeoffError, meant
from planner.tradeoffs.full_plans import plan_of
from planner.tradeoffs.goal_seeking.targets import ROOM, Target
from planner.tradeoffs.search import without_end
from planner.tradeoffs.steering_session import SteeringSession

Kind = Literal["improve", "improve to", "keep", "may worsen to", "free"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""What may be wanted of an outcome."""
SMALL = 1e-5
"""Share of an outcome that counts as no room to improve."""


@dataclass(frozen=True)
class Classification:
    """What is wanted of an outcome, compared with the plan that is steered from; `value` where the kind has one."""

    kind: Kind
    value: float | None = None


@dataclass(frozen=True)
class Range:
    """How far an outcome can go within the limits.

    No plan can pass `bound`; `best` is the best of a plan that was found, `gap` the distance between the two; `worst`
    is the worst that it becomes where one of the other outcomes is made best. None: not looked for, or not found.
    """

    outcome: str
    unit: str
    more: bool
    bound: float | None
    best: float | None = None
    gap: float | None = None
    worst: float | None = None
    status: Status = Status.NO_PLAN


@dataclass(frozen=True)
class Ranges:
    """Reachable ranges. `possible` is false where no plan keeps all limits; `proven` tells if plans were sought."""

    limits: tuple[Target, ...]
    rows: tuple[Range, ...]
    possible: bool
    proven: bool
    notes: tuple[str, ...]
    complete: bool
    seconds: float

    def of(self, outcome: str) -> Range:
        """The range of an outcome."""
        return next(r for r in self.rows if r.outcome == outcome)


@dataclass(frozen=True)
class Steered:
    """The next plan: outcomes before and after, and the share of the way to the best that all improvements went.

    `values` and `before` hold every outcome of the workbook; `reached` says of each wish that wanted something whether
    it is so. `plan` is whole.
    """

    wishes: Mapping[str, Classification]
    before: Mapping[str, float]
    values: Mapping[str, float]
    share: float | None
    status: Status
    gap: float | None
    reached: Mapping[str, bool]
    notes: tuple[str, ...]
    seconds: float
    plan: Plan = field(repr=False, compare=False)


def refusal(wishes: Mapping[str, Classification], now: Mapping[str, float], more: Mapping[str, bool]) -> str:
    """Why these wishes cannot be carried out, in a sentence; blank if they can.

    `now` are the outcomes of the plan that is steered from, `more` tells of which outcomes more is better.
    """
    better = [n for n, t in wishes.items() if t.kind in ("improve", "improve to")]
    given = [n for n, t in wishes.items() if t.kind in ("may worsen to", "free")]
    if not better:
        return "Nothing is to improve, so the plan stays as it is: choose at least one outcome that is to improve."
    if not given:
        rest = "all outcomes are to improve" if len(better) == len(wishes) else "the others are to stay"
        return (
            f"Nothing may be given up: {rest}. A plan near the best has nothing left that costs nothing, so choose at "
            "least one outcome that may worsen, or is free."
        )
    for name, wish in wishes.items():
        if wish.kind not in ("improve to", "may worsen to"):
            continue
        if wish.value is None or not np.isfinite(wish.value):
            return f"Say to which value '{name}' is to improve or may worsen."
        ahead = (wish.value - now[name]) * (1.0 if more[name] else -1.0)
        if wish.kind == "improve to" and ahead <= 0.0:
            return f"'{name}' is at {figure(now[name])} already: {figure(wish.value)} would not improve it."
        if wish.kind == "may worsen to" and ahead > 0.0:
            return f"{figure(wish.value)} would be better than '{name}' is now ({figure(now[name])}), not worse."
    return ""


def reachable(
    case: Case, outcomes: Sequence[str], limits: Sequence[Target] = (), *, plan: Plan | None = None,
    proven: bool = True, options: Options | None = None, on_progress: OnProgress | None = None,
    interrupt: Interrupt | None = None,
) -> Ranges:  # fmt: skip
    """How far each outcome can go within limits on any of them.

    Without `proven` only the bounds that no plan can pass are computed, with binary decisions taken in part (linear
    programmes); with it two searches an outcome find plans. Soft rules may be broken as much as in `plan`, else as in
    the workbook's best one. Raises TradeoffError for unknown outcomes or a case without any plan.
    """
    session = SteeringSession(case, outcomes, limits, plan, RunContext(options or Options(), on_progress, interrupt))
    rows, possible = [], True
    for k, name in enumerate(session.problem.names):
        if session.run.over():
            break
        session.run.say(f"How far {name} can go: {k + 1} of {session.problem.size}")
        bound = session.bound(k)
        if bound is None:
            possible = False
            break
        rows.append(Range(name, session.units[name], session.more[name], None if np.isinf(bound) else bound))
    if possible and proven and not session.run.over():
        found = _payoff(session)
        possible = found is not None
        rows = [_ranged(row, k, session, found) for k, row in enumerate(rows)] if found is not None else []
    return Ranges(
        session.limits, tuple(rows) if possible else (), possible, proven, session.notes, not session.run.over(),
        session.run.elapsed,
    )  # fmt: skip


def _payoff(session: SteeringSession) -> list[tuple[Answer, Floats] | None] | None:
    """For every outcome the search for its best, and all values of a plan that has it; None where no plan exists."""
    found: list[tuple[Answer, Floats] | None] = []
    for k, name in enumerate(session.problem.names):
        if session.run.over():
            found.append(None)
            continue
        session.run.say(f"The plan with the best {name}: {k + 1} of {session.problem.size}")
        pair = session.best(k)
        if pair is None and not session.run.over():
            return None
        found.append(pair)
    return found


def _ranged(row: Range, k: int, session: SteeringSession, found: Sequence[tuple[Answer, Floats] | None]) -> Range:
    """A range with both ends as plans have them."""
    own, worst = found[k], None
    others = [float(pair[1][k]) for j, pair in enumerate(found) if pair is not None and j != k]
    if others:
        worst = min(others) if row.more else max(others)
    if own is None or own[0].objective is None:
        return replace(row, worst=worst)
    answer = own[0]
    assert answer.objective is not None
    bound = row.bound
    if answer.bound is not None and np.isfinite(answer.bound):
        tight = float(session.problem.senses[k]) * answer.bound
        bound = tight if bound is None else min(bound, tight) if row.more else max(bound, tight)
    best = float(session.problem.senses[k]) * answer.objective
    if bound is not None:  # a plan in hand cannot pass what no plan can pass: what is left is rounding
        bound = max(bound, best) if row.more else min(bound, best)
    if worst is not None:
        worst = min(worst, best) if row.more else max(worst, best)
    gap = None if bound is None else abs(bound - best) / max(abs(best), 1e-9) if bound != best else 0.0
    return replace(row, bound=bound, best=best, gap=gap, worst=worst, status=answer.status)


def steer(
    case: Case, now: Plan, wishes: Mapping[str, Classification], *, options: Options | None = None,
    on_progress: OnProgress | None = None, interrupt: Interrupt | None = None,
) -> Steered:  # fmt: skip
    """The next plan after `now`: named values first, then all other improvements the same share of their way.

    What is to improve or to stay never worsens; what may worsen keeps its limit; of the plans that do so the workbook's
    weights choose. Raises TradeoffError where wishes contradict each other (see :func:`refusal`) or no plan is found.
    """
    run = RunContext(options or Options(), on_progress, interrupt)
    rows = {row.outcome: row for row in case.of(Outcomes)}
    unknown = next((n for n in wishes if n not in rows), "")
    if unknown:
        message = f"The workbook has no outcome '{unknown}' on sheet Outcomes.{meant(unknown, rows)}"
        raise TradeoffError(message)
    before = {str(o): float(v) for o, v in zip(now.tables["outcomes"]["outcome"], now.tables["outcomes"]["value"],
                                               strict=True)}  # fmt: skip
    refused = refusal(wishes, before, {n: r.better == "more" for n, r in rows.items()})
    if refused:
        raise TradeoffError(refused)
    floors = [_floor(name, wish, before[name], rows[name].better == "more") for name, wish in wishes.items()]
    kept = [f for f in floors if f is not None]
    session = SteeringSession(case, list(wishes), kept, now, run)
    answer, share = _moved(session, wishes, before)
    columns, status = session.settled(answer)
    return _steered(session, wishes, before, columns, status, answer.gap, share)


def _floor(name: str, wish: Classification, now: float, more: bool) -> Target | None:
    """What an outcome may not fall below (or rise above)."""
    if wish.kind == "free":
        return None
    value = wish.value if wish.kind == "may worsen to" and wish.value is not None else now
    session = ROOM * abs(value) * (-1.0 if more else 1.0)
    return Target(name, ">=" if more else "<=", value + session)


def _moved(
    session: SteeringSession, wishes: Mapping[str, Classification], before: Mapping[str, float]
) -> tuple[Answer, float | None]:
    """Bring named values about as far as possible, then move all other improvements the same share of their way."""
    answer, share, gone = None, None, 0.0
    for kind, words in (("improve to", "as near as possible to the values named"), ("improve", "as far as possible")):
        names = [n for n, t in wishes.items() if t.kind == kind]
        ends = {}
        for name in names:
            k, wish = session.problem.names.index(name), wishes[name]
            end = wish.value if wish.value is not None else session.bound(k)
            ends[name] = before[name] if end is None else end
        moving = {n: e for n, e in ends.items() if np.isfinite(e) and abs(e - before[n]) > SMALL * max(1.0, abs(e))}
        endless = next((n for n, e in ends.items() if np.isinf(e)), "")
        if endless:
            raise EndlessError(without_end(endless))
        if not moving:
            continue
        session.run.say(f"Moving {listed(list(moving), 3)} {words}")
        answer, share = session.approach({n: (before[n], e) for n, e in moving.items()})
        gone = max(gone, share)
    if answer is None or gone <= SMALL:
        names = [f"'{n}'" for n, t in wishes.items() if t.kind in ("improve", "improve to")]
        message = f"{listed(names, 4)} cannot improve within these limits, however much is given up elsewhere."
        raise TradeoffError(message)
    return answer, share


def _steered(
    session: SteeringSession, wishes: Mapping[str, Classification], before: Mapping[str, float], columns: Floats,
    status: Status,
    gap: float | None, share: float | None,
) -> Steered:  # fmt: skip
    """Write the answer, with the whole plan."""
    said = f"This plan was steered to from another ({listed(_told(wishes), 6)}); it is not the best by the weights."
    plan = plan_of(session.model, session.run.options, columns, Status.FEASIBLE, gap=None, bound=None, unproven=[said])
    values = {str(o): float(v) for o, v in zip(plan.tables["outcomes"]["outcome"], plan.tables["outcomes"]["value"],
                                               strict=True)}  # fmt: skip
    reached = {}
    for name, wish in wishes.items():
        ahead = (values[name] - before[name]) * (1.0 if session.more[name] else -1.0)
        if wish.kind == "improve":
            reached[name] = ahead > SMALL * max(1.0, abs(before[name]))
        elif wish.kind == "improve to" and wish.value is not None:
            reached[name] = Target(name, ">=" if session.more[name] else "<=", wish.value).met(values[name])
    return Steered(dict(wishes), before, values, share, status, gap, reached, session.notes, session.run.elapsed, plan)


def _told(wishes: Mapping[str, Classification]) -> list[str]:
    """Turns in words."""
    return [f"{n}: {t.kind}" + (f" {figure(t.value)}" if t.value is not None else "") for n, t in wishes.items()]
