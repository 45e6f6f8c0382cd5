"""Results as plain data: what JSON can hold."""

from __future__ import annotations

import dataclasses
import math
from typing import Any


def as_json(found: Any) -> Any:
    """A typed result for machines: fields by name, numbers that JSON cannot hold as null."""
    if dataclasses.is_dataclass(found) and not isinstance(found, type):
        return {f.name: as_json(getattr(found, f.name)) for f in dataclasses.fields(found) if f.name != "case"}
    if isinstance(found, dict):
        return {str(name): as_json(value) for name, value in found.items()}
    if isinstance(found, list | tuple | set | frozenset):
        return [as_json(value) for value in found]
    if isinstance(found, float):
        return float(found) if math.isfinite(found) else None
    return found if isinstance(found, str | int | bool) or found is None else str(found)


def picked(found: Any, *names: str) -> dict[str, Any]:
    """Some fields of a typed result for machines, in this order."""
    return {name: as_json(getattr(found, name)) for name in names}
