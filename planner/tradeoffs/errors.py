"""What can be wrong with a question about trade-offs, said so that people can mend it."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import process

from planner.plan import Status


class TradeoffError(ValueError):
    """The question cannot be answered as asked; the message says why and what to do.

    `status` is how the search for a plan ended where that is the reason; None where the question itself is wrong.
    `verified` is False where a plan failed its independent check.
    """

    def __init__(self, message: str, status: Status | None = None, *, verified: bool | None = None) -> None:
        """Keep the message and how the search ended."""
        super().__init__(message)
        self.status, self.verified = status, verified


class EndlessError(TradeoffError):
    """An objective has no limit."""

    def __init__(self, message: str) -> None:
        """Keep the message."""
        super().__init__(message, Status.UNBOUNDED)


def meant(name: str, known: Iterable[str]) -> str:
    """' Did you mean ...?' for the known name nearest to this one, else the list of known names."""
    names = list(known)
    near = process.extractOne(name.lower(), [n.lower() for n in names], score_cutoff=60.0)
    if near is not None:
        return f" Did you mean '{names[near[2]]}'?"
    return f" Known: {', '.join(names)}." if names else ""
