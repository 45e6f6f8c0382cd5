"""Decision packages: plans for smaller and larger budgets of which each lies inside the next larger one.

The base is the plan of the workbook, or what goes on without it. From there the chain is solved both ways: every cut
inside the package before it (:mod:`planner.tradeoffs.packaging.nesting`), every rise around it. Being nested is a
constraint of each search, so its proof and its bound hold among nested plans; what it costs is the distance to the best
plan of the same budget, which is searched beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from models.matrix import Floats
from planner.case import Case
from planner.explain import explain_conflict
from planner.options import Options
from planner.ordering import ranked
from planner.plan import Plan, Status
from planner.sheets import Appropriations, Funding
from planner.solve import Model, prepare, search
from planner.solve.baseline import as_plan
from planner.solve.without_plan import continuing
from planner.solver.answers import Answer
from planner.solver.runs import RunContext
from planner.tradeoffs.errors import TradeoffError, meant
from planner.tradeoffs.full_plans import exact, plan_of
from planner.tradeoffs.packaging.nesting import (
    Decided,
    NestedRow,
    least_beyond,
    nested_rows,
    with_nested,
)
from planner.tradeoffs.sweeping.cellgroups import CellGroup, cell_group
from planner.wording.figures import digits, figure, share
from planner.wording.lists import listed
from planner.wording.units import quantity

Base = Literal["plan", "continuation"]
"""What the packages are counted from."""
MOST_SECONDS = 60.0
"""Longest search for what keeps a package from being kept."""
MOST_BEYOND = 6
"""Decisions that are named where a cut cannot be kept inside the larger package."""


@dataclass(frozen=True)
class Package:
    """One budget: `part` of the base's (0.9 for a cut of a tenth), USD million, and the nested plan for it.

    `held_to` is the part of the package inside or around which it was sought. `objective`, `bound` and `gap` are the
    nested search's; `free` and `free_bound` those of the best plan for the same budget. Without a plan `cannot` says
    what cannot hold.
    """

    part: float
    budget: float
    case: Case
    status: Status
    plan: Plan | None = None
    held_to: float | None = None
    objective: float | None = None
    bound: float | None = None
    gap: float | None = None
    free: float | None = None
    free_bound: float | None = None
    cannot: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What it is called: '-10 %', 'base'."""
        return "base" if self.part == 1.0 else share(round(self.part - 1.0, 9), sign=True)

    @property
    def regret(self) -> float | None:
        """Points that being nested costs against the best plan found for the same budget; None where unknown."""
        if self.objective is None or self.free is None:
            return None
        return max(0.0, self.free - self.objective)

    @property
    def most_regret(self) -> float | None:
        """The same at most, by what the search of the free plan left open."""
        if self.objective is None or self.free_bound is None:
            return None
        return max(0.0, self.free_bound - self.objective)


@dataclass(frozen=True)
class Packages:
    """The packages from the smallest budget up, the base among them.

    `accounts` are those whose appropriations are cut or raised, `left_out` the other ones; `against` are the outcomes
    of what goes on without a plan with today's money. `stopped`: somebody stopped the search, and packages are missing.
    """

    case: Case
    base: Base
    group: CellGroup
    accounts: tuple[str, ...]
    left_out: tuple[str, ...]
    rows: tuple[Package, ...]
    against: Mapping[str, float]
    stopped: bool = False

    @property
    def anchor(self) -> Package:
        """The base."""
        return next(p for p in self.rows if p.part == 1.0)

    def before(self, package: Package) -> Package | None:
        """The package that this one was held to."""
        return next((p for p in self.rows if p.part == package.held_to and p is not package), None)

    @property
    def found(self) -> tuple[Package, ...]:
        """Packages with a plan."""
        return tuple(p for p in self.rows if p.plan is not None)


