"""The hedged plan and what it is compared with: hindsight, the averaged plan, and the plan made for each future alone.

All futures are solved in one model (:mod:`planner.futures.tree`), started from the best commitments known; then every
set of commitments is followed into every future. Every figure carries what was proven, and what is smaller than that is
called no difference.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from models.matrix import Floats
from planner.futures.average import average
from planner.futures.branching import Decision
from planner.futures.errors import FuturesError
from planner.futures.found import CommittedPlan, Hedge, Hindsight, InfeasibleScenario, RowKind
from planner.futures.outlook import Future, Outlook
from planner.futures.recourse import (
    Committed,
    Followed,
    answer_to_decisions,
    breaking,
    commitments_of,
    follow,
)
from planner.futures.risk import Aim, GapReached, StochasticSolver
from planner.futures.tree import Tree, merge
from planner.options import Options
from planner.ordering import place
from planner.plan import Status
from planner.run.progress import Progress
from planner.solver.runs import RunContext
from planner.solver.session import Session
from planner.solver.tie_breaking import break_ties
from planner.wording.lists import named

HEDGE_SHARE = 0.6
"""Share of the time left that the search for the hedged plan may take."""
KEPT = 1e-9


def hedge(
    outlook: Outlook,
    *,
    matrix: bool = True,
    least_regret: bool = True,
    run: RunContext | None = None,
) -> Hedge:
    """Find the hedged plan and compare it with hindsight, the averaged plan and each future's own plan.

    Args:
        outlook: The futures.
        matrix: Whether every future's own plan is followed into every other future.
        least_regret: Whether the plan whose largest regret is least is sought too.
        run: Options, listeners and a wish to stop; None: none. A stop or the time limit keeps what was found.

    Returns:
        Points in each future, commitments, the value of knowing, regret.

    Raises:
        FuturesError: No future has a plan at all.

    Source: J. R. Birge and F. Louveaux, Introduction to Stochastic Programming, 2011 (value of the stochastic
    solution).

    Example:
        >>> read = lambda scenario: planner.read("inputs/starter.xlsx", scenario=scenario)
        >>> outlook = planner.futures.outlook_of(read, options=options)
        >>> found = planner.futures.hedge(outlook, matrix=False, least_regret=False)
        >>> len(found.hindsight)
        3
    """
    return _Work(outlook, RunContext.of(run, outlook.options)).run(matrix=matrix, least_regret=least_regret)


class _Work:
    """One question about futures being answered."""

    def __init__(self, outlook: Outlook, context: RunContext) -> None:
        self.outlook, self.context = outlook, context
        self.options: Options = context.options
        self.notes: list[str] = list(outlook.notes)
        self.rows: list[CommittedPlan] = []
        self.hindsight: list[Hindsight] = []
        self.looked_back = False

    @property
    def left(self) -> float:
        """Seconds left, at least one tenth."""
        return max(0.1, self.context.left)

    @property
    def over(self) -> bool:
        """Whether it is time to end."""
        return self.context.over()

    def say(self, words: str, best: float | None = None, bound: float | None = None) -> None:
        """Tell what is being done."""
        context = self.context
        if context.tell is not None:
            gap = abs(bound - best) / max(abs(best), 1e-9) if best is not None and bound is not None else None
            context.tell(Progress("solve", words, best, bound, gap, context.elapsed, kept=self.looked_back))

    def run(self, *, matrix: bool, least_regret: bool) -> Hedge:
        """Do all of it."""
        infeasible = self._look_back()
        self.looked_back = True
        tree = merge(self.outlook.futures)
        self._note_impossible(tree)
        likeliest = self.outlook.likeliest
        if not self.over:
            self._own(likeliest)
        bound = self._hedge(tree)
        if not self.over:
            self._averaged()
        for s in range(len(self.outlook.futures)) if matrix else ():
            if s != likeliest and not self.over:
                self._own(s)
        if least_regret and not self.over and self._known() is not None:
            self._least_regret(tree)
        self._learn()
        bound = self._bound(bound)
        self.rows.sort(key=lambda r: ("hedged", "least regret", "averaged", "own").index(r.kind))
        size = (len(tree.matrix.row_lower), len(tree.matrix.cost))
        return Hedge(
            self.outlook, tuple(self.hindsight), tuple(self.rows), bound, infeasible, tuple(self.notes),
            self.context.stopped, self.context.elapsed, size,
        )  # fmt: skip

    def _look_back(self) -> tuple[InfeasibleScenario, ...]:
        """Solve every future as if it were known; set aside those without any plan."""
        infeasible, kept = [], []
        futures = self.outlook.futures
        for s, future in enumerate(futures):
            self.say(f"hindsight: '{future.title}', future {s + 1} of {len(futures)}")
            answer = self.context.solve(Session(future.matrix, self.options), self.left)
            if answer.status is Status.INFEASIBLE:
                infeasible.append(InfeasibleScenario(future, breaking(future, None, self.options, self.left)))
                continue
            if answer.status is Status.UNBOUNDED:
                message = (
                    f"In future '{future.title}' the outcomes have no limit: planner solve says what is unlimited."
                )
                raise FuturesError(message, Status.UNBOUNDED)
            if answer.values is None or answer.objective is None:
                message = f"No plan was found for future '{future.title}' in the time allowed ({answer.stopped})."
                raise FuturesError(message, Status.NO_PLAN)
            values = break_ties(future.model.built, future.matrix, self.options, answer.values, KEPT)
            bound = answer.objective if answer.bound is None else max(answer.bound, answer.objective)
            points = float(future.cost @ values) + future.offset  # of a linear programme: sharper than the search's own
            self.hindsight.append(Hindsight(points, max(bound, points), values, answer.status))
            kept.append(future)
        if infeasible:
            self._set_aside(infeasible, kept)
        return tuple(infeasible)

    def _set_aside(self, infeasible: Sequence[InfeasibleScenario], kept: Sequence[Future]) -> None:
        """Go on with the futures that have a plan."""
        if not kept:
            message = "No future has any plan, not even with hindsight: planner explain says which limits clash."
            raise FuturesError(message, Status.INFEASIBLE)
        total = math.fsum(f.probability for f in kept)
        futures = tuple(replace(f, probability=f.probability / total) for f in kept)
        self.outlook = replace(self.outlook, futures=futures)
        for lost in infeasible:
            self.notes.append(
                f"In '{lost.future.title}' no plan keeps all limits, even if it is known from the first day; it is "
                "left out of all means, and the other probabilities are scaled to one."
            )

    def _note_impossible(self, tree: Tree) -> None:
        """Say what no future may decide early because one of them cannot."""
        names = sorted(
            {str(key[0]).partition(":")[2] for family, key in tree.impossible if family in ("level", "taken")}
        )
        if names:
            self.notes.append(
                f"Before futures show, {named(names, 5)} cannot be begun, because some future rules it out."
            )

    def _follow(
        self, name: str, kind: RowKind, committed: Sequence[Committed], starts: Sequence[Floats | None]
    ) -> CommittedPlan:
        """Follow commitments into every future."""
        followed = []
        for s, future in enumerate(self.outlook.futures):
            if self.over:
                followed.append(Followed("not found", stopped=self.context.stopped))
                continue
            self.say(f"{name}: what becomes of it in '{future.title}'")
            followed.append(follow(future, committed[s], self.context, start=starts[s], limit=self.left))
        row = CommittedPlan(name, kind, tuple(committed), tuple(followed))
        self.rows.append(row)
        return row

    def _averaged(self) -> None:
        """The plan of the averaged future, as futures come."""
        self.say("the averaged plan")
        mean = average(self.outlook.futures)
        answer = self.context.solve(Session(mean.matrix, self.options), self.left)
        if answer.values is None:
            self.notes.append("The averaged plan was not found, so what hedging is worth is not known.")
            return
        committed = self._only_decisions(mean.natural(answer.values))
        count = len(self.outlook.futures)
        self._follow("averaged plan", "averaged", [committed] * count, [None] * count)

    def _only_decisions(self, values: dict[Decision, float]) -> dict[Decision, float]:
        """Values of those columns that may be held in common."""
        may = {f.decisions[n] for f in self.outlook.futures for n in np.flatnonzero(np.isfinite(f.days)).tolist()}
        return {d: v for d, v in values.items() if d in may}

    def _own(self, s: int) -> None:
        """Follow one future's own plan into all others."""
        future = self.outlook.futures[s]
        committed = commitments_of(future, self.hindsight[s].values)
        starts: list[Floats | None] = [None] * len(self.outlook.futures)
        starts[s] = self.hindsight[s].values
        self._follow(f"plan for '{future.title}'", "own", [committed] * len(starts), starts)

    def _known(self) -> CommittedPlan | None:
        """Commitments with the best mean that hold in every future."""
        whole = [(r.expected(self.outlook), r) for r in self.rows if r.whole]
        scored = [(value, r) for value, r in whole if value is not None]
        return max(scored, key=lambda pair: place(pair[0]))[1] if scored else None

    def _start(self, tree: Tree, solver: StochasticSolver) -> Floats | None:
        """Columns of the tree to start from: the best commitments known, or their binary decisions alone.

        With the decisions of the likeliest future's plan before futures show, and of each future's own answer to them
        afterwards, what is left is a linear programme over all futures, and its plan is often near the best.
        """
        starts = []
        known = self._known()
        if known is not None:
            starts.append(tree.columns([f.values for f in known.followed if f.values is not None]))
        first = next((r for r in self.rows if r.kind == "own"), None)
        if known is None and first is not None and solver.session.integer:
            leading = self.outlook.likeliest
            answers = [self._answer(s, f) for s, f in enumerate(first.followed)]
            if all(values is not None for values in answers):
                whole = tree.columns([values for values in answers if values is not None])
                early = np.flatnonzero(self.outlook.futures[leading].early)
                whole[tree.places[leading][early]] = self.hindsight[leading].values[early]
                found = solver.with_decisions(whole, self.left / 4.0)
                starts += [] if found is None else [found]
        return max(starts, key=lambda c: place(self.outlook.expected(solver.points(c))), default=None)

    def _answer(self, s: int, followed: Followed) -> Floats | None:
        """A future's own answer to the binary decisions with which the likeliest future's plan begins."""
        if followed.whole or self.over:
            return followed.values
        leading, future = self.outlook.futures[self.outlook.likeliest], self.outlook.futures[s]
        self.say(f"a first hedged plan: the answer of '{future.title}'")
        begun = commitments_of(leading, self.hindsight[self.outlook.likeliest].values)
        return answer_to_decisions(future, begun, self.context, self.left / 4.0)

    def _hedger(self, tree: Tree) -> StochasticSolver:
        """A session on the whole tree."""
        return StochasticSolver(
            tree, self.outlook.probabilities, self.options, max(abs(h.points) for h in self.hindsight)
        )

    def _hedge(self, tree: Tree) -> float | None:
        """Search for the best mean, all futures in one model; returns what no commitments can pass."""
        if self.over:
            return None
        self.say(f"hedged plan: all {len(self.outlook.futures)} futures at once")
        solver, most = self._hedger(tree), self.outlook.expected([h.bound for h in self.hindsight])
        start = self._start(tree, solver)
        if start is not None:
            reached = self.outlook.expected(solver.points(start))
            if most - reached <= solver.session.enough * abs(reached):
                self._take(tree, start, "hedged plan", "hedged")
                return most
        enough = GapReached(self.context, self._news, most, solver.session.enough)
        near = replace(self.context, tell=enough.hear, interrupt=enough)
        answer = solver.run(Aim(), near, HEDGE_SHARE * self.left, start=start)
        if answer.status is Status.INFEASIBLE:
            self.notes.append(
                "No commitments can be kept in all these futures at once, so there is no hedged plan: in each row it "
                "is said what has to be cut back or breaks. Let futures show earlier, or leave one of them out."
            )
            return None
        if answer.values is None:
            self.notes.append("No hedged plan was found in the time allowed.")
            return answer.bound
        self._take(tree, answer.values, "hedged plan", "hedged")
        return answer.bound

    def _news(self, progress: Progress) -> None:
        """Pass on the news of the search for the hedged plan."""
        self.say("hedged plan: all futures at once", progress.incumbent, progress.bound)

    def _take(self, tree: Tree, columns: Floats, name: str, kind: RowKind) -> CommittedPlan:
        """Follow the commitments of a solution of the tree into every future."""
        futures = self.outlook.futures
        plans = [tree.values(columns, s) for s in range(len(futures))]
        committed = [commitments_of(f, v) for f, v in zip(futures, plans, strict=True)]
        if not self.over:
            row = self._follow(name, kind, committed, plans)
            if all(f.kept != "not found" for f in row.followed):
                return row
            self.rows.remove(row)
        met = [
            Followed("kept", float(f.cost @ v) + f.offset, h.bound, v, stopped=self.context.stopped)
            for f, v, h in zip(futures, plans, self.hindsight, strict=True)
        ]
        self.rows.append(CommittedPlan(name, kind, tuple(committed), tuple(met)))
        return self.rows[-1]

    def _least_regret(self, tree: Tree) -> None:
        """The plan whose largest regret is least, with the best mean among those."""
        self.say("the plan with the least regret")
        solver = self._hedger(tree)
        best = [h.points for h in self.hindsight]
        start = self._start_of_least_regret(tree)
        unheard = replace(self.context, tell=None)
        answer = solver.run(Aim("regret"), unheard, HEDGE_SHARE * self.left, start=start, best=best)
        if answer.values is None or answer.objective is None:
            return
        solver.hold_regret(-answer.objective * (1.0 + 1e-6) + 1e-9 * solver.size)
        if not self.over:
            again = solver.run(Aim(), unheard, HEDGE_SHARE * self.left, start=answer.values, best=best)
            answer = again if again.values is not None else answer
        assert answer.values is not None
        self._take(tree, answer.values, "least-regret plan", "least regret")

    def _start_of_least_regret(self, tree: Tree) -> Floats | None:
        """Columns of the commitments with the least largest regret so far."""
        scored: list[tuple[float, int, CommittedPlan]] = []
        for row in self.rows:
            if row.whole:
                pairs = zip(self.hindsight, row.points, strict=True)
                scored.append((place(max(h.points - (p or 0.0) for h, p in pairs)), len(scored), row))
        if not scored:
            return None
        return tree.columns([f.values for f in min(scored)[2].followed if f.values is not None])

    def _learn(self) -> None:
        """Let every comparison use the best that is known: a better plan met on the way replaces an earlier one."""
        for s, hindsight in enumerate(self.hindsight):
            better = [r.followed[s] for r in self.rows if r.followed[s].whole]
            for followed in better:
                points, values = followed.points, followed.values
                if points is not None and values is not None and points > self.hindsight[s].points:
                    self.hindsight[s] = replace(
                        self.hindsight[s], points=points, values=values, bound=max(points, hindsight.bound)
                    )
        known, hedged = self._known(), next((r for r in self.rows if r.kind == "hedged"), None)
        if known is None or hedged is known:
            return
        mine = None if hedged is None else hedged.expected(self.outlook)
        theirs = known.expected(self.outlook)
        if mine is None or (theirs is not None and theirs > mine):
            self.rows = [r for r in self.rows if r is not hedged] + [replace(known, name="hedged plan", kind="hedged")]

    def _bound(self, bound: float | None) -> float | None:
        """What no commitments can pass: the search's bound, and never more than hindsight."""
        hedged = next((r for r in self.rows if r.kind == "hedged"), None)
        reached = None if hedged is None else hedged.expected(self.outlook)
        most = self.outlook.expected([h.bound for h in self.hindsight])
        if reached is None:
            return bound
        return max(reached, most if bound is None or not math.isfinite(bound) else min(bound, most))
