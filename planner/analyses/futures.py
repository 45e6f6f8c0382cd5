"""One plan for all futures, what it loses in each, what to do now and what can wait; risk, and futures by chance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from planner.analyses.declare import (
    Analysis,
    Answer,
    Out,
    Question,
    Subject,
    Verdicts,
    WholePlan,
    gap_option,
    time_option,
)
from planner.analyses.telling import Block, Sentence, Table, listing
from planner.declaring import OptionError, figure_of, option
from planner.options import Options
from planner.solver.runs import RunContext
from planner.wording.figures import count, figure, share, typed

if TYPE_CHECKING:
    from planner.futures.commitments import Commitment
    from planner.futures.found import CommittedPlan, Hedge
    from planner.futures.reserve import Reserve
    from planner.futures.sampling import Trial
    from planner.plan import Status

COMMON = ("commitments", "activities")
"""What can be the same in all futures before they show."""
HEADINGS = {
    "now": "Safe to do now: every future's own plan begins with it",
    "part now": "Do a part now: every future wants some, not all as much",
    "depends": "A bet: only some futures' plans begin with it",
    "later": "Wait: decided when it is known which future comes",
}
MOST = 12
"""Lines of each list."""


@dataclass(frozen=True)
class FuturesQuestion(Question):
    """Which futures are weighed, when they show, and what else is asked of the hedged plan."""

    branch: str = option(
        "", "When futures show: a phase, a date or a day; else the second phase.", metavar="WHEN",
        label="Futures show as",
    )  # fmt: skip
    shows: tuple[str, ...] = option(
        (), "When one future shows, if not with the others; may be repeated.", each=str, metavar="'FUTURE=WHEN'",
        label="Futures that show at another time",
    )  # fmt: skip
    only: tuple[str, ...] = option(
        (), "Weigh only these scenarios; may be repeated.", "--future", each=str, metavar="SCENARIO",
        label="Weigh only these scenarios",
    )  # fmt: skip
    common: str = option(
        "commitments",
        "What is the same in all futures before they show: commitments, or casework too.",
        choices=COMMON, metavar="commitments|activities", label="Until then the same in all",
    )  # fmt: skip
    regret: bool = option(
        True,
        "Follow each future's own plan into every other future, and seek the plan whose largest regret is least; "
        "without it only the hedged and the averaged plan are sought.",
        "--regret/--no-regret", label="Also whose plan loses how much in which future",
    )  # fmt: skip
    reserve: bool = option(
        False, "Also: what better worst futures cost, step by step.", label="Also what better worst futures cost"
    )
    weight: tuple[float, ...] = option(
        (),
        "With --reserve: weight of the worst futures, from 0 (the mean alone) to 1; may be repeated.",
        each=float, low=0.0, high=1.0, metavar="SHARE", label="Weights of the worst futures",
    )  # fmt: skip
    worst: str = option(
        "20%", "Share of futures that count as the worst, such as 20%.", metavar="SHARE",
        label="Share of futures that count as the worst",
    )  # fmt: skip
    samples: int = option(
        0, "Also: try the plan in so many futures drawn by chance.", low=0, high=10_000, label="Futures drawn by chance"
    )
    seed: int = option(1, "Seed of the samples.", low=0, label="Seed of the samples")
    gap: float = gap_option("Gap to which each plan is proven.", 0.005)
    time_limit: float = time_option(
        2.0 * Options().time_limit,
        "Time for the hedged plan and all that it is compared with; --reserve and --samples may each take as long "
        "again.",
    )

    def check(self) -> None:
        """Weights belong to a reserve; shares and times can be read."""
        if self.weight and not self.reserve:
            message = "--weight says how much the worst futures count: ask for --reserve too."
            raise OptionError(message)
        assert self.tail
        assert self.own is not None

    @cached_property
    def tail(self) -> float:
        """Share of futures that count as the worst."""
        value = figure_of(self.worst, "--worst", "20%")
        if not 0.0 < value <= 1.0:
            message = f"--worst must be a share above 0 % and up to 100 %, such as 20%, not '{self.worst}'."
            raise OptionError(message)
        return value

    @cached_property
    def own(self) -> dict[str, str]:
        """When single futures show."""
        return dict(_shows(text) for text in self.shows)


def _shows(text: str) -> tuple[str, str]:
    """Read `FUTURE=WHEN`."""
    name, mark, when = text.rpartition("=")
    if not mark or not when.strip():
        message = f"--shows '{text}': write it as 'surge=P3', a scenario and a phase, date or day."
        raise OptionError(message)
    return ("" if name.strip() == "as it stands" else name.strip()), when.strip()


def futures(subject: Subject, asked: FuturesQuestion, run: RunContext) -> Answer:
    """The hedged plan and what it is compared with; where it was found before, only the further questions."""
    from planner.futures import hedge, outlook_of
    from planner.futures.plans import plan_in
    from planner.futures.serialisation import restored, serialised
    from planner.futures.writing import hedge_json, reserve_json, trial_json

    assert subject.read is not None
    outlook = outlook_of(
        subject.read, names=asked.only, branch=asked.branch, own=asked.own,
        common=asked.common, options=run,  # type: ignore[arg-type]
    )  # fmt: skip
    before = subject.before
    if before is None:
        found = hedge(outlook, matrix=asked.regret, least_regret=asked.regret, run=run)
    else:
        found = restored(outlook, before["kept"])
    reserve, trial = _further(found, asked, run)
    content: dict[str, Any] = {} if before is not None else hedge_json(found)
    if reserve is not None:
        content["reserve"] = reserve_json(reserve, found)
    if trial is not None:
        content["samples"] = trial_json(trial)
    row = found.hedged
    plans = () if before is not None or row is None or not row.whole else tuple(
        WholePlan(f"future_{s + 1}_{_safe(future.title)}", f"the plan for '{future.title}'",
                  partial(plan_in, found, row, s), content["futures"][s], future.model.case)
        for s, future in enumerate(found.outlook.futures)
    )  # fmt: skip
    keep = None if before is not None else lambda: {"kept": serialised(found)}
    return Answer(content, partial(_told, found, reserve, trial), _status(found), plans, keep=keep)


def _safe(title: str) -> str:
    """A title as a part of a file's name."""
    return "".join(c if c.isalnum() else "_" for c in title)


