"""What stands before the app, rule by rule, without a server; numbers are the analysts' acceptance checks."""

import asyncio
import re
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest

from app.serving import security
from app.shell import addresses

Result = TypeVar("Result")
STREAMLIT = Path(pytest.importorskip("streamlit").__file__).parent
INDEX = (STREAMLIT / "static" / "index.html").read_text(encoding="utf-8")


def by_itself(work: Coroutine[Any, Any, Result]) -> Result:
    """Run it in a thread of its own: the browser of other tests may hold this thread's loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result(60)


def ask(app: security.Asgi, path: str = "/", kind: str = "http", method: str = "GET", **headers: str) -> dict[str, Any]:
    """What comes back: status, headers, body; for a tab that may not open its code."""
    found: dict[str, Any] = {"headers": {}, "body": b""}
    pairs = [
        (name.replace("_", "-").encode(), value.encode())
        for name, value in ({"host": "localhost:8501"} | headers).items()
    ]
    scope = {"type": kind, "method": method, "path": path, "query_string": b"a=1", "headers": pairs}

    async def receive() -> security.Message:
        return {"type": "http.request", "body": b""}

    async def send(message: security.Message) -> None:
        if message["type"] == "http.response.start":
            found["status"] = message["status"]
            found["headers"] = {name.decode(): value.decode() for name, value in message["headers"]}
        elif message["type"] == "http.response.body":
            found["body"] += message["body"]
        else:
            found["status"] = message["type"]

    by_itself(app(scope, receive, send))
    return found


async def behind(scope: security.Scope, receive: security.Receive, send: security.Send) -> None:
    """What stands behind: answers everything."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        return
    headers = [(b"Content-Security-Policy", b"default-src *"), (b"cache-control", b"public")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"behind"})


def doors(*hosts: str, origins: tuple[str, ...] = (), tabs: int = 2) -> security.Gatekeeper:
    return security.Gatekeeper(behind, hosts or ("localhost", "127.0.0.1", "::1"), origins, "", tabs)


def test_06_the_policy_lets_nothing_in_from_elsewhere_and_no_text_become_a_script() -> None:
    rules = dict(rule.split(" ", 1) for rule in security.policy(security.front(INDEX)).split("; "))
    assert rules["default-src"] == rules["frame-ancestors"] == rules["object-src"] == "'none'"
    assert rules["connect-src"] == "'self'"
    assert "unsafe-inline" not in rules["script-src"] + rules["style-src"]
    assert "'unsafe-eval'" not in rules["script-src"]
    assert not re.search(r"https?:|\*", " ".join(rules.values()))


def test_the_policy_names_the_inline_scripts_of_the_page_and_no_others() -> None:
    page = security.front(INDEX, "/planner")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(scripts) == 2
    told = security.policy(page)
    assert told.count("sha256-") == len(scripts) + len(security.STYLES) + 1
    assert all(security.digest(script) in told for script in scripts)
    assert security.digest("alert(1)") not in told


def test_another_streamlit_keeps_its_looks() -> None:
    assert "style-src 'self' 'unsafe-inline'" in security.policy(INDEX, "9.9.9")


def test_the_page_is_ours() -> None:
    page = security.front(INDEX)
    assert "<title>Migration planner</title>" in page
    assert '<html lang="en">' in page
    assert "service-desc" not in page
    assert "Streamlit app can also" not in page


def test_every_answer_carries_the_headers_once_and_ours_wins() -> None:
    found = ask(security.Headers(behind, "default-src 'none'"))
    assert found["headers"]["content-security-policy"] == "default-src 'none'"
    assert "Content-Security-Policy" not in found["headers"]
    assert found["headers"]["x-content-type-options"] == "nosniff"
    assert found["headers"]["x-frame-options"] == "DENY"
    assert found["headers"]["cache-control"] == "public"
    assert ask(security.Headers(behind, ""), "/media/plan.xlsx")["headers"]["cache-control"] == "private, no-store"


@pytest.mark.parametrize("host", ["localhost", "localhost:8501", "LOCALHOST", "127.0.0.1:1", "[::1]:8501"])
def test_the_app_is_reached_under_names_of_this_machine(host: str) -> None:
    assert ask(doors(), host=host)["status"] == 200


