"""Which account may pay what: the one place that says so (verification has its own, since it may share nothing)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from planner.sheets import Funding


def refusals(row: Funding, tags: Mapping[str, str]) -> tuple[str, ...]:
    """Name the tags for which an account may not pay a bill; one bound to places cannot pay what has none.

    Capital letters and blanks around a name make no difference; a tag may name several things between semicolons. Dates
    are not looked at.
    """
    places = _words([tags.get("place", ""), tags.get("country", "")])
    checks = (
        ("purpose", row.purposes, _words([tags.get("purpose", "")])),
        ("place", row.places, places),
        ("actor", row.actors, _words([tags.get("actor", "")])),
    )
    return tuple(name for name, allowed, have in checks if allowed and not have & _words(allowed))


def may_pay(row: Funding, *, purpose: str = "", place: str = "", country: str = "", actor: str = "") -> bool:
    """Whether an account allows a bill's purpose, place and actor (dates apart)."""
    return not refusals(row, {"purpose": purpose, "place": place, "country": country, "actor": actor})


def _words(values: Iterable[str]) -> set[str]:
    """Split values at semicolons, without case."""
    return {part.strip().casefold() for value in values for part in value.split(";") if part.strip()}
