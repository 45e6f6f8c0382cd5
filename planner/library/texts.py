"""Names and notes that people type: kept as they are typed, or refused with a reason; never cut in silence."""

from __future__ import annotations

import unicodedata

from planner.access.owners import same_owner
from planner.library.errors import LibraryError
from planner.library.models import NAME_LETTERS, NOTE_LETTERS, OWNER_LETTERS
from planner.signs import unseen


def name_from(text: str) -> str:
    """A name: one line of 1 to 200 characters. Raises LibraryError."""
    name = " ".join(_checked(text, "name", NAME_LETTERS).split())
    if not name:
        message = "A kept plan needs a name."
        raise LibraryError(message)
    return name


def note_from(text: str) -> str:
    """A note: any number of lines, 10,000 characters at most. Raises LibraryError."""
    return _checked(text.replace("\r\n", "\n"), "note", NOTE_LETTERS, "\n\t").strip()


def owner_from(text: str) -> str:
    """An owner: an address, a user name, as it is but for capital letters. Raises LibraryError."""
    owner = same_owner(text.strip())
    if _checked(owner, "owner", OWNER_LETTERS) != owner:
        message = "This owner is spelled with signs that stand for others, so it may be somebody else's name."
        raise LibraryError(message)
    if not owner:
        message = "Nobody is signed in, so there is nobody whose plans these could be. Sign in first."
        raise LibraryError(message)
    return owner


def _checked(text: str, what: str, most: int, allowed: str = "") -> str:
    """The text in one spelling, if it is neither too long nor holds signs that nobody sees."""
    for sign in text:
        if sign not in allowed and unseen(sign):
            message = (
                f"This {what} holds an invisible control character (U+{ord(sign):04X}) that could make it look like "
                "another one; type it again without."
            )
            raise LibraryError(message)
    spelled = unicodedata.normalize("NFC", text)
    if len(spelled) > most:
        message = f"A {what} has at most {most:,} characters; this one has {len(spelled):,}."
        raise LibraryError(message)
    return spelled


def numbered(name: str, number: int) -> str:
    """The same name told apart by a number: 'Plan (2)'."""
    tail = f" ({number})"
    return name[: NAME_LETTERS - len(tail)] + tail
