"""How long a sign-in lasts, and that signing out ends it everywhere: on other tabs, and for copied cookies."""

from __future__ import annotations

import json
import math
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from planner.atomic_files import write_atomically

HOURS_VARIABLE = "PLANNER_APP_HOURS"
HOURS = 12.0
"""Hours after which somebody signs in again."""


def life() -> float:
    """Seconds that a sign-in lasts; a setting that is no number of hours is taken as the usual one."""
    try:
        hours = float(os.environ.get(HOURS_VARIABLE, "") or HOURS)
    except ValueError:
        hours = HOURS
    return 3_600.0 * (hours if math.isfinite(hours) and 0.0 < hours <= 24.0 * 30 else HOURS)


class Sessions:
    """When each person signed out last: whatever was signed before that counts no more. It outlasts a restart."""

    def __init__(self, path: Path, seconds: float, clock: Callable[[], float] = time.time) -> None:
        """Read what is known.

        Args:
            path: the file that keeps it.
            seconds: how long a sign-in lasts.
            clock: seconds since 1970.
        """
        self._path, self._seconds, self._clock = path, seconds, clock
        self._lock = threading.Lock()
        self._since = -math.inf
        self._out = self._read()

    def valid(self, key: str, signed_at: float) -> bool:
        """Whether a sign-in of that second still counts; one from the future never did."""
        now = self._clock()
        return now - self._seconds < signed_at <= now + 60.0 and signed_at > max(
            self._since, self._out.get(key, -math.inf)
        )

    def ends(self, signed_at: float) -> float:
        """When a sign-in ends by itself, seconds since 1970."""
        return signed_at + self._seconds

    def sign_out(self, key: str) -> None:
        """End every sign-in of a person that there has been until now."""
        with self._lock:
            now = self._clock()
            kept = {one: at for one, at in self._out.items() if now - at < self._seconds}
            self._out = {**kept, key: now}
            self._write()

    def _read(self) -> dict[str, float]:
        """What the file says; a file that cannot be read says that everybody must sign in anew."""
        try:
            said = json.loads(self._path.read_bytes())
            return {str(key): float(at) for key, at in said.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, AttributeError, TypeError):
            self._since = self._clock()
            return {}

    def _write(self) -> None:
        """Write beside and rename."""
        write_atomically(self._path, json.dumps(self._out), private=True)
