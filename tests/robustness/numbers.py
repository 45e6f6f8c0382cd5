"""Every number of a workbook changed in turn: to nought, to rests of formulas, to very large figures.

What is claimed of each changed workbook is judged by what could prove it wrong: the verified plans of the same workbook
with other figures in that cell (whichever of them `verify` accepts for this one is a plan of it, so no bound may lie
below it and nothing may be called infeasible), the plan for nought where a rest stands, and a second search by another
way (no presolve, another seed). Of a cell that is better small, or better large, more is known: what is worse cannot be
worth more, and a wider limit forbids nothing. Each cell is worked off in a process of its own, so that a crash is a
finding too.
"""

from __future__ import annotations

import multiprocessing
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path

from planner import workbook
from planner.case import Case
from planner.options import Options
from planner.plan import Plan, Status
from planner.sheets import BY_NAME, Evidence, columns
from planner.solve import solve
from planner.verify import verify
from planner.workbook.reader import RawBook

RESTS = (1e-17, -7.3e-13, 7.3e-13, 1e-10, 1e-8, 1e-6)
LARGE = (1e4, 1e6, 1e8, 1e9, 1e10, 1e12)
SEARCH = Options(grid="phases", gap=0.001, time_limit=60.0)
OTHER_WAY = replace(SEARCH, presolve=False, seed=7)
AGREE = 1e-6
"""Two objectives that differ by less, relative to their size, are the same."""
PATIENCE = 900.0
"""Seconds without a word from a cell's process, after which it counts as hanging."""


@dataclass(frozen=True)
class Place:
    """A cell with a number: sheet, index of the row, field.

    With a `line` ('Sheet!row.Column') the figure is given as `--set` gives it, and no row is needed. `better` says
    which figures are better: 1 the large, -1 the small, 0 where that is not known. With `known` the case is one that
    is searched to the end whatever the figure, so that nothing but a proof or a refusal that names cells will do.
    """

    sheet: str
    row: int
    field: str
    line: str = ""
    better: int = 0
    known: bool = False

    def __str__(self) -> str:
        return self.line or f"{self.sheet}[{self.row}].{self.field}"

    @property
    def rest(self) -> float:
        """The largest figure that its column takes for the rest of a formula."""
        return next(c.rest for c in columns(BY_NAME[self.sheet]) if c.field == self.field)


@dataclass
class Ending:
    """How one changed workbook ended: refused with errors, or planned."""

    value: float | None
    case: Case | None = None
    refused: tuple[str, ...] = ()
    plan: Plan | None = None
    accepted: bool = False


@dataclass
class Tally:
    """Counts of endings, and what was found wrong, in words."""

    counts: Counter[str] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.counts += other.counts
        self.found += other.found


def places(book: RawBook, *, blanks: bool = False) -> Iterator[Place]:
    """Every cell with a number that the plan can hang on; with `blanks` the first blank of every column of figures too."""
    for sheet, table in book.tables.items():
        if sheet is Evidence:
            continue
        for column in columns(sheet):
            if not column.numeric:
                continue
            blank_seen = not blanks
            for number, row in enumerate(table.rows):
                value = row.values.get(column.field)
                if isinstance(value, (int, float)) and not isinstance(value, bool):
                    yield Place(sheet.SHEET, number, column.field)
                elif value is None and not blank_seen:
                    blank_seen = True
                    yield Place(sheet.SHEET, number, column.field)


def sample(every: Sequence[Place], count: int) -> list[Place]:
    """As many places spread over all sheets and columns: each column once before any column twice."""
    turns: dict[tuple[str, str], int] = {}
    order = []
    for place in every:
        turn = turns.get((place.sheet, place.field), 0)
        turns[place.sheet, place.field] = turn + 1
        order.append((turn, place))
    firsts = [place for turn, place in sorted(order, key=lambda pair: pair[0])]
    if count >= len(firsts):
        return firsts
    columns_first = [p for p in firsts if p in {q for t, q in order if t == 0}]
    if count <= len(columns_first):
        return [columns_first[round(k * (len(columns_first) - 1) / max(1, count - 1))] for k in range(count)]
    return firsts[:count]


