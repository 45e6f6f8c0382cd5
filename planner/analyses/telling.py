"""What an answer says, in order: sentences, lists of them, and tables; whoever shows it decides how they look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Sentence:
    """One or more sentences; `strong` for the answer itself."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class Listing:
    """A heading with a sentence a line; blank ones are not told."""

    title: str
    lines: Sequence[str]


@dataclass(frozen=True)
class Table:
    """Rows under heads; the first column is the key of a row, those named in `texts` are texts, all others figures."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""
    texts: Sequence[str] = ()
    caption: str = ""


Block: TypeAlias = Sentence | Listing | Table


def listing(title: str, lines: Iterable[str]) -> Iterator[Block]:
    """A list, if there is anything to say."""
    kept = [line for line in lines if line]
    if kept:
        yield Listing(title, kept)
