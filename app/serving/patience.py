"""Connections that never finish asking are closed, so that they cannot use up those that a server may have."""

from __future__ import annotations

import contextlib
from asyncio import BaseTransport, TimerHandle
from typing import Any

from uvicorn import config
from uvicorn.protocols.http.auto import AutoHTTPProtocol

HEAD_SECONDS = 10.0
"""Seconds within which a request must be asked: its address and headers, without its body."""
MOST_FILES = 8_192
"""Connections and files that the server has open at most, where the system lets it."""


class Patient(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
    """Uvicorn's own, but it closes whoever has begun to ask and does not end."""

    _timer: TimerHandle | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        """Begin to wait."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait on, unless a whole request is there now."""
        super().data_received(data)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._cancel()
        super().connection_lost(exc)

    @property
    def _asked(self) -> bool:
        """Whether a request is there that is not answered yet."""
        return self.cycle is not None and not self.cycle.response_complete

    def _wait(self) -> None:
        """Give a request that is not whole its time, once."""
        if self._asked:
            self._cancel()
        elif self._timer is None:
            self._timer = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _cancel(self) -> None:
        """Let go of the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        """Close a connection that has not asked; one that became a tab, or rests between two requests, is let alone."""
        self._timer = None
        transport: Any = self.transport
        rests = self.timeout_keep_alive_task is not None
        if not (self._asked or rests or transport.is_closing() or transport.get_protocol() is not self):
            transport.close()


def install() -> None:
    """Have the web server use it; Streamlit starts that server and leaves the choice to Uvicorn."""
    config.HTTP_PROTOCOLS["auto"] = f"{__name__}:{Patient.__name__}"


def more_files() -> None:
    """Allow as many connections as the system lets this process have."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(MOST_FILES, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
