"""Signing in and out, where the server is set up for it; elsewhere nothing of it is seen."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase

import streamlit as st

from app.people import people_sign_in, signed_in, who
from app.show import plain

PEOPLE = "PLANNER_APP_PEOPLE"
"""Environment variable with who may come in: addresses or patterns such as *@ministry.example, apart by commas."""


def required() -> None:
    """Show nothing but a way to sign in to whoever has not; to be called first on every page."""
    if not people_sign_in():
        return
    person = who()
    if person and invited(person):
        return
    st.title("Migration planner", anchor=False)
    if person:
        st.error(f"You are signed in as {plain(person)}, who has no access here. Ask the people who run this server.")
        _way_out()
    elif "is_logged_in" in signed_in():
        st.markdown("This planner is for the people of one team: sign in to see and make plans.")
        st.button("Sign in", type="primary", on_click=st.login, key="sign_in")
    else:
        st.error("This planner is opened through your organisation's portal, which says who you are. Open it there.")
    st.stop()


def control() -> None:
    """Who works here and a way to sign out; for the side of every page."""
    if people_sign_in():
        st.markdown(f":small[Signed in as **{plain(who())}**]")
        _way_out()


def invited(person: str) -> bool:
    """Whether somebody may come in: everybody, unless the server was told whom to let in."""
    patterns = [one.strip().casefold() for one in os.environ.get(PEOPLE, "").split(",") if one.strip()]
    return not patterns or any(fnmatchcase(person.casefold(), pattern) for pattern in patterns)


def _way_out() -> None:
    """Sign out where signing in was done here; a portal has its own way."""
    if "is_logged_in" in signed_in():
        st.button("Sign out", on_click=st.logout, key="sign_out")
