"""What an analysis is: a question with declared options, a function that answers it, and an answer that can be told.

The verb of the command line, the task of the worker process, the form of a page and the page of the manual are made
from an :class:`Analysis`. It knows nothing of any of them. What is asked is plain data
(:meth:`Question.to_json`), so that it can be sent to where it is answered.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from planner.declaring import Declaration, OptionError, check_all, declarations_of, option
from planner.options import GAP, Options
from planner.solver.runs import RunContext
from planner.wording.figures import digits

if TYPE_CHECKING:
    import pandas as pd

    from planner.analyses.telling import Block
    from planner.case import Case
    from planner.explain import ComparedCase
    from planner.plan import Plan, Status
    from planner.results.answer_pages import Page


@dataclass(frozen=True)
class Question:
    """What is asked of a case. Raises OptionError for a value outside its range, or values that contradict each other.

    A subclass has a field for every option; those named like options of a solve (`gap`, `time_limit`) say how it is
    searched.
    """

    def __post_init__(self) -> None:
        """Refuse what cannot be asked."""
        for declared in declarations_of(type(self)):
            if declared.many:
                object.__setattr__(self, declared.name, tuple(getattr(self, declared.name) or ()))
        check_all(self)
        self.check()

    def check(self) -> None:
        """Refuse options that contradict each other, or texts that cannot be read. Raises OptionError."""

    def options(self, grid: str = "", usual: Options | None = None) -> Options:
        """The options of its searches, the usual ones where it declares none; a blank grid is theirs."""
        usual = usual or Options()
        known = {item.name for item in dataclasses.fields(Options)}
        mine = {item.name: getattr(self, item.name) for item in declarations_of(type(self)) if item.of_run}
        return dataclasses.replace(usual, grid=grid or usual.grid, **{n: v for n, v in mine.items() if n in known})

    def to_json(self) -> dict[str, Any]:
        """Every option with its value."""
        return dataclasses.asdict(self)

    def words(self) -> list[str]:
        """The words of the command line that ask the same: options that differ from their defaults, in order."""
        said: list[str] = []
        for declared in declarations_of(type(self)):
            value = getattr(self, declared.name)
            if value == declared.default:
                continue
            if declared.kind is bool:
                yes, _, no = declared.flag.partition("/")
                said.append(yes if value else no)
                continue
            for one in value if declared.many else (value,):
                said += [declared.flag, _written(one)]
        return said


def _written(value: object) -> str:
    """A value as it is typed."""
    return digits(value) if isinstance(value, float) else str(value)


def gap_option(help_text: str, default: float = GAP, **more: Any) -> Any:
    """The gap to which the plans of an analysis are proven."""
    return option(default, help_text, low=0.0, high=1.0, of_run=True, **more)


def time_option(default: float, help_text: str, **more: Any) -> Any:
    """The seconds that an analysis may take, or each of its searches."""
    return option(default, help_text, low=0.1, metavar="SECONDS", of_run=True, **more)


@dataclass(frozen=True)
class Subject:
    """What a question is about.

    `plan` is the one to start from where the question has one; without it the best plan of the case is sought first.
    `read` reads the same workbook under another of its scenarios. `before` is what an earlier answer to the same
    question has kept for this one (:attr:`Answer.keep`). `sides` are what is compared, the case of the last one being
    `case`; those without a plan are solved.
    """

    case: Case
    plan: Plan | None = None
    read: Callable[[str], Case] | None = None
    before: Mapping[str, Any] | None = None
    sides: Sequence[ComparedCase] = ()


@dataclass(frozen=True)
class WholePlan:
    """A plan that an answer has found: the stem of its file, what it is, how it is made, and its row of the content."""

    name: str
    words: str
    make: Callable[[], Plan]
    row: dict[str, Any]
    case: Case | None = None


Verdicts: TypeAlias = Sequence[bool]
"""Of every plan of an answer that was checked independently, whether it passed."""


@dataclass(frozen=True)
class Answer:
    """An answer: its content for machines, what it says to people, how its search ended, and the plans it has found.

    `tell` says it in sentences and tables, the answer first, with the verdicts about its plans. `frames` are tables
    for a file, `pages` a workbook to be read and printed. `keep` makes what a page shows beside it, or later questions
    (:attr:`Subject.before`) need.
    """

    content: dict[str, Any]
    tell: Callable[[Verdicts], Iterable[Block]]
    status: Status
    plans: tuple[WholePlan, ...] = ()
    frames: Callable[[], Mapping[str, pd.DataFrame]] | None = None
    keep: Callable[[], Mapping[str, Any]] | None = None
    pages: Callable[[], Sequence[Page]] | None = None

    def to_json(self) -> dict[str, Any]:
        """The content for machines."""
        return self.content


@dataclass(frozen=True)
class Out:
    """What `--out` writes: one plan, or with `many` (a pattern of names) several into a folder, or `tables` or pages.

    Plans are checked independently when they are written, and with `checked` always. `needs` is the option without
    which there is no plan to write.
    """

    help: str
    suffixes: tuple[str, ...] = (".xlsx",)
    many: str = ""
    tables: bool = False
    checked: bool = False
    needs: str = ""


Takes: TypeAlias = Literal["case", "plan", "sides"]
"""What a verb is given before its options: a case, a case and the plan of it that is changed, or what is compared."""


@dataclass(frozen=True)
class Analysis:
    """One analysis, declared once. `help` says what it does, in a sentence or two; `title` is its heading.

    `scenarios` is false where it looks at all scenarios itself.
    """

    name: str
    title: str
    help: str
    question: type[Question]
    answer: Callable[[Subject, Any, RunContext], Answer]
    out: Out | None = None
    scenarios: bool = True
    takes: Takes = "case"

    @property
    def options(self) -> tuple[Declaration, ...]:
        """Its options in order."""
        return declarations_of(self.question)

    def option(self, name: str) -> Declaration:
        """The option of this name; KeyError if there is none."""
        return {declared.name: declared for declared in self.options}[name]


def pairs(texts: Iterable[str], flag: str) -> dict[str, float]:
    """Read 'NAME=NUMBER' pairs of an option. Raises OptionError."""
    from planner.declaring import figure_of

    found = {}
    for text in texts:
        name, equals, value = text.rpartition("=")
        if not equals or not name.strip():
            message = f"{flag} '{text}' names no number: write 'NAME=NUMBER'."
            raise OptionError(message)
        found[name.strip()] = figure_of(value, flag, "95% or 0.95")
    return found


def plan_of(subject: Subject, options: Options, run: RunContext) -> Plan:
    """The plan to start from: the one that is given, else the best one. Raises TradeoffError where there is none."""
    from planner.solve import solve
    from planner.tradeoffs.errors import TradeoffError

    if subject.plan is not None:
        return subject.plan
    plan = solve(subject.case, run.anew(options))
    if not plan.found:
        message = f"The workbook has no plan to start from ({plan.status}): run planner explain to see why."
        raise TradeoffError(message, plan.status)
    return plan
