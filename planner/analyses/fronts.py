"""The best plans between several outcomes: what more of one costs in another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from planner.analyses.declare import Analysis, Answer, Out, Question, Subject, Verdicts, WholePlan, gap_option
from planner.analyses.telling import Block, Listing, Table
from planner.declaring import OptionError, figure_of, option
from planner.solver.runs import RunContext
from planner.wording.figures import share

if TYPE_CHECKING:
    from planner.case import Case
    from planner.tradeoffs import Front

Range = tuple[float | None, float | None]


@dataclass(frozen=True)
class FrontQuestion(Question):
    """Which outcomes are weighed against each other, and how finely."""

    outcomes: tuple[str, ...] = option(
        (), "An outcome to trade off; two to five of them.", "--outcome", each=str, needed=True, most=5
    )
    points: int = option(12, "How many plans to look for.", low=2, label="Plans to look for")
    everything: bool = option(
        False, "Exact: the whole front, where that can be.", "--all", label="The whole front, exactly"
    )
    limits: tuple[str, ...] = option(
        (), "Hold an outcome in a range; either end may be blank.", "--limit", each=str, metavar="'OUTCOME=FROM..TO'",
        label="Outcomes held in a range",
    )  # fmt: skip
    gap: float = gap_option("Gap of each plan.")
    time_limit: float = option(3600.0, "Seconds for all of it.", low=0.1, of_run=True)

    def check(self) -> None:
        """Read the ranges."""
        assert self.ranges is not None

    @cached_property
    def ranges(self) -> dict[str, Range]:
        """Ranges by outcome."""
        return dict(_range(words) for words in self.limits)


def _range(words: str) -> tuple[str, Range]:
    """Read 'OUTCOME=FROM..TO'."""
    name, equals, ends = words.rpartition("=")
    low, dots, high = ends.partition("..")
    if not (equals and dots and name.strip()):
        message = f"--limit '{words}' is no range: write 'OUTCOME=FROM..TO', such as 'public money=..60'."
        raise OptionError(message)
    low_end, high_end = (figure_of(x, "--limit", "..60") if x.strip() else None for x in (low, high))
    return name.strip(), (low_end, high_end)


def front(subject: Subject, asked: FrontQuestion, run: RunContext) -> Answer:
    """The points of the front, each a whole plan."""
    from planner.plan import Status
    from planner.tradeoffs import front_of_case

    points = None if asked.everything else asked.points
    found = front_of_case(subject.case, asked.outcomes, options=run, points=points, limits=asked.ranges)
    content = found.to_json()
    plans = tuple(
        WholePlan(f"front_{n}", f"plan {n} of {len(found)}", partial(found.plan, n - 1), row)
        for n, row in enumerate(content["points"], 1)
    )
    status = Status.OPTIMAL if not found.stopped else Status.FEASIBLE if len(found) else Status.NO_PLAN
    return Answer(content, partial(_told, found, subject.case), status, plans)


def _told(found: Front, case: Case, verdicts: Verdicts) -> Iterator[Block]:
    """The points with their exchange rates, knees marked; then what is not proven."""
    from planner.sheets import Outcomes
    from planner.tradeoffs.indicators import relative_hypervolume
    from planner.wording.figures import figure, within

    units = {o.outcome: o.unit for o in case.of(Outcomes)}
    first = found.names[0]
    heads = ["Plan", *(f"{name}, {units[name]}" for name in found.names)]
    heads += [f"{first} for one better {name}" for name in found.names[1:]]
    rows = []
    for number, point in enumerate(found.points, 1):
        cells = [figure(point.values[name], units[name]) for name in found.names]
        rates = (point.rates.get(name) for name in found.names[1:])
        costs = ["" if rate is None or rate.improve is None else figure(rate.improve) for rate in rates]
        apart = None if point.bound is None else point.bound - point.values[point.sought]
        gap = "open" if point.gap is None else within(point.gap, apart)
        rows.append([f"{number} knee" if point.knee else str(number), *cells, *costs, gap])
    yield Table([*heads, "Proven within"], rows)
    state = (
        "The front is complete."
        if found.complete
        else f"Between the points listed there are more ({len(found.cells)} parts are not searched)."
    )
    taken = share(relative_hypervolume(found))
    spread = f"The points take in {taken} of the box between the best and the worst values."
    failed = [f"Plan {n} failed its check: do not use it." for n, passed in enumerate(verdicts, 1) if not passed]
    yield Listing(state, [*found.unproven, *found.notes, spread if len(found) > 1 else "", *failed])


FRONT = Analysis(
    "front",
    "Outcomes against each other",
    "List the best plans between two to five outcomes: what more of one costs in another.",
    FrontQuestion,
    front,
    Out("Write every point as a plan workbook into this folder.", many="front_*.xlsx"),
)
