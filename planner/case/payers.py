"""Which account may pay what: the one place that says so (verification has its own, since it may share nothing)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from planner.sheets import Funding


def refusals(row: Funding, tags: Mapping[str, str]) -> tuple[str, ...]:
    """Name the tags for which an account may not pay a bill; one bound to places cannot pay what has none.

    Capital letters and blanks around a name make no difference; a tag may name several things between semicolons. Dates
    are not looked at.
    """
    checks = (
        ("purpose", row.purposes, (tags.get("purpose", ""),)),
        ("place", row.places, (tags.get("place", ""), tags.get("country", ""))),
        ("actor", row.actors, (tags.get("actor", ""),)),
    )
    return tuple(name for name, allowed, have in checks if allowed and not _words(have) & _words(allowed))


def may_pay(row: Funding, *, purpose: str = "", place: str = "", country: str = "", actor: str = "") -> bool:
    """Whether an account allows a bill's purpose, place and actor (dates apart)."""
    return not refusals(row, {"purpose": purpose, "place": place, "country": country, "actor": actor})


@lru_cache(maxsize=4096)
def _words(values: tuple[str, ...]) -> frozenset[str]:
    """Split values at semicolons, without case."""
    return frozenset(part.strip().casefold() for value in values for part in value.split(";") if part.strip())
