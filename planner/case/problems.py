"""What is wrong with a workbook, where, and how to mend it: all of it at once, in a stable order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from planner.sheets.address import Address

Severity: TypeAlias = Literal["error", "conflict", "warning"]
"""An error keeps a workbook from becoming a case. A conflict is a well-formed case that arithmetic alone shows to be
impossible: it is still given to the solver, which proves it. A warning is worth a look."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: `check` is its stable name, `found` says what is wrong, `mend` what to do about it."""

    check: str
    severity: Severity
    address: Address
    found: str
    mend: str
    label: str = ""
    suggestion: str = ""

    def __str__(self) -> str:
        """Write the finding as one line."""
        row = f" ({self.label})" if self.label else ""
        hint = f" Did you mean '{self.suggestion}'?" if self.suggestion else ""
        return f"{self.severity}: {self.address}{row}: {self.found} {self.mend}{hint}"


def sort_key(problem: Problem) -> tuple[int, str, int, int, str, str, str]:
    """Order errors first, then conflicts, then by sheet, row, column, check."""
    a = problem.address
    weight = get_args(Severity).index(problem.severity)
    return weight, a.sheet, a.row, len(a.column), a.column, problem.check, problem.found


class InvalidCaseError(ValueError):
    """The workbook cannot become a case; `problems` says why, in full."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the findings in their stable order."""
        self.problems = tuple(sorted(set(problems), key=sort_key))
        super().__init__("\n".join(str(p) for p in self.problems))