@pytest.mark.parametrize(
    "host", [
        "evil.example", "localhost.evil.example", "", "evil.example:8501", "[::1", "evil.example@localhost", "localhost/evil",
        "localhost:abc", "localhost:99999", "localhost:", "localhost:80:80", "localhost?x", "localhost#x", "local host",
        "localhost, evil.example", "[localhost]", "[::1]evil", "localhost\\evil", "@localhost", "\u212aocalhost",
    ],
)  # fmt: skip
def test_another_name_is_refused(host: str) -> None:
    assert ask(doors(), host=host)["status"] == 421
    assert ask(doors(), kind="websocket", host=host)["status"] == "websocket.close"


def test_a_malformed_name_is_refused_even_where_every_name_is_allowed() -> None:
    assert ask(doors("*"), host="any.example:99999")["status"] == 421
    assert ask(doors("*"), host="evil@any.example")["status"] == 421


def test_names_below_a_name() -> None:
    assert ask(doors("*.agency.example"), host="planner.agency.example")["status"] == 200
    assert ask(doors("*.agency.example"), host="agency.example.evil.example")["status"] == 421
    assert ask(doors("*"), host="any.example")["status"] == 200


def test_a_page_of_another_address_can_neither_upload_nor_open_a_tab() -> None:
    for kind, method in (("http", "PUT"), ("http", "DELETE"), ("http", "POST"), ("websocket", "GET")):
        assert ask(doors(), kind=kind, method=method, origin="https://evil.example")["status"] in (
            403,
            "websocket.close",
        )
        assert ask(doors(), kind=kind, method=method, origin="http://localhost:8501")["status"] in (
            200,
            "websocket.accept",
        )
    trusted = doors(origins=("https://portal.example/",))
    assert ask(trusted, kind="websocket", origin="https://portal.example")["status"] == "websocket.accept"


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/interact", "/_stcore/agent/mcp"])
def test_what_would_answer_without_a_log_in_is_closed(path: str) -> None:
    assert ask(doors(), path)["status"] == 404


def test_no_more_tabs_than_allowed() -> None:
    gate = doors(tabs=1)

    async def open_two() -> list[str]:
        held, seen = asyncio.Event(), []

        async def stay(scope: security.Scope, receive: security.Receive, send: security.Send) -> None:
            await send({"type": "websocket.accept"})
            await held.wait()

        gate._app = stay
        scope = {"type": "websocket", "path": "/_stcore/stream", "headers": [(b"host", b"localhost")]}

        async def receive() -> security.Message:
            return {}

        async def send(message: security.Message) -> None:
            seen.append(message["type"])

        first = asyncio.create_task(gate(scope, receive, send))
        await asyncio.sleep(0)
        await gate(scope, receive, send)
        held.set()
        await first
        again = asyncio.create_task(gate(scope, receive, send))
        await again
        return seen

    assert by_itself(open_two()) == ["websocket.accept", "websocket.close", "websocket.accept"]


@pytest.mark.parametrize("base", ["", "/planner"])
def test_07_pages_are_answered_with_the_app_and_wrong_addresses_with_a_way_home(base: str) -> None:
    pages = security.Pages(behind, "the app", addresses.PAGES, addresses.FIRST, base)
    assert all(ask(pages, f"{base}/{page}")["body"] == b"the app" for page in addresses.PAGES)
    for wrong in ("/nowhere", "/plan/x", "/plan.php", "/../etc/passwd", "/Start"):
        found = ask(pages, base + wrong)
        assert found["status"] == 404
        assert f'href="{base}/"' in found["body"].decode()
        assert "<h1>" in found["body"].decode()
    assert ask(pages, f"{base}/_stcore/health")["body"] == b"behind"
    assert ask(pages, f"{base}/static/js/index.js")["body"] == b"behind"
    assert ask(pages, f"{base}/start")["headers"]["location"] == f"{base}/?a=1"
    assert ask(pages, f"{base}/plan/")["headers"]["location"] == f"{base}/plan?a=1"
    assert ask(pages, f"{base}/plan", method="PUT")["body"] == b"behind"
    assert ask(pages, f"{base}/plan", method="HEAD")["body"] == b""
    if base:
        assert ask(pages, "/plan")["status"] == 404


def test_the_addresses_are_those_of_the_pages(opened: Any) -> None:
    found = opened().session_state["pages"].values()
    assert sorted(page.url_path for page in found) == sorted(addresses.PAGES)
