"""What the verb `futures` prints: the answer, futures side by side, regret, what to do now, risk, samples."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from planner.futures.commitments import Commitment
    from planner.futures.found import CommittedPlan, Hedge
    from planner.futures.reserve import Reserve
    from planner.futures.sampling import Trial

HEADINGS = {
    "now": "Safe to do now: every future's own plan begins with it",
    "part now": "Do a part now: every future wants some, not all as much",
    "depends": "A bet: only some futures' plans begin with it",
    "later": "Wait: decided when it is known which future comes",
}
MOST = 12
"""Lines of each list."""


def tell(console: Console, found: Hedge, reserve: Reserve | None, trial: Trial | None, checked: list[bool]) -> None:
    """The answer first, then the tables, then how sure it is."""
    from planner.futures.commitments import commitments
    from planner.futures.telling import answer, sentences, when

    _say(console, answer(found), style="bold")
    _say(console, when(found))
    for sentence in sentences(found):
        _say(console, sentence)
    listed = commitments(found)
    if table := now_table(listed):
        console.print(table)
    console.print(side_table(found))
    console.print(*regret_tables(found, console.width))
    _commitments(console, listed)
    if reserve is not None:
        _reserve(console, reserve)
    if trial is not None:
        _trial(console, trial)
    _list(console, "How sure", _sure(found, checked))


def _say(console: Console, sentence: str, style: str = "") -> None:
    """Print a sentence."""
    console.print(sentence, style=style, highlight=False, markup=False, soft_wrap=True)


def _list(console: Console, title: str, lines: Iterable[str]) -> None:
    """Print a heading and its sentences, if there are any."""
    kept = [line for line in lines if line]
    if kept:
        _say(console, title, style="bold")
        for line in kept:
            _say(console, f"- {line}")


def side_table(found: Hedge) -> Any:
    """Futures beside each other: probability, hindsight, the hedged plan, what is lost."""
    from rich.box import SIMPLE
    from rich.table import Table

    from planner.explain.words import figure
    from planner.futures.telling import share

    table = Table(title="Futures, in points", title_justify="left", box=SIMPLE)
    for head, side in (("Future", "left"), ("Probability", "right"), ("With hindsight", "right"),
                       ("Hedged plan", "right"), ("Lost", "right"), ("Lost, share", "right")):  # fmt: skip
        table.add_column(head, justify=side)  # type: ignore[arg-type]
    row = found.hedged
    for s, (future, best) in enumerate(zip(found.outlook.futures, found.hindsight, strict=True)):
        cells = ["", "", ""]
        if row is not None and row.followed[s].points is not None:
            cells = [figure(row.followed[s].points or 0.0), "none", "none"]
            if found.regret_told(row, s):
                cells[1:] = [figure(found.regret(row, s) or 0.0), share(found.regret_share(row, s) or 0.0)]
        table.add_row(future.title, share(found.probability(future)), figure(best.points), *cells)
    for lost in found.infeasible:
        table.add_row(lost.future.title, share(lost.future.probability), "no plan", "", "", "")
    return table


def now_table(listed: tuple[Commitment, ...]) -> Any:
    """What the hedged plan does before futures show, in amounts, beside the least and most of futures' own plans.

    Nothing where there is no hedged plan, or where it begins nothing.
    """
    from rich.box import SIMPLE
    from rich.table import Table

    from planner.explain.words import figure, plural
    from planner.futures.commitments import begun

    rows = [c for c in listed if begun(c)]
    if not rows:
        return None
    table = Table(title="Do this before futures show: the hedged plan", title_justify="left", box=SIMPLE)
    table.add_column("What", overflow="fold")
    table.add_column("Hedged plan", justify="right")
    table.add_column("Unit")
    table.add_column("Own plans", justify="right")
    for item in rows[: 2 * MOST]:
        least, most = figure(item.least), figure(item.most)
        own = most if least == most else f"{least} to {most}"
        if item.yes_or_no:
            doing = sum(a > 0.5 for a in item.amounts)
            table.add_row(item.row, "yes", "decision", f"{doing} of {len(item.amounts)}")
        else:
            table.add_row(item.row, figure(item.hedged or 0.0), plural(item.unit), own)
    if len(rows) > 2 * MOST:
        table.caption = f"and {len(rows) - 2 * MOST} more (--json lists them)"
    return table


def regret_tables(found: Hedge, width: int) -> list[Any]:
    """What each plan's commitments lose in each future; so many futures beside each other as the terminal holds."""
    from planner.cli.wide import tables

    heads = ["Commitments of", *found.outlook.titles, "At most"]
    rows = [
        [row.name, *(_regret_cell(found, row, s) for s in range(len(row.followed))), _most(found, row)]
        for row in found.rows
    ]
    return tables(heads, rows, width, title="Lost against hindsight, by whose commitments (none: no difference told)")


def _regret_cell(found: Hedge, row: CommittedPlan, s: int) -> str:
    """One cell of the matrix."""
    from planner.futures.telling import share

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
    from planner.futures.telling import share_up

    most = found.at_most_worse(row)
    return "" if most is None else share_up(most)


def _commitments(console: Console, listed: tuple[Commitment, ...]) -> None:
    """What to do now, what is a bet, what can wait."""
    from planner.futures.telling import commitment_sentence

    for verdict, heading in HEADINGS.items():
        lines = [commitment_sentence(c) for c in listed if c.verdict == verdict]
        more = [f"and {len(lines) - MOST} more (--json lists them)"] if len(lines) > MOST else []
        _list(console, f"{heading} ({len(lines)})", [*lines[:MOST], *more])


def _reserve(console: Console, front: Reserve) -> None:
    """Reserve against risk."""
    from rich.box import SIMPLE
    from rich.table import Table

    from planner.explain.words import figure
    from planner.futures.telling import reserve_answer, share

    _say(console, reserve_answer(front), style="bold")
    table = Table(title="Reserve against risk, in points", title_justify="left", box=SIMPLE)
    for head in ("Weight of the worst", "Mean of all", f"Mean of the worst {share(front.worst)}", "Proven within"):
        table.add_column(head, justify="right")
    for step in front.steps:
        gap = "unknown" if step.gap is None else share(step.gap)
        table.add_row(f"{step.weight:g}", figure(step.mean), figure(step.tail), gap)
    console.print(table)


def _trial(console: Console, trial: Trial) -> None:
    """Out of sample."""
    from planner.futures.telling import trial_answer, trial_sentences

    _say(console, trial_answer(trial), style="bold")
    for sentence in trial_sentences(trial):
        _say(console, f"- {sentence}")


def _sure(found: Hedge, checked: list[bool]) -> list[str]:
    """Proof, check, notes."""
    from planner.futures.telling import each

    said = list(found.notes)
    if checked:
        bad = [t for t, ok in zip(found.outlook.titles, checked, strict=True) if not ok]
        said.append(
            f"The plan of {', '.join(bad)} FAILED its independent check: do not use it."
            if bad
            else f"The hedged plan was recomputed from the workbook in {each(len(checked))}: all agree."
        )
    if found.stopped:
        said.append(f"Stopped ({found.stopped}): everything found until then is above.")
    said.append(f"All futures in one model: {found.size[0]:,} rows, {found.size[1]:,} columns; {found.seconds:.0f} s.")
    return said