def _further(found: Hedge, asked: FuturesQuestion, run: RunContext) -> tuple[Reserve | None, Trial | None]:
    """The questions after the hedged plan, where they are asked for; each has all of the time again."""
    from planner.futures import reserve_front, try_out
    from planner.futures.reserve import WEIGHTS

    if found.hedged is None or not found.hedged.whole or run.interrupted:
        return None, None
    reserve = trial = None
    if asked.reserve:
        reserve = reserve_front(found, weights=asked.weight or WEIGHTS, worst=asked.tail, run=run.anew())
    if asked.samples:
        trial = try_out(found, samples=asked.samples, seed=asked.seed, run=run.anew())
    return reserve, trial


def _status(found: Hedge) -> Status:
    """Proven, open, out of reach, or none in time."""
    from planner.plan import Status

    row = found.hedged
    if row is None or not row.whole:
        return Status.NO_PLAN if found.stopped or found.bound is not None else Status.INFEASIBLE
    proven = found.gap is not None and found.gap <= found.outlook.options.gap + 1e-9
    return Status.OPTIMAL if proven and not found.stopped else Status.FEASIBLE


def _told(found: Hedge, reserve: Reserve | None, trial: Trial | None, verdicts: Verdicts) -> Iterator[Block]:
    """The answer first, then the tables, then how sure it is."""
    from planner.futures.commitments import commitments
    from planner.futures.telling import answer, sentences, trial_answer, trial_sentences, when

    yield Sentence(answer(found), strong=True)
    yield Sentence(when(found))
    for sentence in sentences(found):
        yield Sentence(sentence)
    listed = commitments(found)
    yield from _now(listed)
    yield _side(found)
    yield _regret(found)
    yield from _commitments(listed)
    if reserve is not None:
        yield from _reserve(reserve)
    if trial is not None:
        yield Sentence(trial_answer(trial), strong=True)
        for sentence in trial_sentences(trial):
            yield Sentence(f"- {sentence}")
    yield from listing("How sure", _sure(found, verdicts))


def _now(listed: tuple[Commitment, ...]) -> Iterator[Block]:
    """What the hedged plan does before futures show, in amounts, beside the least and most of futures' own plans.

    Nothing where there is no hedged plan, or where it begins nothing.
    """
    from planner.futures.commitments import begun
    from planner.wording.units import plural

    rows = [c for c in listed if begun(c)]
    if not rows:
        return
    cells = []
    for item in rows[: 2 * MOST]:
        least, most = figure(item.least), figure(item.most)
        own = most if least == most else f"{least} to {most}"
        if item.yes_or_no:
            doing = sum(a > 0.5 for a in item.amounts)
            cells.append([item.row, "yes", "decision", f"{doing} of {len(item.amounts)}"])
        else:
            cells.append([item.row, figure(item.hedged or 0.0), plural(item.unit), own])
    heads = ["What", "Hedged plan", "Unit", "Own plans"]
    yield Table(heads, cells, "Do this before futures show: the hedged plan", ("Unit",))
    if len(rows) > 2 * MOST:
        yield Sentence(f"and {len(rows) - 2 * MOST} more (--json lists them)")


