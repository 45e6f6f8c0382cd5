"""A plan that came in a file: its decisions are recomputed from its workbook, and what cannot be is not believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from planner.library.entries import KeptPlan, KeptWorkbook, results_of
from planner.library.errors import DamagedError
from planner.library.exchange import Packed
from planner.plan import Plan
from planner.plan.brought import unproven


@dataclass(frozen=True)
class _Checked:
    """A plan after its check, or why it is none of this workbook."""

    plan: Plan
    stranger: bool = False


def rechecked(packed: Sequence[Packed]) -> list[Packed]:
    """The same entries with what this planner finds out about their plans; equal plans are looked at once.

    Raises DamagedError if a plan was not made from the workbook that comes with it.
    """
    known: dict[tuple[str, str], _Checked] = {}
    found = []
    for one in packed:
        entry, book = one.kept.entry, one.kept.book
        place = (entry.plan_sha256, book.sha256)
        if place not in known:
            known[place] = _check(one.kept.plan, book)
        if known[place].stranger:
            message = (
                "This is not a file of kept plans that can be imported: one of its plans was not made from the "
                "workbook that comes with it."
            )
            raise DamagedError(message)
        plan = known[place].plan
        found.append(replace(one, kept=KeptPlan(replace(entry, results=results_of(plan)), plan, book)))
    return found


def _check(plan: Plan, book: KeptWorkbook) -> _Checked:
    """Recompute a plan from its workbook."""
    from planner.verify import verify  # noqa: PLC0415 - loaded only where something is imported
    from planner.workbook.reader import finish, load_bytes  # noqa: PLC0415

    bare, record = unproven(plan), plan.record
    case, _ = finish(load_bytes(book.content, "kept"), record.scenario, record.changes)
    if case is None or case.sha256 != record.input_sha256:
        return _Checked(bare, stranger=True)
    if not bare.found:
        return _Checked(bare)
    try:
        sound = verify(case, bare).ok
    except (ValueError, KeyError, TypeError, IndexError, ArithmeticError, AttributeError):
        sound = False  # its tables are of the right kinds, and make no sense
    return _Checked(replace(bare, verified=sound))
