"""One engine a browser session: an answer at once while a lever moves, with its distance from the best possible.

The binary decisions of proven plans are held, so that what is left is a linear programme whose optimum is a real
plan; letting them go gives a bound that no plan can pass. Every method takes the engine's own lock.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.matrix import Floats
from planner.case.problems import InvalidCaseError
from planner.live.answers import LiveAnswer, MarginalWorth, Route, Status
from planner.live.base import LiveBase, LiveUnavailableError, ModelStructure
from planner.live.dials import complete
from planner.live.layout import ArrayLayout, Flat
from planner.live.meters import meters_from
from planner.live.moves import moves_of
from planner.live.plans import plan_of
from planner.live.readings import Line, outcome_value
from planner.live.shortages import NearestFeasible
from planner.live.solvers import PartClock, RelaxedLP
from planner.live.words import failed_sentence, found_sentence, short_sentence
from planner.plan import Plan
from planner.solver.answers import Optimum, relative_gap
from planner.solver.carrying import decisions_of
from planner.solver.session import Session
from planner.solver.snapshots import ModelSnapshot, value_slope
from planner.solver.ways import SolverFailedError

SAFETY = 1e-6
"""Share by which a bound is widened for the solver's tolerances."""
CERTIFY_SECONDS = 1.0
"""Time that a tighter bound may take."""
MOST_HELD = 4
"""Plans whose decisions are held at once."""
MOST_COMPILED = 16
"""Settings that were compiled and are remembered."""


@dataclass
class _Sessions:
    """The linear programmes of one shape: one with decisions held, one with them let go, and the decisions."""

    structure: ModelStructure
    held: RelaxedLP
    free: RelaxedLP
    decisions: list[tuple[Floats, Plan]]
    nearest: NearestFeasible | None = None

    def nearest_to(self, home: ModelSnapshot) -> NearestFeasible:
        """The elastic model, laid out when it is first needed; it begins from the first plan at current policy."""
        if self.nearest is None:
            self.nearest = NearestFeasible(self.structure.elastic, self.structure.layout, home)
            self.nearest.begin(home.held(self.structure.integer, self.decisions[0][0]))
        return self.nearest