def packages(
    case: Case,
    steps: Sequence[float],
    accounts: Sequence[str] = (),
    *,
    base: Base = "plan",
    plan: Plan,
    run: RunContext,
) -> Packages:
    """Nested plans of a case for budgets that differ by `steps` (shares: -0.1 for a tenth less).

    Args:
        case: A checked case.
        steps: Shares of the money of `accounts`, without 0.
        accounts: Names of accounts or of their owners, with `*` at the end for all that begin so; none: every account
            that is appropriated money and does not only add to what others pay.
        base: What the packages are counted from.
        plan: The plan of the workbook; the grid of all packages is its grid.
        run: Options, listeners and a wish to stop; the time limit of the options is for each search.

    Raises:
        TradeoffError: An account is unknown, there is nothing to take a share of, or nothing goes on.
    """
    chosen, others = _accounts(case, accounts)
    parts = sorted({1.0, *(1.0 + step for step in steps)})
    cells = [f"Appropriations!{row.id}.Amount" for row in case.of(Appropriations) if row.account in chosen]
    if not any(row.amount for row in case.of(Appropriations) if row.account in chosen):
        whom = f"{listed(chosen)} no money" if chosen else "no account money that pays by itself"
        message = f"Sheet Appropriations gives {whom}, so there is no budget to take a share of."
        raise TradeoffError(message)
    low, high = (f"{digits(100.0 * part)}%" for part in (parts[0], parts[-1]))
    group = cell_group(case, cells, low, high)
    maker = _Maker(case, group, replace(run.options, grid=plan.record.grid), run)
    anchor = maker.base(plan, base)
    rows = [anchor]
    for way in ([p for p in reversed(parts) if p < 1.0], [p for p in parts if p > 1.0]):
        last = anchor
        for part in way:
            if run.interrupted:
                break
            package = maker.package(part, last)
            rows.append(package)
            last = package if package.plan is not None else last
    rows.sort(key=lambda p: p.part)
    return Packages(case, base, group, chosen, others, tuple(rows), plan.continuation, stopped=len(rows) < len(parts))