def named(line: str, better: int = 0) -> Place:
    """The cell of a case that is searched to the end, by its `--set` name."""
    sheet, _, rest = line.partition("!")
    title = rest.rpartition(".")[2]
    return Place(sheet, -1, next(c.field for c in columns(BY_NAME[sheet]) if c.name == title), line, better, known=True)


def read(path: Path) -> RawBook:
    """A workbook's raw tables."""
    return workbook.load(path)


def attempt(book: RawBook, place: Place, value: float | None) -> Ending:
    """Put one figure into one cell (None leaves the workbook as it is), read, solve and verify."""
    changed, lines = replace(book, tables=deepcopy(book.tables)), ()
    if value is not None and place.line:
        lines = (f"{place.line}={value!r}",)
    elif value is not None:
        changed.tables[BY_NAME[place.sheet]].rows[place.row].values[place.field] = value
    case, problems = workbook.finish(changed, "", lines)
    if case is None:
        return Ending(value, refused=tuple(str(p) for p in problems if p.severity == "error"))
    plan = solve(case, SEARCH)
    accepted = plan.found and verify(case, plan).ok
    return Ending(value, case, (), plan, accepted)


def judge(place: Place, endings: Sequence[Ending]) -> Iterator[str]:
    """What of the claims about one cell's figures cannot be true."""
    nought = next((e for e in endings if e.value == 0.0), None)
    as_it_stands = next((e for e in endings if e.value is None), None)
    for ending in endings:
        yield from _alone(ending)
        yield from _against_neighbours(ending, endings)
        if place.known:
            yield from _to_the_end(ending)
        if ending.value in RESTS and abs(ending.value) <= place.rest and nought is not None:
            yield from _against_nought(ending, nought, 1e-9 if place.known else 1e-4)
            yield from _said(place, ending)
        if place.better and ending.value in LARGE and as_it_stands is not None:
            yield from _against_better(place.better, ending, as_it_stands)


def _to_the_end(ending: Ending) -> Iterator[str]:
    """A case that is small is proven, or refused with the cells that are wrong."""
    if ending.plan is None:
        if not all("!" in text.split(" ")[1] for text in ending.refused):
            yield f"{ending.value}: refused without a cell: {ending.refused}"
    elif ending.plan.status not in (Status.OPTIMAL, Status.INFEASIBLE):
        yield f"{ending.value}: ends as {ending.plan.status}: {ending.plan.warnings}"


def _said(place: Place, ending: Ending) -> Iterator[str]:
    """What is read as nought is told with its sheet."""
    if ending.plan is None or ending.value is None or abs(ending.value) > place.rest:
        return
    if not any(place.sheet in text and "rest of a formula" in text for text in ending.plan.warnings):
        yield f"{ending.value}: read as 0 in silence: {ending.plan.warnings}"


def _against_better(better: int, ending: Ending, as_it_stands: Ending) -> Iterator[str]:
    """What is worse is worth no more, what is better no less, and forbids nothing."""
    if ending.plan is None or as_it_stands.plan is None:
        return
    worse, best = (as_it_stands, ending) if better > 0 else (ending, as_it_stands)
    assert worse.plan is not None
    assert best.plan is not None
    if worse.plan.objective is not None and _below(best.plan.bound, worse.plan.objective):
        yield f"{worse.value} brings {worse.plan.objective:.10g}, {best.value} no more than {best.plan.bound:.10g}"
    if best.plan.status is Status.INFEASIBLE and worse.plan.found:
        yield f"{best.value}: called infeasible, though with {worse.value} there is a plan"


def _alone(ending: Ending) -> Iterator[str]:
    """A claim against itself and against a second search."""
    plan, case = ending.plan, ending.case
    if plan is None or case is None:
        if not ending.refused:
            yield f"{ending.value:g}: refused without a reason"
        return
    if plan.found and not ending.accepted:
        yield f"{ending.value}: the plan fails its check: {str(verify(case, plan)).splitlines()[-1]}"
    if plan.status is Status.OPTIMAL and (plan.gap is None or plan.gap > SEARCH.gap * (1 + AGREE)):
        yield f"{ending.value}: called proven with a gap of {plan.gap}"
    again = solve(case, OTHER_WAY)
    if {plan.status, again.status} == {Status.OPTIMAL, Status.INFEASIBLE}:
        yield f"{ending.value}: {plan.status}, by another way {again.status}"
    for one, two in ((plan, again), (again, plan)):
        if one.status is Status.OPTIMAL and two.objective is not None and _below(one.bound, two.objective):
            yield f"{ending.value}: bound {one.bound:.10g} below a plan of {two.objective:.10g} found by another way"


