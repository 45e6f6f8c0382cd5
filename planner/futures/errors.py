"""What can be wrong with a question about futures, said so that people can mend it."""

from __future__ import annotations

from planner.tradeoffs.errors import TradeoffError


class FuturesError(TradeoffError):
    """The question about futures cannot be answered as asked; the message says why and what to do."""
