"""Why a search ended before it was done: one type for every search, whose words are made where people read them."""

from __future__ import annotations

from enum import StrEnum


class Stop(StrEnum):
    """Reason of an early end; NONE, which counts as false, where a search was done.

    The values are the words for people and for JSON. Code compares members, never words.
    """

    NONE = ""
    TIME = "time limit"
    INTERRUPTED = "interrupted"
    MEMORY = "not enough memory"
    FAILURE = "the solver gave up"
    FAULT = "the solver ended the process"
    DISPUTE = "runs of the solver disagree"
    UNREPEATED = "its proof could not be repeated in another way"
    WIDER = "two runs of the solver leave a larger distance than was asked for"
    PRIORITIES = "later priorities"
    IMPOSSIBLE = "nothing can hold even if every limit gives way"
