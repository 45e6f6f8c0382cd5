"""Selections such as `line of action: pathways; country: not East`, read and matched on their own terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

TAGS = {"line of action": "lane", "duty station": "station", "quota": "pool"}
"""Fields whose tag is called otherwise."""


@dataclass(frozen=True)
class Clause:
    """One field with the values that it must and must not have."""

    field: str
    wanted: frozenset[str]
    refused: frozenset[str]


@dataclass(frozen=True)
class Selection:
    """All clauses must hold; `accounts` pick the payer and say nothing about what is paid."""

    clauses: tuple[Clause, ...] = ()
    accounts: Clause | None = None

    def takes(self, tags: Mapping[str, str]) -> bool:
        """Whether a subject with these tags is selected."""
        return all(_holds(clause, tags.get(clause.field, "")) for clause in self.clauses)

    def takes_account(self, account: str) -> bool:
        """Whether payments by this account are selected."""
        return self.accounts is None or _holds(self.accounts, account)


def _holds(clause: Clause, value: str) -> bool:
    """Whether one of the values (several are split by semicolons) is wanted and none refused."""
    values = _values(value)
    return not values & clause.refused and (not clause.wanted or bool(values & clause.wanted))


@lru_cache(maxsize=65_536)
def _values(value: str) -> frozenset[str]:
    """Values of a tag; the same few are asked for tens of thousands of times."""
    return frozenset(word.strip().casefold() for word in value.split(";"))


def read_selection(text: str) -> Selection:
    """Read a selection; a field named twice gathers its values."""
    fields: dict[str, list[str]] = {}
    for part in text.split(";"):
        name, _, values = part.partition(":")
        if name.strip():
            words = [word.strip().casefold() for word in values.split(",")]
            field = " ".join(name.casefold().split())
            fields.setdefault(TAGS.get(field, field), []).extend(word for word in words if word)
    clauses = tuple(_clause(name, words) for name, words in fields.items())
    others = tuple(clause for clause in clauses if clause.field != "account")
    return Selection(others, next((clause for clause in clauses if clause.field == "account"), None))


def _clause(name: str, words: list[str]) -> Clause:
    """Sort a field's words into wanted and refused ones."""
    refused = frozenset(word[4:].strip() for word in words if word.startswith("not "))
    return Clause(name, frozenset(word for word in words if not word.startswith("not ")), refused)
