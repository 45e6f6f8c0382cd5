"""What a yes or no is worth: the best plan with it forced on against the best with it forced off."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from planner.explain.solved_case import SolvedCase
from planner.explain.words import Words, heaviest_first, moved
from planner.ordering import place
from planner.plan import Status
from planner.solver.answers import relative_gap
from planner.solver.session import Session
from planner.wording.figures import figure, share, signed


@dataclass(frozen=True)
class SwitchWorth:
    """Objective with a switch on and off, None where there is no plan; the worth is certain to `uncertain` points."""

    switch: str
    words: str
    cell: str
    taken: bool
    on: float | None
    off: float | None
    uncertain: float
    effects: tuple[tuple[str, str, float], ...]
    sentence: str

    @property
    def worth(self) -> float | None:
        """Points that having it brings; None where one side has no plan."""
        return None if self.on is None or self.off is None else self.on - self.off


def switch_worth(
    solved: SolvedCase, switches: Collection[str] = (), *, top: int = 5, time_limit: float = 60.0
) -> tuple[SwitchWorth, ...]:
    """What a yes-or-no decision is worth: the case solved with each turned the other way than in the plan.

    Args:
        solved: An opened plan.
        switches: Kernel ids, or row names of sheets Reforms and Sites; none: the first `top` that are taken.
        top: How many are tried.
        time_limit: Seconds for each.

    Returns:
        Points lost without it, or gained with it, and each outcome in its unit.

    Raises:
        KeyError: There is no such switch.

    Example:
        >>> found = planner.explain.switch_worth(solved, ["labour agreement"])
        >>> (found[0].switch, found[0].taken)
        ('reform:labour agreement', True)
    """
    chosen = [_named(solved, s) for s in switches] or [
        s.id
        for s in solved.built.frame.network.switches
        if s.id.startswith(("reform:", "open:")) and not s.already and _taken(solved, s.id)
    ][:top]
    rows = [_worth(solved, name, time_limit) for name in chosen]
    return tuple(sorted(rows, key=lambda r: (r.worth is not None, -place(abs(r.worth or 0.0)), r.switch)))


def _named(solved: SolvedCase, name: str) -> str:
    """Kernel id of a switch that can be decided."""
    known = {s.id: s for s in solved.built.frame.network.switches if not s.already}
    for candidate in (name, f"reform:{name}", f"open:{name}", f"close:{name}"):
        if candidate in known:
            return candidate
    near = [k.partition(":")[2] for k in known if name.casefold() in k.casefold()][:4]
    message = f"The plan decides no yes or no called '{name}'." + (f" Did you mean {', '.join(near)}?" if near else "")
    raise KeyError(message)


def _taken(solved: SolvedCase, switch: str) -> bool:
    """Whether the plan takes it."""
    return solved.number(solved.built.switches.taken(switch)) > 0.5


def _worth(solved: SolvedCase, name: str, time_limit: float) -> SwitchWorth:
    """Solve the other way round."""
    words, taken = Words(solved.built), _taken(solved, name)
    session = Session(solved.matrix, solved.options)
    starts = list(solved.built.switches.starts[name].values())
    columns = [c for form in starts for c in form.terms]
    if taken:
        for column in columns:
            session.bound_column(column, 0.0, 0.0)
    elif columns:
        session.add_terms(dict.fromkeys(columns, 1.0), 1.0, np.inf)
    answer = session.run(time_limit=time_limit)
    other, open_points = answer.objective, 0.0
    if not columns or answer.status is Status.INFEASIBLE:
        other = None
    elif answer.objective is not None and answer.bound is not None and np.isfinite(answer.bound):
        open_points = abs(answer.bound - answer.objective)
    elif answer.objective is None:
        open_points = np.inf
    uncertain = max(open_points, abs(solved.objective) * (solved.gap or 0.0))
    on, off = (solved.objective, other) if taken else (other, solved.objective)
    effects: tuple[tuple[str, str, float], ...] = ()
    if answer.values is not None:
        sign = 1.0 if taken else -1.0
        forms = solved.built.outcomes.value
        changes = (
            (o.id, o.unit, sign * (solved.number(forms[o.id]) - forms[o.id].value(answer.values)))
            for o in solved.built.frame.network.outcomes
        )
        effects = heaviest_first(solved.built, changes)
    noun, cell = words.noun(name), words.origins[name]
    unknown = answer.status is Status.NO_PLAN
    return SwitchWorth(
        name,
        noun,
        cell,
        taken,
        on,
        off,
        uncertain,
        effects,
        _say(noun, cell, on, off, uncertain, effects, taken=taken, unknown=unknown),
    )


def _say(
    noun: str,
    cell: str,
    on: float | None,
    off: float | None,
    uncertain: float,
    effects: tuple[tuple[str, str, float], ...],
    *,
    taken: bool,
    unknown: bool,
) -> str:
    """What it is worth, with what is proven of it."""
    state = "taken in the plan" if taken else "not taken in the plan"
    head = f"{noun[0].upper()}{noun[1:]} ({cell}, {state})"
    if unknown:
        return f"{head}: the time was not enough to find a plan {'without' if taken else 'with'} it."
    if off is None:
        return f"{head}: without it there is no plan at all."
    if on is None:
        return f"{head}: with it there is no plan at all."
    worth = on - off
    if abs(worth) <= uncertain:
        left = f"{figure(uncertain)} points, {share(relative_gap(on, on - uncertain))}"
        return f"{head}: no difference that is larger than what the searches left open ({left})."
    told = moved(effects)
    sure = f", give or take {figure(uncertain)} that the searches left open" if uncertain > 1e-6 * abs(on) else ""
    return f"{head}: worth {signed(worth)} points{f' ({told})' if told else ''}{sure}."
