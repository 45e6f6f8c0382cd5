"""Who works in a tab, and the way out. The server's gate lets in only those who are known; every page asks again."""

from __future__ import annotations

import streamlit as st

from app.charts.widgets import plain
from app.session import people


def required() -> None:
    """Show nothing but a way to sign in to whoever has not; to be called first on every page."""
    if not people.people_sign_in():
        return
    person = people.known()
    if person is not None and people.invited(person):
        return
    st.title("Migration planner", anchor=False)
    if person is not None:
        name = plain(person.name)
        st.error(f"You are signed in as {name}, who has no access here. Ask the people who run this server.")
        _way_out()
    elif "is_logged_in" in people.signed_in():
        st.markdown("This planner is for the people of one team: sign in to see and make plans.")
        st.button("Sign in", type="primary", on_click=st.login, key="sign_in")
    else:
        st.error("This planner is opened through your organisation's portal, which says who you are. Open it there.")
    st.stop()


def control() -> None:
    """Who works here and a way to sign out; for the side of every page."""
    person = people.known()
    if people.people_sign_in() and person is not None:
        st.markdown(f":small[Signed in as **{plain(person.name)}**]")
        _way_out()


def _way_out() -> None:
    """Sign out where signing in was done here; a portal has its own way."""
    if "is_logged_in" in people.signed_in():
        st.button("Sign out", on_click=st.logout, key="sign_out", help="Ends it on every tab and machine of yours.")
