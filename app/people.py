"""Who works in this tab: kept plans belong to somebody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from planner.owners import this_user

PROVIDER, PROXY = ("email", "sub"), ("email", "user", "preferred_username", "sub")
"""What names a person, the best first: where they sign in themselves only what they cannot choose by themselves."""


def who() -> str:
    """The person who works in this tab.

    The person who is signed in (OpenID Connect, or a header that the reverse proxy sets and the server is told to
    trust); where nobody can sign in, the user of this computer who runs the server, as on the command line. Empty where
    people sign in here and this one has not.
    """
    if not people_sign_in():
        return this_user()
    return name_of(signed_in())


def people_sign_in() -> bool:
    """Whether this server knows people apart."""
    return bool(st.get_option("server.trustedUserHeaders")) or "is_logged_in" in signed_in()


def signed_in() -> Mapping[str, Any]:
    """What the server says of the person; nothing if it says nothing."""
    found: Mapping[str, Any] = st.user.to_dict()
    return found


def name_of(said: Mapping[str, Any]) -> str:
    """A person's name for the library; empty for somebody who has not signed in, or has no name."""
    if said.get("is_logged_in") is False:
        return ""
    names = PROVIDER if "is_logged_in" in said else PROXY
    given = [str(said.get(name) or "") for name in names if name != "email" or said.get("email_verified") is not False]
    return next((name.strip().casefold() for name in given if name.strip()), "")