def _accounts(case: Case, patterns: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Accounts whose money is cut or raised, and those whose money stays, in the order of the workbook."""
    given = {row.account for row in case.of(Appropriations)}
    rows = [row for row in case.of(Funding) if row.account in given]
    names = {name.casefold() for row in rows for name in (row.account, row.owner) if name}
    for pattern in patterns:
        if not any(_meets(pattern, name) for name in names):
            known = list(dict.fromkeys(name for row in rows for name in (row.account, row.owner) if name))
            message = (
                f"No account that is given money, nor the owner of one, is called '{pattern}'.{meant(pattern, known)}"
            )
            raise TradeoffError(message)
    if patterns:
        chosen = [row.account for row in rows if any(_meets(p, n) for p in patterns for n in (row.account, row.owner))]
    else:
        chosen = [row.account for row in rows if row.match_ratio is None and row.budget_class != "mandatory"]
    return tuple(chosen), tuple(row.account for row in rows if row.account not in chosen)


def _meets(pattern: str, name: str) -> bool:
    """Whether a name is the one that is meant; with `*` at the end whether it begins so."""
    wanted, own = pattern.strip().casefold(), name.casefold()
    return own.startswith(wanted[:-1]) if wanted.endswith("*") else own == wanted


@dataclass
class _Maker:
    """Makes one package after the other."""

    case: Case
    group: CellGroup
    options: Options
    run: RunContext

    def base(self, plan: Plan, base: Base) -> Package:
        """The base: the plan that is given, or what goes on without one."""
        budget = self.group.total or 0.0
        if base == "plan":
            return Package(1.0, budget, self.case, plan.status, plan, None, plan.objective, plan.bound, plan.gap,
                           plan.objective, plan.bound)  # fmt: skip
        model = prepare(self.case, self.options)
        found = continuing(model, self.options)
        if found is None or found.values is None:
            message = (
                "Nothing goes on without the plan (columns Last actual and Goes on at), or no such state was found: "
                "count the packages from the plan (--base plan)."
            )
            raise TradeoffError(message)
        return Package(1.0, budget, self.case, Status.FEASIBLE, as_plan(plan, found.built, found.values, floors=False))

    def package(self, part: float, last: Package) -> Package:
        """The package of a budget, inside or around the one before."""
        assert last.plan is not None
        case = self.group.case_at(self.case, part)
        budget = (self.group.total or 0.0) * part
        blank = Package(part, budget, case, Status.NO_PLAN, held_to=last.part)
        words = f"package {blank.name}"
        self.run.say(f"{words}: nested", kept=True)
        model = prepare(case, self.options)
        side: Literal["inside", "around"] = "inside" if part < 1.0 else "around"
        rows = list(nested_rows(model.built, Decided.of(last.plan), side))
        nested = with_nested(model, rows)
        answer = self._search(nested)
        if answer.values is None:
            return self._without(blank, model, rows, answer)
        self.run.say(f"{words}: the best plan of the same budget", kept=True)
        free = self._search(model, answer.values)
        values = exact(nested, self.options, answer.values)
        best = free.objective if free.objective is not None else answer.objective
        found = replace(
            blank, status=answer.status, objective=answer.objective, bound=answer.bound, gap=answer.gap, free=best,
            free_bound=free.bound,
        )  # fmt: skip
        plan = plan_of(model, self.options, values, Status.FEASIBLE, gap=None, bound=None,
                       unproven=[_what_it_is(found, last)])  # fmt: skip
        return replace(found, plan=plan, objective=plan.objective)

    def _search(self, model: Model, start: Floats | None = None) -> Answer:
        """The best plan of a model."""
        return search(model, self.run.unheard(self.options), start=start)

    def _without(self, blank: Package, model: Model, rows: Sequence[NestedRow], answer: Answer) -> Package:
        """A budget without a nested plan: what cannot hold, or which decisions would have to grow."""
        if answer.status is not Status.INFEASIBLE:
            told = f"No nested plan was found in the time ({answer.status}); allow more of it (--time-limit)."
            return replace(blank, status=answer.status, cannot=(told,))
        self.run.say(f"package {blank.name}: what cannot hold", kept=True)
        beyond = least_beyond(model, rows, self.options)
        if beyond:
            free = self._search(model)
            told = _beyond_words(model, beyond, cut=blank.part < 1.0)
            return replace(blank, status=Status.INFEASIBLE, free=free.objective, free_bound=free.bound, cannot=(told,))
        seconds = min(MOST_SECONDS, self.options.time_limit)
        found = explain_conflict(blank.case, self.options, seconds=seconds, conflicts=2, repairs=2)
        return replace(blank, status=Status.INFEASIBLE, cannot=tuple(found.sentence.splitlines()))


def _what_it_is(package: Package, last: Package) -> str:
    """What a nested plan is instead of the best by the workbook's weights."""
    where = "inside" if package.part < 1.0 else "around"
    costs = "" if not package.regret else f"; that costs {figure(package.regret)} points against the best plan for it"
    return f"This plan is decision package {package.name}, the best {where} package {last.name}{costs}."


def _beyond_words(model: Model, beyond: Sequence[tuple[NestedRow, float]], *, cut: bool) -> str:
    """Which decisions would have to be other than in the package that this one is held to, with their cells."""
    activities, switches = model.built.activities.by_id, model.built.switches.by_id
    said = []
    for row, amount in ranked(beyond, lambda pair: pair[1] / max(pair[0].level, pair[0].size), lambda p: p[0].subject):
        if row.subject in switches:
            item = switches[row.subject]
            said.append(f"{item.tags.get('row', row.subject)} decided otherwise ({item.origin})")
            continue
        one = activities[row.subject]
        other = f"{quantity(amount, one.unit)} {'more' if cut else 'less'} than {figure(row.level, one.unit)}"
        said.append(f"{one.tags.get('row', row.subject)} in {row.phase} {other} ({one.origin})")
    where, verb = ("inside the larger package", "grow") if cut else ("around the smaller package", "shrink")
    return (
        f"This budget has a plan, but none {where}: what must be kept needs other decisions instead. At least these "
        f"would have to {verb}: {listed(said, MOST_BEYOND)}."
    )
