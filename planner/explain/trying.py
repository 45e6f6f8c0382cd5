"""One cell changed and the case solved again: as the decisions of the plan stand, and with everything free."""

from __future__ import annotations

from dataclasses import dataclass

from planner.explain.solved_case import SolvedCase, open_case
from planner.plan import Plan
from planner.solve import solve
from planner.solver.runs import RunContext
from planner.wording.figures import signed
from planner.workbook.reader import reread


@dataclass(frozen=True)
class Tried:
    """What a change brings. `held` are points more with the yes-or-no decisions of the plan; None where none is left.

    `free` are the points of the best plan with the change, `before` those of the plan; each with its gap. `effects` are
    outcomes, units and changes with the decisions held.
    """

    held: float | None
    effects: tuple[tuple[str, str, float], ...]
    free: float | None
    gap: float | None
    found: bool
    before: float
    before_gap: float | None

    @property
    def sentence(self) -> str:
        """Both in a line."""
        held = "no plan" if self.held is None else f"{signed(self.held)} points"
        free = "no plan" if self.free is None or not self.found else f"{signed(self.free - self.before)} points"
        told = "; ".join(f"{name} {signed(change, unit)} {unit}" for name, unit, change in self.effects)
        return f"With the yes-or-no decisions of the plan: {held}{f' ({told})' if told else ''}. All free: {free}."


def try_change(solved: SolvedCase, plan: Plan, change: str, run: RunContext) -> Tried:
    """Solve again with a change as `--set` writes it. Raises InvalidCaseError where the workbook cannot have it."""
    case = reread(solved.case, [change])
    run.say("solving again with the yes-or-no decisions held")
    held: float | None = None
    effects = []
    try:
        other = open_case(case, solved.options, plan)
        held = other.fixed.objective - solved.fixed.objective
        before, after = solved.built.outcomes.value, other.built.outcomes.value
        for outcome in other.built.frame.network.outcomes:
            was = before[outcome.id].value(solved.fixed.values)
            now = after[outcome.id].value(other.fixed.values)
            if abs(now - was) > 1e-7 * max(1.0, abs(was)):
                effects.append((outcome.id, outcome.unit, now - was))
    except ValueError:  # no plan, or one that cannot be carried out there
        held = None
    run.say("solving again with everything free")
    best = solve(case, run.unheard(solved.options))
    before_points = plan.objective if plan.objective is not None else solved.objective
    return Tried(held, tuple(effects), best.objective, best.gap, best.found, before_points, plan.gap)
