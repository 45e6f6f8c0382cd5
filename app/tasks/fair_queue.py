"""Who works next, how much one person may ask for, and what nobody waits for any more."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.tasks.jobs import Job

MOST_EACH = max(1, int(os.environ.get("PLANNER_APP_SOLVES_EACH", "12")))
"""Pieces of work that one person may have under way and waiting in each line."""
GONE, GONE_ALONE = 5.0, 60.0
"""Seconds after which the work of a closed tab ends if others wait, and if nobody does."""


class FairQueue:
    """Who works next: the person with the least work under way, then who was served longest ago, then who asked first.

    So ten questions of one person hold nobody up: whoever asks next takes the next free place. What somebody else is
    having worked out already is not worked out twice: whoever waits for the same gets the same answer.
    """

    def __init__(self, places: int) -> None:
        """Open with so many places."""
        self.places = places
        self._waiting: list[Job] = []
        self._working: list[Job] = []
        self._served: dict[str, int] = {}
        self._turns = 0
        self._changed = threading.Condition()

    def join(self, job: Job) -> None:
        """Stand in line."""
        with self._changed:
            self._waiting.append(job)

    def take(self, job: Job) -> bool:
        """Wait for a place and take it; False if the job was cancelled while it waited."""
        with self._changed:
            self._changed.wait_for(lambda: not job.active or self._turn(job))
            self._waiting.remove(job)
            if job.active:
                self._working.append(job)
                self._turns += 1
                self._served[job.owner] = self._turns
            self._changed.notify_all()
            return job.active

    def leave(self, job: Job) -> None:
        """Give the place back, and the answer to everybody who waits for the same."""
        with self._changed:
            self._working.remove(job)
            if job.shareable:
                for twin in self._waiting:
                    if twin.result == job.result:
                        twin.take_over(job.answer)
            owners = {one.owner for one in (*self._working, *self._waiting)}
            self._served = {owner: turn for owner, turn in self._served.items() if owner in owners}
            self._changed.notify_all()

    def look(self) -> None:
        """Have everybody in line look whether something has changed."""
        with self._changed:
            self._changed.notify_all()

    def ahead(self, job: Job) -> int:
        """How many will be served before this one, if nobody else comes."""
        with self._changed:
            return self._order().index(job) if job in self._waiting and job.active else 0

    def twin(self, job: Job) -> Job | None:
        """The same work where somebody else is having it done already."""
        with self._changed:
            return next((other for other in self._working if other.result and other.result == job.result), None)

    def crowded(self, owner: str) -> bool:
        """Whether somebody has as much under way and waiting as one person may."""
        with self._changed:
            theirs = [one for one in (*self._working, *self._waiting) if one.active and one.owner == owner]
            return bool(owner) and len(theirs) >= MOST_EACH

    def abandoned(self, alive: Callable[[str], bool], now: float) -> list[Job]:
        """The work whose tab is closed for longer than a reload takes, and that nobody else waits for.

        Args:
            alive: whether a tab is open.
            now: seconds of the clock of :func:`time.monotonic`.
        """
        with self._changed:
            every = [one for one in (*self._working, *self._waiting) if one.active]
            found = []
            for one in every:
                if not one.tab or alive(one.tab):
                    one.gone_since = None
                    continue
                one.gone_since = now if one.gone_since is None else one.gone_since
                others = [other for other in every if other is not one and other.gone_since is None]
                wanted = any(other.result and other.result == one.result for other in others)
                patience = GONE if any(other.state == "waiting" for other in others) else GONE_ALONE
                if not wanted and now - one.gone_since >= patience:
                    found.append(one)
            return found

    def load(self) -> dict[str, int]:
        """How many work and how many wait."""
        with self._changed:
            return {"working": len(self._working), "waiting": sum(job.active for job in self._waiting)}

    def _turn(self, job: Job) -> bool:
        """Whether it is this job's turn."""
        return len(self._working) < self.places and self._order(first=True) == [job]

    def _order(self, *, first: bool = False) -> list[Job]:
        """Those who wait in the order of their turns, or the first of them whose work nobody is doing."""
        done = {job.result for job in self._working if job.result}
        waiting = [job for job in self._waiting if job.active and not (first and job.result in done)]
        busy = Counter(job.owner for job in self._working)
        served, turn = dict(self._served), self._turns
        order: list[Job] = []
        while waiting and not (first and order):
            chosen = min(waiting, key=lambda job: (busy[job.owner], served.get(job.owner, 0)))
            waiting.remove(chosen)
            order.append(chosen)
            turn += 1
            busy[chosen.owner] += 1
            served[chosen.owner] = turn
        return order
