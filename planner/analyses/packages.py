"""Decision packages: nested plans for smaller and larger budgets, what goes first and what comes first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
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
    plan_of,
    time_option,
)
from planner.analyses.telling import Block, Listing, Sentence, Table, listing
from planner.declaring import OptionError, figure_of, option
from planner.options import Options
from planner.solver.runs import RunContext

if TYPE_CHECKING:
    from planner.plan import Status
    from planner.results.answer_pages import Page
    from planner.tradeoffs.packaging.packages import Packages
    from planner.tradeoffs.packaging.pages import Told

FORM = "-15,-10,-5,+10"


@dataclass(frozen=True)
class PackagesQuestion(Question):
    """By how much which money is less or more, and what that is counted from."""

    steps: str = option(
        FORM, "Percent of the money, less or more, with commas between.", metavar="PERCENTS",
        label="Steps in percent of the money, with commas between",
    )  # fmt: skip
    accounts: tuple[str, ...] = option(
        (), "Whose money: an account of sheet Funding or its owner, * at the end for all that begin so; may be "
        "repeated. Without it all appropriations but those that only add to what others pay.",
        "--account", each=str, metavar="NAME", label="Accounts or their owners, if not all",
    )  # fmt: skip
    base: str = option(
        "plan", "What the packages are counted from: the plan, or what goes on without it.",
        choices=("plan", "continuation"), label="Counted from",
    )  # fmt: skip
    gap: float = gap_option("Gap to which each plan is proven.")
    time_limit: float = time_option(Options().time_limit, "Time for each search.")

    def check(self) -> None:
        """The steps can be read."""
        assert self.shares

    @cached_property
    def shares(self) -> tuple[float, ...]:
        """The steps as shares of the money. Raises OptionError."""
        found: list[float] = []
        for text in filter(None, (part.strip() for part in self.steps.split(","))):
            share = figure_of(text.removesuffix("%").strip(), f"--steps '{text}'", FORM) / 100.0
            wrong = "is the base itself" if share == 0.0 else "leaves no money" if share <= -1.0 else ""
            wrong = "stands there twice" if share in found else wrong
            if wrong:
                message = (
                    f"--steps '{text}' {wrong}: write steps such as {FORM}, each once, above -100 and other than 0."
                )
                raise OptionError(message)
            found.append(share)
        if not found:
            message = f"--steps names no step: write them as {FORM}."
            raise OptionError(message)
        return tuple(found)


def packages(subject: Subject, asked: PackagesQuestion, run: RunContext) -> Answer:
    """Nested plans for every step, the base among them."""
    from planner.tradeoffs.packaging.packages import packages as make
    from planner.tradeoffs.packaging.pages import Told

    plan = plan_of(subject, run.options, run)
    found = make(subject.case, asked.shares, asked.accounts, base=asked.base, plan=plan, run=run)  # type: ignore[arg-type]
    told = Told(found)
    pages = told.pages()
    content = _content(found, told) | {"pages": [page.to_json() for page in pages]}
    rows = content["packages"]
    plans = tuple(
        WholePlan(f"package_{n}", f"package {p.name}", partial(_itself, p.plan), row, p.case)
        for n, (p, row) in enumerate(zip(found.rows, rows, strict=True), 1)
        if p.plan is not None and (p.part != 1.0 or found.base == "plan")
    )  # fmt: skip
    names = [words.words for words in plans]
    return Answer(content, partial(_told, found, pages, names), _status(found), plans, pages=lambda: pages)


def _itself(plan: Any) -> Any:
    """A plan that is made already."""
    return plan


def _status(found: Packages) -> Status:
    """How it ended: proven where every package is a proven plan or proven impossible."""
    from planner.plan import Status

    others = [p for p in found.rows if p.part != 1.0]
    if others and not found.stopped and all(p.status is Status.INFEASIBLE for p in others):
        return Status.INFEASIBLE
    settled = all(p.status in (Status.OPTIMAL, Status.INFEASIBLE) for p in others)
    return Status.OPTIMAL if settled and not found.stopped else Status.FEASIBLE


def _content(found: Packages, told: Told) -> dict[str, Any]:
    """The packages for machines: money in USD million, outcomes in their units, marginal costs in USD."""
    held = {p.part: found.before(p) for p in found.rows}
    rows = [
            {
                "package": p.name, "share": p.part, "budget": p.budget, "status": str(p.status),
                "held_to": None if (other := held[p.part]) is None else other.name,
                "objective": p.objective, "bound": p.bound, "gap": p.gap, "best_for_the_budget": p.free,
                "bound_for_the_budget": p.free_bound, "regret": p.regret, "most_regret": p.most_regret,
                "cannot": list(p.cannot), "sets": list(p.case.sets[len(found.case.sets) :]),
                "outcomes": {} if p.plan is None else {name: p.plan.outcome(name) for name in told.rows},
                "marginal_cost": {} if p.part == 1.0 or p.plan is None else
                {name: told.marginal(p, name) for name in told.rows},
                "moved": [asdict(m) for m in told.moved.get(p.part, [])],
            }
            for p in found.rows
        ]  # fmt: skip
    return {
        "base": found.base, "accounts": list(found.accounts), "left_out": list(found.left_out),
        "cells": [cell.name for cell in found.group.cells], "money": found.group.total, "packages": rows,
        "stopped": found.stopped,
    }  # fmt: skip


def _told(found: Packages, pages: list[Page], names: list[str], verdicts: Verdicts) -> Iterator[Block]:
    """The overview, then each package under its heading."""
    for page in pages:
        if page is not pages[0]:
            yield Sentence(f"\n{page.title}", strong=True)
            yield Sentence(page.lead)
        for part in page.parts:
            if part.strong:
                yield from (Sentence(line, strong=page is pages[0]) for line in part.lines)
                continue
            yield from listing(part.title, part.lines) if part.frame is None else _table(part)
    if found.stopped:
        yield Sentence("Stopped before every package was sought; those that were found are above.")
    for name, passed in zip(names, verdicts, strict=False):
        if not passed:
            yield Sentence(f"The plan of {name} failed its check: do not use it.")


def _table(part: Any) -> Iterator[Block]:
    """A table with its sentences above it."""
    if part.lines:
        yield Listing(part.title, part.lines)
    heads, rows = part.told()
    yield Table(heads, rows, title="" if part.lines else part.title, texts=part.texts)


PACKAGES = Analysis(
    "packages",
    "Decision packages",
    "Nested plans for smaller and larger budgets: what goes first, what comes first, and what each step costs people.",
    PackagesQuestion,
    packages,
    Out("Write an overview and one page a package as a workbook.", tables=True, checked=True),
)
