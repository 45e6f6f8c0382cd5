"""Who works in this tab: kept plans belong to somebody."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import streamlit as st

from planner.access import identity
from planner.access.identity import Person
from planner.access.owners import this_user


def known() -> Person | None:
    """The person who works in this tab; None where people are known here and this one is not.

    The person who is signed in (OpenID Connect, or a header that the reverse proxy sets and the server is told to
    trust); where nobody can sign in, the user of this computer who runs the server, as on the command line.
    """
    if not people_sign_in():
        return Person(this_user())
    said = signed_in()
    if "is_logged_in" in said:
        return identity.from_claims(said)
    named = said.get("email")
    return identity.from_header([named] if isinstance(named, str) else [])


def who() -> str:
    """Whose plans in the library are this person's; empty for nobody.

    Somebody who signs in keeps their plans by the provider's own sign for them, however their address changes, and
    nobody gets the plans of whoever had the same address before. Raises LibraryError where that cannot be looked up.
    """
    person = known()
    if person is None:
        return ""
    if not person.subject:
        return person.name
    held: dict[str, str] = st.session_state.setdefault("library_owner", {})
    if person.subject not in held:
        from app.session.library import library

        held[person.subject] = library().owner_of(person.subject, person.name)
    return held[person.subject]


def store() -> str:
    """Under whose name uploads of this tab are kept."""
    person = known()
    return person.key if person is not None else ""


def people_sign_in() -> bool:
    """Whether this server knows people apart."""
    return bool(st.get_option("server.trustedUserHeaders")) or "is_logged_in" in signed_in()


def signed_in() -> Mapping[str, Any]:
    """What the server says of the person; nothing if it says nothing."""
    found: Mapping[str, Any] = st.user.to_dict()
    return found


def invited(person: Person) -> bool:
    """Whether somebody may come in: everybody, unless the server was told whom to let in."""
    return identity.invited(person, identity.patterns_of(os.environ.get(identity.PEOPLE, "")))