class LiveEngine:
    """Answers settings of dials. One a session: objects of the solver are never shared."""

    def __init__(self, base: LiveBase) -> None:
        """Pass the matrix to two solver objects and find the basis that every bound begins from."""
        self.base = base
        self.lock = threading.RLock()
        self._plans: tuple[Plan, ...] = ()
        self._compiled: dict[tuple[tuple[str, float], ...], tuple[ModelStructure, Flat]] = {}
        home = base.structure.layout.numbers(base.response.home)
        self._sessions = _open(base.structure, home, ())

    @property
    def ready_plan(self) -> bool:
        """Whether there is a plan whose decisions can be held."""
        return bool(self._sessions.decisions)

    def hold(self, *plans: Plan) -> None:
        """Hold the decisions of these plans (at most four, made on the same grid); the best answer over them counts."""
        fitting = tuple(p for p in plans if p.found and p.record.grid in ("", self._grid))[:MOST_HELD]
        with self.lock:
            if [id(p) for p in fitting] == [id(p) for p in self._plans]:
                return
            self._plans = fitting
            numbers = self.base.structure.layout.numbers(self.base.response.home)
            _decide(self._sessions, numbers, fitting)

    @property
    def _grid(self) -> str:
        """Name of the grid."""
        return self.base.spec.grid

    def answer(self, settings: Mapping[str, float], before: LiveAnswer | Plan | None = None) -> LiveAnswer:
        """The first answer to settings of the dials; those not named stand at current policy.

        Raises KeyError for a dial that is not there. Everything else that goes wrong is an answer with its reason.
        """
        wanted = complete(self.base.dials, settings)
        with self.lock:
            clock = PartClock()
            try:
                found = self._answer(wanted, clock)
            except InvalidCaseError as error:
                reasons = [str(p) for p in error.problems if p.severity == "error"][:3]
                found = LiveAnswer(wanted, "failed", failed_sentence(" ".join(reasons)))
            except (SolverFailedError, LiveUnavailableError) as error:
                found = LiveAnswer(wanted, "failed", str(error))
            moves = moves_of(self.base.structure, before, found.figures) if found.figures else ()
            clock.lap("read")
            return replace(found, moves=moves, seconds=clock.total())

    def _answer(self, settings: Mapping[str, float], clock: PartClock) -> LiveAnswer:
        """Numbers, plan, bound, figures."""
        structure, flat, route = self._numbers(settings)
        sessions = (
            self._sessions
            if structure is self.base.structure
            else _open(structure, structure.layout.numbers(flat), self._plans)
        )
        numbers = structure.layout.numbers(flat)
        clock.lap("numbers")
        if not sessions.decisions:
            return LiveAnswer(settings, "failed", "There is no plan yet to start from.", route=route)
        best: tuple[Optimum, Floats] | None = None
        for decisions, _ in sessions.decisions:
            solved = sessions.held.solve(numbers.held(structure.integer, decisions))
            if solved is not None and (best is None or solved.objective > best[0].objective):
                best = (solved, decisions)
        clock.lap("solve")
        if best is None:
            return replace(self._short(sessions, settings, flat, numbers, clock), route=route)
        if len(sessions.decisions) > 1 and best[1] is not sessions.decisions[-1][0]:
            again = sessions.held.solve(numbers.held(structure.integer, best[1]))
            best = (again, best[1]) if again is not None else best
        columns = sessions.held.settle(best[0])
        clock.lap("ties")
        bound = self._bound(sessions, settings, numbers)
        clock.lap("bound")
        objective = float(numbers.cost @ columns) + numbers.offset
        bound = None if bound is None else max(bound, objective)
        gap = None if bound is None else relative_gap(objective, bound)
        figures, values = _figures(structure, flat, columns)
        worth = self._worth(settings, best[0], structure) if route == "lines" else {}
        return LiveAnswer(
            settings, "found", found_sentence(gap), objective, bound, gap, _outcomes(figures), meters_from(values),
            worth, route=route, columns=columns, figures=figures,
        )  # fmt: skip

    def _numbers(self, settings: Mapping[str, float]) -> tuple[ModelStructure, Flat, Route]:
        """All numbers at settings: from the lines, else compiled; with another structure where the shape differs."""
        flat = self.base.numbers(settings)
        if flat is not None:
            return self.base.structure, flat, "lines"
        key = tuple(sorted(settings.items()))
        if key not in self._compiled:
            subject = self.base.spec.subject(settings)
            own = self.base.structure.layout.flat_of(subject)
            if own is not None:
                self._compiled[key] = (self.base.structure, own)
            else:
                layout = ArrayLayout(subject)
                other = layout.flat_of(subject)
                assert other is not None
                self._compiled[key] = (ModelStructure.of(subject, layout, self.base.spec), other)
            while len(self._compiled) > MOST_COMPILED:
                del self._compiled[next(iter(self._compiled))]
        structure, flat = self._compiled[key]
        return structure, flat, "compiled"

    def _bound(self, sessions: _Sessions, settings: Mapping[str, float], numbers: ModelSnapshot) -> float | None:
        """What no plan can pass: decisions let go, or what the search for these settings has proven."""
        found = sessions.free.solve(numbers)
        bound = None if found is None else found.objective + SAFETY * max(1.0, abs(found.objective))
        sets = self.base.spec.sets(settings)
        for _, plan in sessions.decisions:
            if plan.bound is not None and plan.record.changes == sets:
                bound = plan.bound if bound is None else min(bound, plan.bound)
        return bound

    def _short(
        self, sessions: _Sessions, settings: Mapping[str, float], flat: Flat, numbers: ModelSnapshot, clock: PartClock
    ) -> LiveAnswer:
        """The nearest plan with the decisions of the first plan, and whether any decisions can do."""
        structure = sessions.structure
        never = sessions.free.solve(numbers, sure=True) is None
        clock.lap("bound")
        home = structure.layout.numbers(self.base.response.home if structure is self.base.structure else flat)
        found = sessions.nearest_to(home).find(numbers.held(structure.integer, sessions.decisions[0][0]))
        clock.lap("nearest")
        shortages = found[1] if found else ()
        status: Status = "none" if never else "short"
        answer = LiveAnswer(settings, status, short_sentence(shortages, never=never), shortages=shortages)
        if found is None:
            return answer
        figures, values = _figures(structure, flat, found[0])
        return replace(
            answer, outcomes=_outcomes(figures), meters=meters_from(values), columns=found[0], figures=figures
        )

    def _worth(
        self, settings: Mapping[str, float], solved: Optimum, structure: ModelStructure
    ) -> dict[str, MarginalWorth]:
        """Worth of one more unit of each dial, from the prices of the plan's limits along the dial's line."""
        layout, worth = structure.layout, {}
        for dial in self.base.dials:
            rate = self.base.response.rate(dial.key, settings)
            if rate is None:
                continue
            full = np.zeros(layout.size)
            full[rate[0]] = rate[1]
            points = value_slope(
                layout.numbers(full), solved, layout.entry_rows, layout.entry_columns, structure.integer
            )
            small = abs(points) * max(dial.size, 1.0) <= 1e-9 * max(1.0, abs(solved.objective))
            worth[dial.key] = MarginalWorth(dial.key, dial.unit, 0.0 if small else points)
        return worth

    def plan_of(self, answer: LiveAnswer) -> Plan:
        """The whole plan of an answer, never called proven. Raises ValueError where it has none."""
        return plan_of(self.base, answer)

    def certify(self, answer: LiveAnswer, seconds: float = CERTIFY_SECONDS) -> LiveAnswer:
        """The same answer with a tighter bound, from the beginning of a whole search; it never loosens."""
        if answer.status != "found" or answer.columns is None or answer.objective is None:
            return answer
        with self.lock:
            structure, flat, _ = self._numbers(answer.settings)
        matrix = structure.layout.matrix(structure.layout.numbers(flat))
        session = Session(matrix, replace(self.base.spec.options, gap=1e-4, time_limit=max(0.1, seconds)))
        session.start_from(answer.columns)
        found = session.run()
        if found.bound is None or not math.isfinite(found.bound):
            return answer
        safe = found.bound + SAFETY * max(1.0, abs(found.bound))
        bound = max(answer.objective, safe if answer.bound is None else min(answer.bound, safe))
        gap = relative_gap(answer.objective, bound)
        return replace(answer, bound=bound, gap=gap, sentence=found_sentence(gap))


