"""What the library says when it cannot do what it was asked: always one sentence for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.library.entries import Entry


class LibraryError(Exception):
    """Something cannot be done; the message says what, why, and what to do."""


class NotThereError(LibraryError):
    """There is no such entry, or it is somebody else's and not shared (which of the two is not told)."""


class DamagedError(LibraryError):
    """A file that was brought is no export of a library, or was changed on its way."""


class ConflictError(LibraryError):
    """Somebody else has changed the same thing meanwhile. Nothing was overwritten.

    `current` is the entry as it is now, `field` ('name', 'note', 'sharing') what was to be changed, `yours` to what;
    both stand in the entry's history.
    """

    def __init__(self, sentence: str, current: Entry, field: str, yours: str) -> None:
        """Keep both sides."""
        super().__init__(sentence)
        self.current, self.field, self.yours = current, field, yours


class InTheWayError(Exception):
    """Two programs wanted the same thing at the same moment; the second one tries again."""