def _against_neighbours(ending: Ending, endings: Sequence[Ending]) -> Iterator[str]:
    """A claim against the plans for other figures that the check accepts for this one."""
    plan, case = ending.plan, ending.case
    if plan is None or case is None:
        return
    for other in endings:
        if other is ending or not other.accepted or other.plan is None or not verify(case, other.plan).ok:
            continue
        if plan.status is Status.INFEASIBLE:
            yield f"{ending.value}: called infeasible, but the plan for {other.value} keeps every rule"
        elif (
            plan.status is Status.OPTIMAL
            and _same_question(plan, other.plan)
            and _below(plan.bound, other.plan.objective)
        ):
            yield (
                f"{ending.value}: bound {plan.bound:.10g} below the plan for {other.value}, {other.plan.objective:.10g}"
            )


def _same_question(one: Plan, other: Plan) -> bool:
    """Whether two plans were asked for outcomes in the same order: with another order a better sum is no better plan."""
    orders = [plan.tables["outcomes"].set_index("outcome")["priority"].to_dict() for plan in (one, other)]
    return orders[0] == orders[1]


def _against_nought(ending: Ending, nought: Ending, apart: float) -> Iterator[str]:
    """A rest as its column reads it means nought: neither plan lies above the other's bound, nor far from it."""
    if nought.plan is None:
        return
    if ending.plan is None:
        yield f"{ending.value}: refused, though 0 is not: {ending.refused[:1]}"
    elif {ending.plan.status, nought.plan.status} & {Status.FEASIBLE, Status.NO_PLAN}:
        return  # one of them was out of time
    elif ending.plan.status is not nought.plan.status:
        yield f"{ending.value}: {ending.plan.status}, though with 0 {nought.plan.status}"
    elif ending.plan.status is Status.OPTIMAL:
        for one, two in ((ending.plan, nought.plan), (nought.plan, ending.plan)):
            if _below(one.objective if apart < AGREE else one.bound, two.objective, apart):
                yield f"{ending.value}: {ending.plan.objective:.10g}, with 0 {nought.plan.objective:.10g}"


def _below(bound: float | None, objective: float | None, apart: float = AGREE) -> bool:
    """Whether a bound lies below the objective of a plan."""
    return bound is not None and objective is not None and bound < objective - apart * max(1.0, abs(objective))


def work_off(book: RawBook, place: Place, values: Sequence[float], pipe: Connection) -> None:
    """One cell in a process of its own: says which figure it has begun, at the end what it found."""
    tally, endings = Tally(), []
    for value in (None, *values):
        pipe.send(value)
        try:
            ending = attempt(book, place, value)
        except Exception as error:  # what escapes is the finding
            tally.counts["error"] += 1
            tally.found.append(f"{place} = {value}: {type(error).__name__}: {error}\n{traceback.format_exc(limit=-3)}")
            continue
        endings.append(ending)
        tally.counts["refused" if ending.plan is None else str(ending.plan.status)] += 1
    pipe.send("judging")
    try:
        tally.found += [f"{place} = {wrong}" for wrong in judge(place, endings)]
    except Exception:  # as above
        tally.found.append(f"{place}: while judging\n{traceback.format_exc(limit=-3)}")
    pipe.send(tally)


def campaign(book: RawBook, cells: Iterable[Place], values: Sequence[float]) -> Tally:
    """Work off cells one after the other; a process that dies or hangs is a finding."""
    total = Tally()
    context = multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")
    for place in cells:
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=work_off, args=(book, place, values, theirs))
        process.start()
        theirs.close()
        begun: object = "nothing"
        try:
            while not isinstance(begun, Tally):
                if not ours.poll(PATIENCE):
                    process.kill()
                    total.found.append(f"{place} = {begun}: no answer in {PATIENCE:g} s")
                    break
                begun = ours.recv()
        except EOFError:
            process.join()
            total.counts["crash"] += 1
            total.found.append(f"{place} = {begun}: the process ended with {process.exitcode}")
        if isinstance(begun, Tally):
            total.add(begun)
        process.join()
        ours.close()
    return total
