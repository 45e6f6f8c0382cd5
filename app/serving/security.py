"""What stands before the app: allowed names and origins, limits, a page for wrong addresses, headers on every answer.

Plain ASGI without Streamlit, so that each rule can be tested by itself; `app/server.py` puts them together.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, Collection, MutableMapping, Sequence
from html import escape
from typing import Any, TypeAlias
from urllib.parse import urlsplit

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Asgi: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

OWN = ("_stcore", "media", "component", "static", "app", "auth", "oauth2callback", "api", "healthz", "favicon.png")
"""First parts of addresses that belong to the server itself and are no pages."""
CLOSED = ("_stcore/metrics", "_stcore/agent")
"""Addresses of Streamlit that nobody needs here and that would answer without a log-in."""
STYLED = "1.67.0"
"""The Streamlit whose style elements were measured; with another one styles (never scripts) may stand in the page."""
STYLES = (
    "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",  # nothing: filled later by rules, not by text
    "sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o=",  # touch behaviour of its buttons
)
"""What the style elements of that Streamlit hold."""
MOST_PORT = 65_535
_HOST = re.compile(
    r"(?P<name>\[[0-9a-f:.]{2,45}\]|[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?\.?)(?::(?P<port>[0-9]{1,5}))?"
)
"""What a request may call the server: a name or an address of the network, then perhaps a port, and nothing else."""
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_LOOK = (
    "body{font:1.05rem/1.6 system-ui,sans-serif;margin:0;color:#1f2933;background:#fff}"
    "main{max-width:34rem;margin:14vh auto 0;padding:0 1.2rem}h1{font-size:1.7rem;line-height:1.25}"
    "a{color:#0b5c8a}a:focus-visible{outline:3px solid #0b5c8a;outline-offset:3px}"
    "@media(prefers-color-scheme:dark){body{color:#e6e9ee;background:#0e1117}a{color:#6ec1f0}"
    "a:focus-visible{outline-color:#6ec1f0}}"
)


def digest(text: str) -> str:
    """How a content security policy names a text that may stand in a page."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def policy(page: str, streamlit: str = STYLED) -> str:
    """The content security policy: nothing from anywhere else, no script but the app's files.

    Why the exceptions: the inline scripts of the page are named by their hashes; `wasm-unsafe-eval` lets Streamlit's
    message reader count with 64 bits (scripts made from text stay forbidden: charts are drawn by Vega's interpreter);
    the style elements are named by their hashes, style attributes place things and load nothing; `data:` holds icons
    and fonts of the style sheet; `blob:` holds pictures of charts made for download, and the workers of tables.

    Args:
        page: the page that Streamlit's scripts start from.
        streamlit: version of Streamlit in use.
    """
    scripts = " ".join(f"'{digest(script)}'" for script in _INLINE.findall(page))
    styles = " ".join(f"'{style}'" for style in (*STYLES, digest(_LOOK)))
    rules = {
        "default-src": "'none'",
        "script-src": f"'self' 'wasm-unsafe-eval' {scripts}".strip(),
        "style-src": f"'self' {styles}" if streamlit == STYLED else "'self' 'unsafe-inline'",
        "style-src-attr": "'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "media-src": "'self'",
        "worker-src": "'self' blob:",
        "frame-src": "'none'",
        "object-src": "'none'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())


def front(index: str, base: str = "") -> str:
    """Make Streamlit's page ours: it knows where its server is instead of trying addresses, and says what it is.

    Args:
        index: Streamlit's own page.
        base: path below which the app is served, "" or "/planner".
    """
    where = f'location.origin+"{base}"'
    start = f"<script>window.__streamlit={{BACKEND_BASE_URL:{where},MAIN_PAGE_BASE_URL:{where}}}</script>"
    page = re.sub(r"<link\s+rel=\"service-desc\"[^>]*>", "", index)
    page = page.replace("<title>Streamlit</title>", "<title>Migration planner</title>", 1)
    page = page.replace("<head>", f"<head>{start}", 1)
    page = page.replace("</head>", f'<link rel="stylesheet" href="{base}/app/static/planner.css"></head>', 1)
    words = "<p>This app needs JavaScript. The same plans are made by the command <code>planner solve</code>.</p>"
    return re.sub(r"<noscript>.*?</noscript>", f"<noscript>{words}</noscript>", page, flags=re.DOTALL)


def notice(title: str, words: str, ways: Sequence[tuple[str, str]], window: str = "Migration planner") -> str:
    """A page of a few words without the app, with `ways` on from it: addresses and what they are called."""
    links = "".join(f'<p><a href="{escape(where, quote=True)}">{escape(name)}</a></p>' for where, name in ways)
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(window)}</title><style>{_LOOK}</style></head><body><main>"
        f"<h1>{escape(title)}</h1><p>{escape(words)}</p>{links}</main></body></html>"
    )


def lost(base: str = "") -> str:
    """The page for an address that does not exist."""
    words = "The link may be old or mistyped. Your plans and workbooks are untouched."
    ways, window = [(f"{base}/", "Go to the start page")], "No such page · Migration planner"
    return notice("There is no page at this address", words, ways, window)


