"""Kept plans: saved with their workbook, settings and results; named, shared, compared, restored.

>>> from planner.library import KeptWorkbook, open_library
>>> library = open_library("plans.sqlite")
>>> entry = library.save("ana", "First plan", plan, KeptWorkbook(workbook_bytes, "mine.xlsx"), {"grid": "phases"})
>>> library.get("ana", entry.id).plan
"""

from planner.library.entries import SHARING, Entry, Event, KeptPlan, KeptWorkbook, Retention, Saved, Sharing
from planner.library.errors import ConflictError, DamagedError, LibraryError, NotThereError
from planner.library.exchange import Packed, pack, unpack
from planner.library.library import Library, open_library
from planner.library.location import VARIABLE, place_of
from planner.library.unbelieved import rechecked

__all__ = [
    "SHARING",
    "VARIABLE",
    "ConflictError",
    "DamagedError",
    "Entry",
    "Event",
    "KeptPlan",
    "KeptWorkbook",
    "Library",
    "LibraryError",
    "NotThereError",
    "Packed",
    "Retention",
    "Saved",
    "Sharing",
    "open_library",
    "pack",
    "place_of",
    "rechecked",
    "unpack",
]
