"""Lets nobody further than the way to sign in before it is known who they are, and nobody take more than a share.

Plain ASGI without Streamlit, as :mod:`app.serving.security`; `app/server.py` puts it together,
:mod:`app.serving.visitors` knows what Streamlit says and takes.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Protocol

from app.serving.security import Asgi, Message, Receive, Scope, Send, answer, notice, refuse

OPEN = ("auth/login", "auth/logout", "oauth2callback", "static", "app/static", "api/version", "healthz", "favicon.png",
        "_stcore/health", "_stcore/script-health-check")  # fmt: skip
"""What is answered before it is known who asks: the way to sign in, looks, and whether the server lives."""
SIGN_IN = "sign-in"
"""The address that leads to the provider."""
UPLOADS = "_stcore/upload_file"
_MEDIA = re.compile(rb"/media/([0-9A-Za-z]{16,128})")
MOST_MEDIA = 4_000
"""Addresses of downloads that are remembered for one person."""
LATER = 3.0
"""Seconds from signing out until the tabs are closed; the one that asked for it is on its way to the provider then."""
SLOW = 30.0
"""Seconds within which the next piece of an upload must come."""


@dataclass(frozen=True)
class Visitor:
    """Who asks: `key` tells people apart, `until` is when the sign-in ends (seconds since 1970), `invited` may enter.

    Where nobody signs in, everybody is the same visitor, who is `alone`: shares are not divided there.
    """

    key: str
    name: str = ""
    until: float = float("inf")
    invited: bool = True
    alone: bool = False


class Visitors(Protocol):
    """What the gate asks about those who come."""

    @property
    def signs_in(self) -> bool:
        """Whether people sign in here."""

    def ask(self, scope: Scope) -> Visitor | None:
        """Who sends a request; None if that is not known."""

    def still(self, scope: Scope) -> bool:
        """Whether the one who opened a tab is still signed in."""

    def sign_out(self, scope: Scope) -> None:
        """End every sign-in of the one who sends a request."""

    def way_in(self) -> str:
        """Address of the provider's page."""

    def allowed(self, data: bytes) -> bool:
        """Whether a message of a tab is one that a tab of this app sends."""

    def farewell(self) -> bytes:
        """The message that sends a tab to the first page."""

    def held(self) -> Mapping[str, tuple[int, int]]:
        """Number and bytes of the uploads that each tab holds, of tabs that hold any."""


@dataclass(frozen=True)
class Shares:
    """What one person may have at once: tabs, uploads and their bytes; `everybody` is the bytes of all uploads.

    `hello`: seconds within which a tab must say something after it was opened.
    """

    tabs: int = 20
    files: int = 30
    bytes: int = 120_000_000
    everybody: int = 1_000_000_000
    hello: float = 20.0


@dataclass(eq=False)
class _Line:
    """A tab that is open."""

    visitor: Visitor
    scope: Scope
    over: asyncio.Event = field(default_factory=asyncio.Event)
    greeted: bool = False
    opened: float = field(default_factory=time.monotonic)

    def patience(self, hello: float) -> float | None:
        """Seconds that the next message may take; None: any."""
        waits = [] if self.greeted else [self.opened + hello - time.monotonic()]
        waits += [] if self.visitor.until == float("inf") else [self.visitor.until - time.time()]
        return max(0.0, min(waits)) if waits else None


