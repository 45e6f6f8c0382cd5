"""Who is let in; the log-in itself is tried in a browser with a provider of its own."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from app.session import people
from planner.access import identity


def page() -> None:
    """A page of the app, as far as signing in is concerned."""
    import streamlit as st

    from app.shell import sign_in

    sign_in.required()
    sign_in.control()
    st.markdown("the plan")


KNOWN: dict[str, Any] = {"is_logged_in": True, "iss": "https://login.example", "sub": "1", "email_verified": True}


def seen(monkeypatch: pytest.MonkeyPatch, known: bool, said: dict[str, Any]) -> AppTest:
    monkeypatch.setattr(people, "people_sign_in", lambda: known)
    monkeypatch.setattr(people, "signed_in", lambda: said)
    at = AppTest.from_function(page).run()
    assert not at.exception
    return at


def test_nothing_is_seen_of_it_where_nobody_signs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    at = seen(monkeypatch, False, {})
    assert [m.value for m in at.markdown] == ["the plan"]
    assert not at.button


def test_a_stranger_sees_a_way_to_sign_in_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    at = seen(monkeypatch, True, {"is_logged_in": False})
    assert [b.label for b in at.button] == ["Sign in"]
    assert "the plan" not in [m.value for m in at.markdown]


def test_whoever_is_signed_in_works_and_can_sign_out(monkeypatch: pytest.MonkeyPatch) -> None:
    at = seen(monkeypatch, True, {**KNOWN, "email": "ana@agency.example"})
    assert "the plan" in [m.value for m in at.markdown]
    assert [b.label for b in at.button] == ["Sign out"]


def test_somebody_who_is_not_invited_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(identity.PEOPLE, "*@agency.example")
    at = seen(monkeypatch, True, {**KNOWN, "email": "ben@other.example"})
    assert "no access" in at.error[0].value
    assert "the plan" not in [m.value for m in at.markdown]


def test_a_request_past_the_portal_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    at = seen(monkeypatch, True, {})
    assert "portal" in at.error[0].value
    assert "the plan" not in [m.value for m in at.markdown]


def test_an_address_that_nobody_verified_signs_nobody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    at = seen(monkeypatch, True, {**KNOWN, "email": "ana@agency.example", "email_verified": "false"})
    assert [b.label for b in at.button] == ["Sign in"]
    assert "the plan" not in [m.value for m in at.markdown]
