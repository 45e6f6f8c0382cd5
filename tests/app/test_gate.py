"""Before it is known who asks nothing is taken; afterwards nobody takes more than a share."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import pytest

from app.serving import gate, security
from app.serving.gate import Gate, Shares, Visitor
from tests.app.test_shield import ask, behind, by_itself


class Known:
    """Visitors of a test: a header says who asks."""

    def __init__(self, signs_in: bool = True) -> None:
        self.signs_in = signs_in
        self.out: set[str] = set()
        self.uploads: dict[str, tuple[int, int]] = {}

    def ask(self, scope: security.Scope) -> Visitor | None:
        name = dict(scope["headers"]).get(b"who", b"").decode()
        return None if not name or name in self.out else Visitor(name, name, invited=name != "eve")

    def still(self, scope: security.Scope) -> bool:
        return self.ask(scope) is not None

    def sign_out(self, scope: security.Scope) -> None:
        self.out.add(dict(scope["headers"]).get(b"who", b"").decode())

    def way_in(self) -> str:
        return "/auth/login?provider=x"

    def allowed(self, data: bytes) -> bool:
        return data != b"clear_cache"

    def farewell(self) -> bytes:
        return b"farewell"

    def held(self) -> Mapping[str, tuple[int, int]]:
        return self.uploads


def stands(known: Known, app: security.Asgi = behind, **shares: Any) -> Gate:
    return Gate(app, known, Shares(**shares), "")


@pytest.mark.parametrize("signs_in", [True, False])
def test_nothing_is_answered_to_a_stranger_but_the_way_to_sign_in(signs_in: bool) -> None:
    before = stands(Known(signs_in))
    for path in ("/", "/plan", "/data", "/nowhere"):
        found = ask(before, path)
        assert found["status"] == (401 if signs_in else 403)
        assert ("sign in to see" if signs_in else "portal, which says who you are") in found["body"].decode()
        assert (b'href="/sign-in"' in found["body"]) is signs_in
    closed = ("/_stcore/upload_file/s/f", "/_stcore/host-config", "/media/0123456789abcdef", "/component/x/index.html")
    for path in closed:
        for method in ("GET", "PUT", "DELETE", "POST"):
            found = ask(before, path, method=method)
            assert found["status"] in (401, 403)
            assert b"behind" not in found["body"]
    assert ask(before, "/_stcore/stream", kind="websocket")["status"] == "websocket.close"
    for path in (
        "/static/js/index.js",
        "/healthz",
        "/api/version",
        "/_stcore/health",
        "/auth/login",
        "/oauth2callback",
    ):
        assert ask(before, path)["body"] == b"behind"
    assert (ask(before, "/sign-in")["status"] == 302) is signs_in


def test_who_is_not_invited_is_told_so_and_gets_no_further() -> None:
    found = ask(stands(Known()), "/plan", who="eve")
    assert (found["status"], b"signed in as eve" in found["body"], b"/auth/logout" in found["body"]) == (
        403,
        True,
        True,
    )
    assert ask(stands(Known()), "/_stcore/stream", kind="websocket", who="eve")["status"] == "websocket.close"
    assert ask(stands(Known()), "/_stcore/upload_file/s/f", method="PUT", who="eve")["status"] == 403


def test_who_is_known_comes_in() -> None:
    before = stands(Known())
    assert ask(before, "/plan", who="ana")["body"] == b"behind"
    assert ask(before, "/_stcore/stream", kind="websocket", who="ana")["status"] == "websocket.accept"
    assert ask(before, "/_stcore/upload_file/s/f", method="PUT", who="ana")["body"] == b"behind"


def test_uploads_are_never_read_back() -> None:
    before = stands(Known())
    for method in ("GET", "HEAD", "POST", "PATCH"):
        assert ask(before, "/_stcore/upload_file/s/f", method=method, who="ana")["status"] == 405


def test_a_person_holds_so_many_uploads_whatever_tab_they_are_in() -> None:
    known = Known()
    before = stands(known, files=3, bytes=1_000)
    put = {"method": "PUT", "who": "ana"}
    assert ask(before, "/_stcore/upload_file/a/1", content_length="400", **put)["status"] == 200
    known.uploads = {"a": (1, 400)}
    assert ask(before, "/_stcore/upload_file/b/1", content_length="700", **put)["status"] == 429
    assert ask(before, "/_stcore/upload_file/b/1", content_length="500", **put)["status"] == 200
    known.uploads = {"a": (1, 400), "b": (2, 20)}
    assert ask(before, "/_stcore/upload_file/c/1", content_length="1", **put)["status"] == 429
    assert ask(before, "/_stcore/upload_file/a/2", content_length="1", **put)["status"] == 429
    assert ask(before, "/_stcore/upload_file/d/1", content_length="1", method="PUT", who="bea")["status"] == 200
    known.uploads = {}  # the tabs are closed
    assert ask(before, "/_stcore/upload_file/c/1", content_length="900", **put)["status"] == 200
    assert ask(before, "/_stcore/upload_file/c/2", **put)["status"] == 429  # it does not say how long it is
    known.uploads = {"z": (1, 990)}
    full = stands(known, everybody=1_000)
    assert ask(full, "/_stcore/upload_file/a/1", content_length="20", **put)["status"] == 429


def test_uploads_under_way_count_too() -> None:
    known = Known()

    async def run() -> list[int]:
        go, codes = asyncio.Event(), []

        async def slow(scope: security.Scope, receive: security.Receive, send: security.Send) -> None:
            await go.wait()
            await security.answer(scope, send, 200, b"", {})

        before = stands(known, slow, files=2)
        scope = {"type": "http", "method": "PUT", "path": "/_stcore/upload_file/a/1", "headers": [(b"who", b"ana")]}

        async def receive() -> security.Message:
            return {"type": "http.request"}

        async def send(message: security.Message) -> None:
            if message["type"] == "http.response.start":
                codes.append(message["status"])

        scope["headers"].append((b"content-length", b"10"))
        tasks = [asyncio.create_task(before(scope, receive, send)) for _ in range(5)]
        await asyncio.sleep(0)
        go.set()
        await asyncio.gather(*tasks)
        return sorted(codes)

    assert by_itself(run()) == [200, 200, 429, 429, 429]


class Tab:
    """A tab of a test: what it says is put in, what it is sent comes out."""

    def __init__(self, before: Gate, who: str = "ana") -> None:
        self.says: asyncio.Queue[security.Message] = asyncio.Queue()
        self.sent: list[security.Message] = []
        self.says.put_nowait({"type": "websocket.connect"})
        headers = [(b"who", who.encode())]
        scope = {"type": "websocket", "path": "/_stcore/stream", "headers": headers}
        self.task = asyncio.create_task(before(scope, self.says.get, self._take))

    async def _take(self, message: security.Message) -> None:
        self.sent.append(message)

    def say(self, data: bytes) -> None:
        self.says.put_nowait({"type": "websocket.receive", "bytes": data})


async def listens(scope: security.Scope, receive: security.Receive, send: security.Send) -> None:
    """A server of a test: accepts a tab and repeats what it hears."""
    while True:
        message = await receive()
        if message["type"] == "websocket.connect":
            await send({"type": "websocket.accept"})
        elif message["type"] == "websocket.receive":
            await send({"type": "websocket.send", "bytes": message["bytes"]})
        else:
            return


def test_a_tab_cannot_clear_the_memory_of_everybody() -> None:
    async def run() -> list[Any]:
        tab = Tab(stands(Known(), listens))
        for data in (b"rerun", b"clear_cache", b"clear_cache", b"rerun"):
            tab.say(data)
        tab.says.put_nowait({"type": "websocket.disconnect"})
        await tab.task
        return [m["bytes"] for m in tab.sent if m["type"] == "websocket.send"]

    assert by_itself(run()) == [b"rerun", b"rerun"]


def test_a_silent_tab_gives_its_place_back() -> None:
    async def run() -> tuple[list[str], str]:
        before = stands(Known(), listens, hello=0.05, tabs=1)
        silent = Tab(before)
        await asyncio.wait_for(silent.task, 10)
        talks = Tab(before)
        talks.say(b"rerun")
        await asyncio.sleep(0.2)
        open_still = not talks.task.done()
        talks.says.put_nowait({"type": "websocket.disconnect"})
        await talks.task
        return [m["type"] for m in silent.sent], "open" if open_still else "closed"

    assert by_itself(run()) == (["websocket.accept", "websocket.close"], "open")


def test_one_person_fills_no_more_than_their_places() -> None:
    async def run() -> list[str]:
        before = stands(Known(), listens, tabs=2)
        tabs = [Tab(before) for _ in range(3)] + [Tab(before, "bea")]
        await asyncio.sleep(0.05)
        first = [tab.sent[0]["type"] for tab in tabs]
        for tab in tabs:
            tab.says.put_nowait({"type": "websocket.disconnect"})
            await tab.task
        return first

    assert by_itself(run()) == ["websocket.accept", "websocket.accept", "websocket.close", "websocket.accept"]


def test_signing_out_ends_every_tab_of_that_person_and_of_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "LATER", 0.05)

    async def run() -> tuple[list[Any], bool]:
        before = stands(Known(), listens)
        tabs = [Tab(before), Tab(before), Tab(before, "bea")]
        for tab in tabs:
            tab.say(b"rerun")
        await asyncio.sleep(0.05)

        async def nothing(*_: Any) -> security.Message:
            return {}

        scope = {"type": "http", "method": "GET", "path": "/auth/logout", "headers": [(b"who", b"ana")]}
        before._app = behind  # tabs that are open keep what they talk with
        await before(scope, nothing, nothing)
        await asyncio.wait_for(asyncio.gather(tabs[0].task, tabs[1].task), 10)
        lives = not tabs[2].task.done()
        tabs[2].says.put_nowait({"type": "websocket.disconnect"})
        await tabs[2].task
        return [(m["type"], m.get("bytes")) for m in tabs[0].sent[2:]], lives

    said, lives = by_itself(run())
    assert said == [("websocket.send", b"farewell"), ("websocket.close", None)]
    assert lives


def test_a_tab_ends_with_the_sign_in_that_opened_it() -> None:
    class Short(Known):
        def ask(self, _: security.Scope) -> Visitor | None:
            return Visitor("ana", "ana", until=time.time() + 0.1)

    async def run() -> str:
        tab = Tab(stands(Short(), listens))
        tab.say(b"rerun")
        await asyncio.wait_for(tab.task, 10)
        return str(tab.sent[-1]["type"])

    assert by_itself(run()) == "websocket.close"


def test_a_download_is_for_whoever_it_was_offered_to() -> None:
    name = b"0123456789abcdef0123456789"

    async def run() -> None:
        tab = Tab(before)
        tab.say(b"look at /media/" + name + b".xlsx here")
        await asyncio.sleep(0.05)
        tab.says.put_nowait({"type": "websocket.disconnect"})
        await tab.task

    before = stands(Known(), listens)
    by_itself(run())
    before._app = behind
    path = f"/media/{name.decode()}.xlsx"
    assert ask(before, path, who="ana")["status"] == 200
    assert ask(before, path, who="bea")["status"] == ask(before, "/media/" + "f" * 26, who="ana")["status"] == 404


def test_a_piece_of_an_upload_that_never_comes_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "SLOW", 0.05)

    async def run() -> str:
        async def never() -> security.Message:
            await asyncio.Event().wait()
            return {}

        return str((await gate._patient(never)())["type"])

    assert by_itself(run()) == "http.disconnect"