class Headers:
    """Puts the policy and its companions on every answer."""

    def __init__(self, app: Asgi, content: str) -> None:
        """Keep the policy in `content`."""
        self._app = app
        companions = {
            "content-security-policy": content,
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "referrer-policy": "same-origin",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
            "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        }
        self._added = [(name.encode(), value.encode()) for name, value in companions.items()]
        self._names = {name for name, _ in self._added}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with headers."""
        private = str(scope.get("path", "")).partition("/media/")[1]

        async def put(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [pair for pair in message.get("headers", ()) if pair[0].lower() not in self._names]
                if private:  # what one person downloads stays in no cache on the way
                    kept = [pair for pair in kept if pair[0].lower() != b"cache-control"]
                    kept.append((b"cache-control", b"private, no-store"))
                message["headers"] = [*kept, *self._added]
            await send(message)

        await self._app(scope, receive, put if scope["type"] == "http" else send)


class Gatekeeper:
    """Lets in who asks under an allowed name, from the app's own pages, while there is room."""

    def __init__(self, app: Asgi, hosts: Collection[str], origins: Collection[str], base: str, tabs: int) -> None:
        """Set the rules.

        Args:
            app: what stands behind.
            hosts: names under which the app may be asked for; "*.example.org" for all below, "*" or none for any.
            origins: other addresses whose pages may talk to the app.
            base: path below which the app is served.
            tabs: browser tabs that may be open at once.
        """
        self._app, self._base, self._tabs = app, base, tabs
        self._hosts = tuple(host.strip().lower().rstrip(".") for host in hosts)
        self._origins = frozenset(origin.strip().rstrip("/").lower() for origin in origins)
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or refuse."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        sent = {name.lower(): value.decode("latin-1") for name, value in reversed(scope["headers"])}
        named = [name for name, _ in scope["headers"] if name.lower() == b"host"]
        host, origin = sent.get(b"host", "") if len(named) == 1 else "", sent.get(b"origin")
        path = str(scope["path"]).removeprefix(self._base).strip("/")
        changes = scope["type"] == "websocket" or scope.get("method") not in ("GET", "HEAD", "OPTIONS")
        if not self._known(host):
            await refuse(scope, send, 421, "This server is not reached under this name.")
        elif changes and origin is not None and not self._own(origin, host):
            await refuse(scope, send, 403, "This request comes from a page of another address.")
        elif any(path == closed or path.startswith(f"{closed}/") for closed in CLOSED):
            await refuse(scope, send, 404, "Not served here.")
        elif scope["type"] == "websocket":
            await self._talk(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _known(self, host: str) -> bool:
        """Whether this is a name, with a port or without, and one under which the app may be asked for."""
        found = _HOST.fullmatch(host.lower())
        if found is None or int(found["port"] or 0) > MOST_PORT:
            return False
        name = found["name"].strip("[]").rstrip(".")
        if not self._hosts or "*" in self._hosts:
            return True
        below = (one[1:] for one in self._hosts if one.startswith("*."))
        return name in self._hosts or any(name.endswith(end) for end in below)

    def _own(self, origin: str, host: str) -> bool:
        """Whether a page of this address may talk to the app."""
        return urlsplit(origin).netloc.lower() == host.lower() or origin.lower().rstrip("/") in self._origins

    async def _talk(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open one more tab, if there is room."""
        if self._open >= self._tabs:
            await refuse(scope, send, 503, "Too many tabs are open on this server; try again later.")
            return
        self._open += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._open -= 1


class Pages:
    """Answers addresses of pages with the app, wrong ones with a page that leads home."""

    def __init__(self, app: Asgi, index: str, pages: Collection[str], first: str, base: str) -> None:
        """Keep the page to start from, the addresses that exist and the other name of the first of them."""
        self._app, self._pages, self._first, self._base = app, frozenset(pages), first, base
        self._index, self._lost = index.encode(), lost(base).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer pages here and leave everything else to what stands behind."""
        path = str(scope.get("path", ""))
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        inside = path == self._base or path.startswith(f"{self._base}/")
        wanted = path.removeprefix(self._base).removeprefix("/") if inside else None
        if wanted in self._pages:
            await answer(scope, send, 200, self._index, {"cache-control": "no-cache"})
        elif wanted is not None and wanted.rstrip("/") in {*self._pages, self._first}:
            place = "" if wanted.rstrip("/") == self._first else wanted.rstrip("/")
            query = scope.get("query_string", b"").decode("latin-1")
            where = f"{self._base}/{place}{'?' if query else ''}{query}"
            await answer(scope, send, 308, b"", {"location": where, "cache-control": "no-cache"})
        elif wanted is not None and wanted.split("/")[0] in OWN:
            await self._app(scope, receive, send)
        else:
            await answer(scope, send, 404, self._lost, {"cache-control": "no-store"})


async def answer(scope: Scope, send: Send, status: int, body: bytes, headers: dict[str, str]) -> None:
    """Send a page."""
    told = {"content-type": "text/html; charset=utf-8", "content-length": str(len(body)), **headers}
    listed = [(name.encode(), value.encode("latin-1")) for name, value in told.items()]
    await send({"type": "http.response.start", "status": status, "headers": listed})
    await send({"type": "http.response.body", "body": b"" if scope.get("method") == "HEAD" else body})


async def refuse(scope: Scope, send: Send, status: int, words: str) -> None:
    """Turn a request down in a sentence; a tab that may not open is closed before it begins."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": words})
    else:
        await answer(scope, send, status, words.encode(), {"content-type": "text/plain; charset=utf-8"})