def _side(found: Hedge) -> Table:
    """Futures beside each other: probability, hindsight, the hedged plan, what is lost."""
    row, rows = found.hedged, []
    for s, (future, best) in enumerate(zip(found.outlook.futures, found.hindsight, strict=True)):
        cells = ["", "", ""]
        if row is not None and row.followed[s].points is not None:
            cells = [figure(row.followed[s].points or 0.0), "none", "none"]
            if found.regret_told(row, s):
                cells[1:] = [figure(found.regret(row, s) or 0.0), share(found.regret_share(row, s) or 0.0)]
        rows.append([future.title, share(found.probability(future)), figure(best.points), *cells])
    rows += [[lost.future.title, share(lost.future.probability), "no plan", "", "", ""] for lost in found.infeasible]
    heads = ["Future", "Probability", "With hindsight", "Hedged plan", "Lost", "Lost, share"]
    return Table(heads, rows, "Futures, in points")


def _regret(found: Hedge) -> Table:
    """What each plan's commitments lose in each future."""
    heads = ["Commitments of", *found.outlook.titles, "At most"]
    rows = [
        [row.name, *(_regret_cell(found, row, s) for s in range(len(row.followed))), _most(found, row)]
        for row in found.rows
    ]
    return Table(heads, rows, "Lost against hindsight, by whose commitments (none: no difference told)")


def _regret_cell(found: Hedge, row: CommittedPlan, s: int) -> str:
    """One cell of the matrix."""
    followed, lost = row.followed[s], found.regret_share(row, s)
    if followed.kept == "not found":
        return "not found"
    if followed.kept == "broken":
        return "breaks"
    if followed.kept == "cut back":
        return f"{share(lost or 0.0)} cut"
    return share(lost or 0.0) if found.regret_told(row, s) else "none"


def _most(found: Hedge, row: CommittedPlan) -> str:
    """Largest loss of a plan that can be kept everywhere."""
    from planner.wording.figures import share_up

    most = found.at_most_worse(row)
    return "" if most is None else share_up(most)


def _commitments(listed: tuple[Commitment, ...]) -> Iterator[Block]:
    """What to do now, what is a bet, what can wait."""
    from planner.futures.telling import commitment_sentence

    for verdict, heading in HEADINGS.items():
        lines = [commitment_sentence(c) for c in listed if c.verdict == verdict]
        more = [f"and {len(lines) - MOST} more (--json lists them)"] if len(lines) > MOST else []
        yield from listing(f"{heading} ({len(lines)})", [*lines[:MOST], *more])


def _reserve(front: Reserve) -> Iterator[Block]:
    """Reserve against risk."""
    from planner.futures.telling import reserve_answer

    yield Sentence(reserve_answer(front), strong=True)
    rows = [
        [typed(step.weight), figure(step.mean), figure(step.tail), "unknown" if step.gap is None else share(step.gap)]
        for step in front.steps
    ]
    heads = ["Weight of the worst", "Mean of all", f"Mean of the worst {share(front.worst)}", "Proven within"]
    yield Table(heads, rows, "Reserve against risk, in points")


def _sure(found: Hedge, verdicts: Verdicts) -> list[str]:
    """Proof, check, notes."""
    from planner.futures.telling import each

    said = list(found.notes)
    if verdicts:
        bad = [title for title, passed in zip(found.outlook.titles, verdicts, strict=True) if not passed]
        said.append(
            f"The plan of {', '.join(bad)} FAILED its independent check: do not use it."
            if bad
            else f"The hedged plan was recomputed from the workbook in {each(len(verdicts))}: all agree."
        )
    if found.stopped:
        said.append(f"Stopped ({found.stopped}): everything found until then is above.")
    rows, columns = (count(number) for number in found.size)
    said.append(f"All futures in one model: {rows} rows, {columns} columns; {figure(found.seconds)} s.")
    return said


FUTURES = Analysis(
    "futures",
    "One plan for all futures",
    "Find one plan for all futures, what it loses in each, what to do now and what can wait.",
    FuturesQuestion,
    futures,
    Out("Write the hedged plan of every future as a workbook into it.", many="future_*.xlsx", checked=True),
    scenarios=False,
)
