"""The workbook: read it, check it, make an empty one, mark up what is wrong, keep it as reviewable text.

Parts are loaded when they are first asked for, because the libraries that write workbooks are slow to start.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planner.workbook.marker import annotate
    from planner.workbook.reader import case_from, check, check_tables, finish, load, load_bytes, read, validate
    from planner.workbook.tables import read_folder, write_folder
    from planner.workbook.template import write_template

_HOMES = {
    "annotate": "marker",
    "case_from": "reader",
    "check": "reader",
    "check_tables": "reader",
    "finish": "reader",
    "load": "reader",
    "load_bytes": "reader",
    "read": "reader",
    "read_folder": "tables",
    "validate": "reader",
    "write_folder": "tables",
    "write_template": "template",
}

__all__ = [
    "annotate",
    "case_from",
    "check",
    "check_tables",
    "finish",
    "load",
    "load_bytes",
    "read",
    "read_folder",
    "validate",
    "write_folder",
    "write_template",
]


def __getattr__(name: str) -> Any:
    """Load the part that has the name."""
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
