"""Who holds a signed cookie, for how long, and that signing out ends it; what a proxy must prove."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from itsdangerous import URLSafeTimedSerializer
from streamlit import auth_util
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.web.server import server_util
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from app.serving.visitors import Anybody, Named, SignedIn
from app.session.sessions import Sessions

SECRET, HOME = "a secret of this test, 32 signs long", "https://planner.agency.example"
ANA: dict[str, Any] = {
    "is_logged_in": True, "iss": "https://login.example", "sub": "7", "email": "ana@agency.example",
    "email_verified": True, "origin": HOME, "provider": "default",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_util, "get_cookie_secret", lambda: SECRET)
    monkeypatch.setattr(auth_util, "get_origin_from_redirect_uri", lambda: HOME)


class Clock:
    """A clock that is set; it begins when the test does, as cookies are signed at the time of day."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def people(tmp_path: Path, clock: Clock) -> SignedIn:
    return SignedIn("", Sessions(tmp_path / "out.json", 3_600.0, clock), ("*@agency.example",))


def cookie(said: Any, secret: str = SECRET, name: str = USER_COOKIE_NAME) -> dict[str, Any]:
    value = URLSafeTimedSerializer(secret, salt=USER_COOKIE_NAME).dumps(json.dumps(said))
    return {"type": "http", "headers": [(b"cookie", f"other=1; {name}={value}".encode())]}


def test_the_person_of_a_cookie(people: SignedIn) -> None:
    found = people.ask(cookie(ANA))
    assert found is not None
    assert (found.name, found.invited) == ("ana@agency.example", True)
    other = people.ask(cookie({**ANA, "email": "ben@other.example"}))
    assert other is not None
    assert not other.invited


@pytest.mark.parametrize(
    "scope",
    [
        {"type": "http", "headers": []},
        {"type": "http", "headers": [(b"cookie", f"{USER_COOKIE_NAME}=forged".encode())]},
        {"type": "http", "headers": [(b"cookie", f"{USER_COOKIE_NAME}=\xff\xfe".encode("latin-1"))]},
        cookie(ANA, secret="another secret that is long enough!"),
        cookie(ANA, name="_streamlit_user_1"),
        cookie({**ANA, "origin": "https://elsewhere.example"}),
        cookie({**ANA, "email_verified": "false"}),
        cookie({**ANA, "email": "evil@evil.example,@agency.example"}),
        cookie({**ANA, "is_logged_in": 1}),
        cookie(["ana@agency.example"]),
        cookie("ana@agency.example"),
    ],
)
def test_any_other_cookie_is_nobodys(people: SignedIn, scope: dict[str, Any]) -> None:
    assert people.ask(scope) is None


def test_a_sign_in_ends_after_its_time(people: SignedIn, clock: Clock) -> None:
    mine = cookie(ANA)
    found = people.ask(mine)
    assert found is not None
    clock.now = found.until + 1
    assert people.ask(mine) is None


def test_a_copied_cookie_is_worth_nothing_after_signing_out_not_even_after_a_restart(
    people: SignedIn, clock: Clock, tmp_path: Path
) -> None:
    mine, theirs = cookie(ANA), cookie({**ANA, "sub": "8", "email": "bea@agency.example"})
    clock.now = time.time() + 2
    people.sign_out(mine)
    assert people.ask(mine) is None
    assert people.ask(theirs) is not None
    restarted = SignedIn("", Sessions(tmp_path / "out.json", 3_600.0, clock))
    assert restarted.ask(mine) is None
    assert restarted.ask(theirs) is not None
    before = (tmp_path / "out.json").read_bytes()
    clock.now += 10
    people.sign_out(mine)  # a copy of an old cookie signs nobody out who has signed in again
    people.sign_out({"type": "http", "headers": []})
    assert (tmp_path / "out.json").read_bytes() == before


def test_a_damaged_list_signs_everybody_out_once(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "out.json").write_text("[1, 2", encoding="utf-8")
    clock.now = time.time() + 2
    assert SignedIn("", Sessions(tmp_path / "out.json", 3_600.0, clock)).ask(cookie(ANA)) is None


def header(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {"type": "http", "headers": [(name.encode(), value.encode("latin-1")) for name, value in pairs]}


def test_a_proxy_says_who_asks_once() -> None:
    named = Named("", "X-Forwarded-Email", ("*@agency.example",))
    found = named.ask(header(("x-forwarded-email", "Ana@agency.example")))
    assert found is not None
    assert (found.key, found.invited) == ("ana@agency.example", True)
    assert named.ask(header()) is None
    assert named.ask(header(("x-forwarded-email", "evil@evil.example,@agency.example"))) is None
    assert named.ask(header(*[("x-forwarded-email", "ana@agency.example")] * 2)) is None


def test_a_proxy_proves_that_it_is_the_proxy() -> None:
    named = Named("", "X-Forwarded-Email", (), "s" * 32)
    ana = ("x-forwarded-email", "ana@agency.example")
    assert named.ask(header(ana)) is named.ask(header(ana, ("x-planner-secret", "s" * 31))) is None
    assert named.ask(header(ana, *[("x-planner-secret", "s" * 32)] * 2)) is None
    assert named.ask(header(ana, ("x-planner-secret", "s" * 32))) is not None


def test_what_a_tab_may_say() -> None:
    tabs = Anybody("")
    said = BackMsg()
    said.rerun_script.query_string = ""
    assert tabs.allowed(said.SerializeToString())
    for name in ("clear_cache", "load_git_info", "debug_shutdown_runtime", "set_run_on_save"):
        other = BackMsg(**{name: True})
        assert not tabs.allowed(other.SerializeToString())
