"""How the case of settings is made again: the workbook, a scenario, what the dials say, then what no dial makes."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from planner.case import Case
from planner.case.problems import InvalidCaseError
from planner.live.dials import Dial, changes_at, complete
from planner.live.layout import Subject
from planner.options import Options
from planner.sheets import SHEETS
from planner.solve import prepare
from planner.workbook import read
from planner.workbook.changes import apply_changes
from planner.workbook.reader import RawBook, load
from planner.workbook.typed import type_tables


@dataclass(frozen=True)
class CaseSpec:
    """A workbook on disk and how it is solved; `extra` are changes that no dial makes, after those of the dials."""

    path: str
    dials: tuple[Dial, ...]
    scenario: str = ""
    grid: str = "phases"
    extra: tuple[str, ...] = ()

    @property
    def options(self) -> Options:
        """Options of a model of this spec."""
        return Options(grid=self.grid)

    def sets(self, settings: Mapping[str, float]) -> tuple[str, ...]:
        """All changes at settings, as `--set` takes them."""
        return (*changes_at(self.dials, complete(self.dials, settings)), *self.extra)

    def case(self, settings: Mapping[str, float]) -> Case:
        """The checked case at settings. Raises InvalidCaseError where the workbook refuses them."""
        return opener[0](Path(self.path), scenario=self.scenario, sets=self.sets(settings))

    def subject(self, settings: Mapping[str, float]) -> Subject:
        """The model at settings. Raises InvalidCaseError where the workbook refuses them."""
        return subject_of(self.case(settings), self.options)


class Opener(Protocol):
    """What opens a workbook."""

    def __call__(self, path: Path | str, *, scenario: str = "", sets: Sequence[str] = ()) -> Case:
        """The checked case. Raises InvalidCaseError."""
        ...


opener: list[Opener] = [read]
"""What opens the workbook of a spec; a server puts its own in place, which parses nothing that people bring."""


class CaseFactory:
    """Makes many models of one spec: the workbook is read once."""

    def __init__(self, spec: CaseSpec) -> None:
        """Read the workbook and check it as it stands. Raises InvalidCaseError for a workbook with errors."""
        self.spec = spec
        self.home = spec.case({})
        self.book: RawBook = load(Path(spec.path))

    def checked(self, settings: Mapping[str, float]) -> Subject:
        """The model at settings with all checks of the workbook. Raises InvalidCaseError."""
        return self.spec.subject(settings) if settings else subject_of(self.home, self.spec.options)

    def quick(self, settings: Mapping[str, float]) -> Subject:
        """The model at settings, typed but not checked: for numbers alone. Raises InvalidCaseError for a bad type."""
        book, sets = copy.deepcopy(self.book), self.spec.sets(settings)
        told, faults = apply_changes(book.tables, self.spec.scenario, sets)
        typed = type_tables(book.tables, book.missing, starts_1904=book.starts_1904)
        problems = [p for p in (*faults, *typed.problems) if p.severity == "error"]
        if problems:
            raise InvalidCaseError(problems)
        rows = {sheet: typed.rows[sheet] for sheet in SHEETS if sheet in typed.rows}
        return subject_of(replace(self.home, rows=rows, sets=sets, changes=tuple(told)), self.spec.options)


def subject_of(case: Case, options: Options) -> Subject:
    """Compile and build a case."""
    model = prepare(case, options)
    return Subject(case, model.built, model.matrix)