def _open(structure: ModelStructure, home: ModelSnapshot, plans: Sequence[Plan]) -> _Sessions:
    """Solver objects of one shape, with the bases that they begin from."""
    sessions = _Sessions(structure, RelaxedLP(structure, home), RelaxedLP(structure, home), [])
    if sessions.free.solve(home) is not None:
        sessions.free.remember()
    _decide(sessions, home, plans)
    return sessions


def _decide(sessions: _Sessions, home: ModelSnapshot, plans: Sequence[Plan]) -> None:
    """Take the plans' decisions, each once, and the basis of the first at current policy."""
    sessions.decisions, sessions.nearest = [], None
    for plan in plans:
        decisions = decisions_of(sessions.structure.decided, plan)
        if not any(np.array_equal(decisions, other) for other, _ in sessions.decisions):
            sessions.decisions.append((decisions, plan))
    sessions.held.start = sessions.free.start
    if (
        sessions.decisions
        and sessions.held.solve(home.held(sessions.structure.integer, sessions.decisions[0][0])) is not None
    ):
        sessions.held.remember()


def _figures(
    structure: ModelStructure, flat: Flat, columns: Floats
) -> tuple[dict[Line, float], dict[tuple[str, str], tuple[float, float]]]:
    """Every figure of a plan by name, and used and available of each row of each meter."""
    layout = structure.layout
    read = dict(zip(layout.lines, (float(f"{v:.12g}") for v in layout.read(flat, columns)), strict=True))
    figures: dict[Line, float] = {line: v for line, v in read.items() if line[0] in ("outcome", "amount", "money")}
    for name, kind in structure.kinds.items():
        if kind != "sum":
            reached = {line[2]: v for line, v in read.items() if line[0] == "reached" and line[1] == name}
            ratios = [v / read["need", name, part] for part, v in reached.items()]
            figures["outcome", name] = outcome_value(kind, read["total", name], ratios)
    used = {line[1:3]: v for line, v in read.items() if line[0] == "meter" and line[3] == "used"}
    amounts = {(m, r): (v, read["meter", m, r, "available"]) for (m, r), v in used.items()}
    return figures, amounts


def _outcomes(figures: Mapping[Line, float]) -> dict[str, float]:
    """Outcomes among figures."""
    return {line[1]: value for line, value in figures.items() if line[0] == "outcome"}
