"""What a golden file may hold: names, kinds of values, and a seal over all of it. Edits by hand are refused."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from planner.golden.figures import Figures
from planner.golden.tolerances import DEFAULTS

PARTS = ("golden", "what", "history", "made", "tolerances", "result", "inputs", "seal")
MADE = ("case", "grid", "scenario", "sets", "options", "versions", "input_sha256")
MARK = ("date", "reason", "changes")


def parsed(text: str) -> Any:
    """JSON of a golden file; raises ValueError for a name that stands twice and for figures that are none."""
    return json.loads(text, parse_constant=_no_figure, object_pairs_hook=_once)


def seal_of(content: Mapping[str, Any]) -> str:
    """Digest of all that a golden file says but its seal."""
    rest = {name: value for name, value in content.items() if name != "seal"}
    text = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def check_content(content: Mapping[str, Any]) -> None:
    """Refuse what no planner writes. Raises ValueError that says what and where."""
    _names(content, PARTS, "the file")
    _names(content["made"], MADE, "'made'")
    for mark in content["history"]:
        _names(mark, MARK, "'history'")
        date.fromisoformat(str(mark["date"]))
        if not str(mark["reason"]).strip() or not all(isinstance(change, str) for change in mark["changes"]):
            message = "'history' holds a change without a reason, or one that is not text"
            raise ValueError(message)
    for path, value in content["tolerances"].items():
        if path.partition("/")[0] not in DEFAULTS or (value != "ignore" and not (_is_figure(value) and value >= 0.0)):
            message = f"'tolerances' says {path!r}: {value!r}"
            raise ValueError(message)
    _figures(content["result"])
    if content["seal"] != seal_of(content):
        message = "its seal does not fit what it says"
        raise ValueError(message)


def _figures(result: Mapping[str, Any]) -> None:
    """Every figure is a number; only a plan that was not found has no objective, and a rule may have no limit."""
    _names(result, tuple(item.name for item in fields(Figures)), "'result'")
    for name, value in result.items():
        if name in ("status", "switches"):
            continue
        empty = name == "rules" or (name == "objective" and not result.get("outcomes"))
        for path, figure in _leaves(value, name):
            text = name == "outcomes" and path.endswith("/unit")
            if not (isinstance(figure, str) if text else _is_figure(figure) or (empty and figure is None)):
                message = f"'{path}' is {figure!r}"
                raise ValueError(message)


def _leaves(value: Any, path: str) -> list[tuple[str, Any]]:
    """Every value below a name with the way to it."""
    if isinstance(value, dict):
        return [leaf for name, inner in value.items() for leaf in _leaves(inner, f"{path}/{name}")]
    return [(path, value)]


def _is_figure(value: object) -> bool:
    """Whether a value is a finite number, and not a yes or no."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _names(found: Mapping[str, Any], wanted: tuple[str, ...], where: str) -> None:
    """Refuse names that lack or are too many."""
    if strange := [name for name in found if name not in wanted]:
        message = f"{where} holds an unknown '{strange[0]}'"
        raise ValueError(message)
    if lacking := [name for name in wanted if name not in found]:
        raise KeyError(lacking[0])


def _no_figure(word: str) -> float:
    """Refuse NaN and Infinity, which are no JSON."""
    message = f"{word} is no figure"
    raise ValueError(message)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that stands twice, of which all but the last would be lost."""
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        message = f"'{twice}' stands twice"
        raise ValueError(message)
    return dict(pairs)
