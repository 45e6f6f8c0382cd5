"""A pytest plugin for repositories that keep workbooks: solve them once, ask what they come to, guard it.

It is found by pytest wherever the planner is installed. In a budget office's own repository five lines are enough::

    def test_the_budget_has_not_moved(planner_workbook):
        planner_workbook("budget.xlsx").matches("budget.golden.json")

    def test_the_floor_is_kept(planner_workbook):
        assert planner_workbook("budget.xlsx").outcome("safe years") >= 1000

A workbook is named relative to the test's own folder, and solved once a session however many tests ask for it.
``pytest --planner-update "reason"`` accepts the plans as they are now. Nothing heavy is loaded before a test asks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from planner.extras import lacking

if TYPE_CHECKING:
    from planner.case import Case
    from planner.case.problems import Problem
    from planner.golden import Golden, GoldenReport
    from planner.options import Options
    from planner.plan import Plan
    from planner.verify import Report as Verification

Solved = dict[tuple[str, str, tuple[str, ...], tuple[tuple[str, Any], ...]], tuple[Any, Any]]
"""Plans of this session with their checks, by workbook, scenario, changes and options."""

SOLVED = pytest.StashKey[Solved]()
UPDATE = "--planner-update"


class Workbook:
    """A workbook under test: read when first asked, solved and verified when a figure is asked for.

    `options` are those of a solve (grid, gap, seed, ...); `scenario` and `sets` change cells as the command line does.
    Everything fails the test with a sentence for people: the workbook's problems with their cells, why there is no
    plan, or what moved and the cells that most likely moved it.
    """

    def __init__(
        self,
        path: Path,
        solved: Solved,
        *,
        update: str = "",
        scenario: str = "",
        sets: tuple[str, ...] = (),
        options: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep what to read and how to solve it; nothing is read yet."""
        self.path, self.scenario, self.sets = path, scenario, sets
        self.options: dict[str, Any] = dict(options or {})
        self._solved, self._update = solved, update

    @cached_property
    def _checked(self) -> tuple[Case | None, tuple[Problem, ...]]:
        """The case, None where the workbook has errors, and everything that was found."""
        from planner.workbook import check

        if not self.path.exists():
            pytest.fail(f"There is no workbook '{self.path}'.", pytrace=False)
        return check(self.path, scenario=self.scenario, sets=self.sets)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Errors, conflicts and warnings, in a stable order."""
        return self._checked[1]

    @property
    def case(self) -> Case:
        """The checked case; fails the test with every error of the workbook."""
        case, problems = self._checked
        if case is None:
            errors = "\n".join(str(p) for p in problems if p.severity == "error")
            pytest.fail(f"{self.path.name} is no valid case:\n{errors}", pytrace=False)
        return case

    def is_valid(self, *, warnings: bool = True) -> None:
        """Fail the test for any error or conflict; with `warnings=False` for warnings too."""
        wrong = [str(p) for p in self.problems if p.severity != "warning" or not warnings]
        if wrong:
            pytest.fail(f"{self.path.name}:\n" + "\n".join(wrong), pytrace=False)

    @property
    def plan(self) -> Plan:
        """The proven and independently checked plan; fails the test where there is none."""
        plan = self._plan(self._options())
        if not plan.found:
            pytest.fail(f"{self.path.name} has no plan: {plan.status}.", pytrace=False)
        return plan

    def _options(self, golden: Golden | None = None) -> Options:
        """Options of the solve: those given, over those of a golden file."""
        from planner.golden import options_of

        return options_of(golden, anew=bool(self._update), **self.options)

    def _plan(self, options: Options) -> Plan:
        """Solve once a session, verify, and fail the test where the independent check disagrees."""
        from planner.golden import solved

        key = (str(self.path), self.scenario, self.sets, tuple(sorted(options.as_record().items())))
        if key not in self._solved:
            self._solved[key] = solved(self.case, options)
        plan: Plan
        report: Verification | None
        plan, report = self._solved[key]
        if report is not None and not report.ok:
            pytest.fail(f"The plan of {self.path.name} failed its independent check:\n{report}", pytrace=False)
        return plan

    @property
    def objective(self) -> float:
        """Points of the plan."""
        assert self.plan.objective is not None
        return self.plan.objective

    def outcome(self, name: str) -> float:
        """Value of an outcome by its name on sheet Outcomes, in its unit."""
        known = list(self.plan.tables["outcomes"]["outcome"])
        if name not in known:
            pytest.fail(f"{self.path.name} has no outcome '{name}', only {', '.join(known)}.", pytrace=False)
        return self.plan.outcome(name)

    def money(self, account: str = "", phase: str = "") -> float:
        """Money paid in USD million: from one account or all, in one phase or all."""
        from planner.golden import figures_of

        figures = figures_of(self.case, self.plan).money
        if account and account not in figures:
            pytest.fail(f"Nothing is paid from '{account}', only from {', '.join(figures)}.", pytrace=False)
        rows = [figures[account]] if account else list(figures.values())
        if phase and phase not in {p for row in rows for p in row}:
            pytest.fail(f"There is no phase '{phase}'.", pytrace=False)
        return sum(v for row in rows for p, v in row.items() if not phase or p == phase)

    def matches(self, golden: str | Path, *, strict: bool = False, **tolerances: float) -> GoldenReport | None:
        """Fail the test where the plan is not the accepted one; a golden file is named beside the workbook.

        `tolerances` are shares by group: outcomes, money, totals, countries, switches (days), rules, size. Under
        ``--planner-update`` the plan is accepted instead, and nothing is returned.
        """
        from planner.golden import GoldenError, Tolerances, check_golden, read_golden, text

        path = self.path.parent / golden
        stated = Tolerances(dict(tolerances))
        try:
            accepted = None if self._update and not path.exists() else read_golden(path)
            plan = self._plan(self._options(accepted))
            if self._update:
                self._accept(plan, accepted, path, stated)
                return None
            assert accepted is not None
            report = check_golden(self.case, plan, accepted, tolerances=stated, strict=strict)
        except GoldenError as error:
            pytest.fail(str(error), pytrace=False)
        if not report.ok:
            mend = f'To accept this plan: pytest {UPDATE} "why it changes"'
            pytest.fail(f"{text(report)}\n\n{mend}", pytrace=False)
        return report

    def _accept(self, plan: Plan, accepted: Golden | None, path: Path, tolerances: Any) -> None:
        """Write the plan as the accepted one."""
        from planner.golden import update_golden, write_golden

        made, differs = update_golden(self.case, plan, accepted, self._update, tolerances=tolerances)
        if differs:
            write_golden(made, path)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that accepts plans."""
    group = parser.getgroup("planner", "workbooks of the migration planner")
    group.addoption(
        UPDATE, metavar="REASON", default="", help="Accept the plans as they are now; REASON goes into the history."
    )


@pytest.fixture
def planner_workbook(request: pytest.FixtureRequest) -> Callable[..., Workbook]:
    """Return a function that opens a workbook under test: by name, with a scenario, changes and options of a solve."""
    try:
        import planner.golden  # noqa: F401 - an install may leave it out
    except ModuleNotFoundError as error:
        pytest.fail(lacking(error) or str(error), pytrace=False)
    solved = request.config.stash.setdefault(SOLVED, {})
    update = str(request.config.getoption(UPDATE) or "").strip()

    def open_workbook(name: str | Path, *, scenario: str = "", sets: tuple[str, ...] = (), **options: Any) -> Workbook:
        path = (request.path.parent / name).resolve()
        return Workbook(path, solved, update=update, scenario=scenario, sets=tuple(sets), options=options)

    return open_workbook
