"""A real server under attack, on this machine: what strangers get, what signing out ends, who asks for ever."""

import asyncio
import http.client
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from itsdangerous import URLSafeTimedSerializer

pytest.importorskip("streamlit", reason="the app's packages are not installed: pip install '.[app]'")
pytest.importorskip("authlib", reason="Authlib is not installed: pip install '.[team]'")

from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from app.serving import patience
from tests.app.e2e.serving import Server, free_port, serve
from tests.app.test_shield import by_itself

SECRET = "0123456789abcdef" * 4


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, starter: Path) -> Iterator[Server]:
    """A server that people sign in to; their provider is not there, so that nobody can sign in anew."""
    folder, port, nobody = tmp_path_factory.mktemp("served"), free_port(), free_port()
    (folder / "sign-in.toml").write_text(
        f'[auth]\nredirect_uri = "http://localhost:{port}/oauth2callback"\ncookie_secret = "{SECRET}"\n'
        f'client_id = "planner"\nclient_secret = "secret"\n'
        f'server_metadata_url = "http://127.0.0.1:{nobody}/.well-known/openid-configuration"\n',
        encoding="utf-8",
    )
    words = ["starter", "--sign-in", str(folder / "sign-in.toml"), "--person", "*@agency.example"]
    more = {"PLANNER_LIBRARY": str(folder / "library.sqlite")}
    with serve(folder / "app", *words, cache=folder / "cache", port=port, more=more) as made:
        yield made


def port_of(server: Server) -> int:
    return int(server.address.rsplit(":", 1)[1])


def cookie(server: Server, **more: Any) -> dict[str, str]:
    said = {
        "is_logged_in": True, "iss": "https://login.example", "sub": "7", "email": "ana@agency.example",
        "email_verified": True, "origin": server.address, "provider": "default", **more,
    }  # fmt: skip
    value = URLSafeTimedSerializer(SECRET, salt="_streamlit_user").dumps(json.dumps(said))
    return {"Cookie": f"_streamlit_user={value}"}


def get(server: Server, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes]:
    line = http.client.HTTPConnection("127.0.0.1", port_of(server), timeout=20)
    line.request(method, path, headers={"Host": f"localhost:{port_of(server)}", **headers})
    answer = line.getresponse()
    found = answer.status, answer.read()
    line.close()
    return found


def tab(server: Server, headers: dict[str, str]) -> connect:
    """A tab that opens where it is entered."""
    uri = f"ws://localhost:{port_of(server)}/_stcore/stream"
    return connect(uri, additional_headers=headers, origin=server.address, open_timeout=20)  # type: ignore[arg-type]


def opens(server: Server, headers: dict[str, str]) -> bool:
    """Whether a tab may open."""
    try:
        with tab(server, headers):
            return True
    except InvalidStatus:
        return False


def ends(one: ClientConnection) -> bool:
    """Whether the server closes a tab."""
    try:
        while True:
            one.recv(timeout=30)
    except ConnectionClosed:
        return True
    except TimeoutError:
        return False


def test_a_stranger_gets_the_way_to_sign_in_and_nothing_else(server: Server) -> None:
    for path in ("/", "/plan", "/library?kept=1"):
        status, page = get(server, path)
        assert status == 401
        assert b'<a href="/sign-in">Sign in</a>' in page
    for method, path in (
        ("PUT", "/_stcore/upload_file/a/b"),
        ("GET", "/media/0123456789abcdef.xlsx"),
        ("GET", "/_stcore/host-config"),
    ):
        assert get(server, path, method)[0] == 401
    assert not opens(server, {})
    for odd in ({"email": "evil@evil.example,@agency.example"}, {"email_verified": "false"}, {"email_verified": 1}):
        assert not opens(server, cookie(server, **odd))
    assert get(server, "/plan", **cookie(server, sub="8", email="ben@other.example"))[0] == 403
    assert get(server, "/healthz")[0] == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example@localhost", "localhost/evil", "localhost:abc", "localhost:99999", "localhost:", "evil.example"],
)
def test_another_name_gets_no_answer(server: Server, host: str) -> None:
    for path in ("/", "/healthz", "/_stcore/health", "/nowhere"):
        assert get(server, path, Host=host)[0] == 421


def test_signing_out_ends_every_tab_and_every_copy_of_the_cookie(server: Server) -> None:
    mine, theirs = cookie(server), cookie(server, sub="9", email="bea@agency.example")
    assert get(server, "/plan", **mine)[0] == 200
    hello = BackMsg()
    hello.rerun_script.query_string = ""
    with tab(server, mine) as first, tab(server, mine) as second, tab(server, theirs) as other:
        for one in (first, second, other):
            one.send(hello.SerializeToString())
            one.recv(timeout=30)
        for command in (BackMsg(clear_cache=True), BackMsg(debug_shutdown_runtime=True)):
            first.send(command.SerializeToString())  # is not heard
        assert get(server, "/auth/logout", **mine)[0] == 302
        assert ends(first)
        assert ends(second)
        assert not opens(server, mine)
        assert get(server, "/plan", **mine)[0] == 401
        assert get(server, "/plan", **theirs)[0] == 200
        other.ping().wait(20)


def test_requests_that_never_end_leave_room_for_others(server: Server) -> None:
    halves = []
    try:
        for _ in range(1_100):
            halves.append(socket.create_connection(("127.0.0.1", port_of(server)), 20))
            halves[-1].sendall(b"GET / HTTP/1.1\r\nHost: local")
        assert get(server, "/healthz")[0] == 200
    finally:
        for one in halves:
            one.close()


def test_a_connection_that_has_not_asked_in_time_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "HEAD_SECONDS", 0.1)
    import uvicorn

    async def ok(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    async def run() -> list[bytes]:
        port = free_port()
        config = uvicorn.Config(
            ok,
            host="127.0.0.1",
            port=port,
            http=patience.Patient,
            lifespan="off",
            log_config=None,
            timeout_keep_alive=60,
        )
        made = uvicorn.Server(config)
        task = asyncio.create_task(made.serve())
        while not made.started:
            await asyncio.sleep(0.01)
        whole, half, found = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"GET / HT", []
        for first, then in ((b"", b""), (half, b""), (whole, half), (whole, whole)):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(first)
            if first == whole:
                await reader.readuntil(b"\r\n\r\nok")
                await asyncio.sleep(0.4)  # whoever has asked may keep the line
                writer.write(then)
            end = reader.readuntil(b"\r\n\r\nok") if then == whole else reader.read()
            found.append((await asyncio.wait_for(end, 20))[:15])
            writer.close()
        made.should_exit = True
        await task
        return found

    assert by_itself(run()) == [b"", b"", b"", b"HTTP/1.1 200 OK"]