class Gate:
    """Stands before everything that takes memory or time."""

    def __init__(self, app: Asgi, visitors: Visitors, shares: Shares, base: str) -> None:
        """Set the rules; `base` is the path below which the app is served."""
        self._app, self._visitors, self._shares, self._base = app, visitors, shares, base
        self._lines: set[_Line] = set()
        self._tabs: dict[str, set[str]] = {}
        self._files: Counter[str] = Counter()
        self._bytes: Counter[str] = Counter()
        self._media: dict[str, OrderedDict[bytes, None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, pass on or refuse."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        path = str(scope["path"]).removeprefix(self._base).strip("/")
        if path == "auth/logout":
            self._visitors.sign_out(scope)
            asyncio.get_running_loop().call_later(LATER, self._close_those_who_left)
        if scope["type"] == "http" and any(path == one or path.startswith(f"{one}/") for one in OPEN):
            await self._app(scope, receive, send)
            return
        visitor = self._visitors.ask(scope)
        if visitor is None or not visitor.invited:
            await self._outside(scope, send, path, visitor)
        elif scope["type"] == "websocket":
            await self._talk(scope, receive, send, visitor)
        elif path == UPLOADS or path.startswith(f"{UPLOADS}/"):
            await self._upload(scope, receive, send, visitor)
        elif path.startswith("media/") and not self._sent(visitor, path):
            await refuse(scope, send, 404, "There is no such download, or it is not yours.")
        else:
            await self._app(scope, receive, send)

    async def _outside(self, scope: Scope, send: Send, path: str, visitor: Visitor | None) -> None:
        """Answer somebody who is not known, or not invited: with a page where they look for one."""
        looks = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        if looks and path == SIGN_IN and visitor is None and self._visitors.signs_in:
            where = self._visitors.way_in()
            await answer(scope, send, 302, b"", {"location": where, "cache-control": "no-store"})
            return
        status, page = self._notice(visitor)
        if looks and not path.startswith(("_stcore", "media", "component", "auth")):
            await answer(scope, send, status, page.encode(), {"cache-control": "no-store"})
        else:
            await refuse(scope, send, status, "Sign in first." if visitor is None else "You have no access here.")

    def _notice(self, visitor: Visitor | None) -> tuple[int, str]:
        """Status and page for somebody who may not enter."""
        if visitor is not None:
            out = [(f"{self._base}/auth/logout", "Sign out")] if self._visitors.signs_in else []
            words = f"You are signed in as {visitor.name}, who has no access here. Ask the people who run this server."
            return 403, notice("Migration planner", words, out)
        if self._visitors.signs_in:
            words = "This planner is for the people of one team: sign in to see and make plans."
            return 401, notice("Migration planner", words, [(f"{self._base}/{SIGN_IN}", "Sign in")])
        words = "This planner is opened through your organisation's portal, which says who you are. Open it there."
        return 403, notice("Migration planner", words, [])

    # -- tabs --

    def _close_those_who_left(self) -> None:
        """Close the tabs of whoever has signed out."""
        for line in self._lines:
            if not self._visitors.still(line.scope):
                line.over.set()

    async def _talk(self, scope: Scope, receive: Receive, send: Send, visitor: Visitor) -> None:
        """Open one more tab, if this person has not too many."""
        if not visitor.alone and sum(one.visitor.key == visitor.key for one in self._lines) >= self._shares.tabs:
            await refuse(scope, send, 503, f"You have {self._shares.tabs} tabs open; close one first.")
            return
        line = _Line(visitor, scope)
        self._lines.add(line)
        try:
            await self._app(scope, self._listen(line, receive, send), self._noted(visitor, send))
        finally:
            self._lines.discard(line)

    def _listen(self, line: _Line, receive: Receive, send: Send) -> Receive:
        """Hear a tab's messages, those that it may send; end it when its time is over."""

        async def hear() -> Message:
            while True:
                message = await _first(receive, line.over, line.patience(self._shares.hello))
                if message is None:
                    with suppress(Exception):  # the other side may be gone already
                        if line.greeted:
                            await send({"type": "websocket.send", "bytes": self._visitors.farewell()})
                        await send({"type": "websocket.close", "code": 1008})
                    return {"type": "websocket.disconnect", "code": 1008}
                if message["type"] != "websocket.receive":
                    return message
                if message.get("bytes") is None or self._visitors.allowed(message["bytes"]):
                    line.greeted = True
                    return message

        return hear

    def _noted(self, visitor: Visitor, send: Send) -> Send:
        """Send, and remember which downloads this person was offered."""
        if visitor.alone:
            return send
        offered = self._media.setdefault(visitor.key, OrderedDict())

        async def put(message: Message) -> None:
            if message["type"] == "websocket.send" and message.get("bytes"):
                for name in _MEDIA.findall(message["bytes"]):
                    offered[name] = None
                    offered.move_to_end(name)
                while len(offered) > MOST_MEDIA:
                    offered.popitem(last=False)
            await send(message)

        return put

    def _sent(self, visitor: Visitor, path: str) -> bool:
        """Whether this person was offered this download."""
        found = _MEDIA.match(f"/{path}".encode())
        return visitor.alone or bool(found and found.group(1) in self._media.get(visitor.key, ()))

    # -- uploads --

    async def _upload(self, scope: Scope, receive: Receive, send: Send, visitor: Visitor) -> None:
        """Take an upload while this person, and all together, hold no more than their share."""
        if scope["method"] not in ("PUT", "DELETE", "OPTIONS"):
            await refuse(scope, send, 405, "Uploads are sent here and never read back.")
            return
        if scope["method"] != "PUT":
            await self._app(scope, receive, send)
            return
        tab = "".join(str(scope["path"]).removeprefix(self._base).strip("/").split("/")[2:3])
        key, size = (f"tab {tab}" if visitor.alone else visitor.key), _size(scope)
        words = self._too_much(key, tab, size)
        if words:
            await refuse(scope, send, 429, words)
            return
        with self._expected(key, size):
            await self._app(scope, _patient(receive), send)

    def _too_much(self, key: str, tab: str, size: int) -> str:
        """Why one more upload of so many bytes is too much; empty if it is not. What is under way counts, too."""
        held, shares = self._visitors.held(), self._shares
        self._tabs = {one: tabs & held.keys() for one, tabs in self._tabs.items() if tabs & held.keys()}
        self._tabs.setdefault(key, set()).add(tab)
        mine = [held[one] for one in self._tabs[key] if one in held]
        files = sum(number for number, _ in mine) + self._files[key]
        if files >= shares.files or sum(part for _, part in mine) + self._bytes[key] + size > shares.bytes:
            return "You hold as many uploads here as one person may. Close another tab, or wait two minutes."
        if sum(part for _, part in held.values()) + self._bytes.total() + size > shares.everybody:
            return "The server holds as many uploads as it can. Try again later."
        return ""

    @contextmanager
    def _expected(self, key: str, size: int) -> Iterator[None]:
        """Count an upload that is under way."""
        self._files[key] += 1
        self._bytes[key] += size
        try:
            yield
        finally:
            self._files[key] -= 1
            self._bytes[key] -= size
            self._files, self._bytes = +self._files, +self._bytes


def _size(scope: Scope) -> int:
    """Bytes that an upload says it has; without a length, the most that is taken."""
    said = next((value for name, value in scope["headers"] if name.lower() == b"content-length"), b"")
    return int(said) if said.isdigit() and len(said) < 12 else 20_000_000


def _patient(receive: Receive) -> Receive:
    """Wait for each piece of an upload, but not for ever."""

    async def hear() -> Message:
        try:
            return await asyncio.wait_for(receive(), SLOW)
        except TimeoutError:
            return {"type": "http.disconnect"}

    return hear


async def _first(receive: Receive, over: asyncio.Event, seconds: float | None) -> Message | None:
    """The next message; None if the time is over first."""
    heard = asyncio.ensure_future(receive())
    ended = asyncio.ensure_future(over.wait())
    try:
        done, _ = await asyncio.wait({heard, ended}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return heard.result() if heard in done and ended not in done else None
    finally:
        for task in (heard, ended):
            if not task.done():
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
