"""The golden file: readable JSON, with the history of every accepted change above the figures."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from planner.atomic_files import write_atomically
from planner.golden.figures import Figures, Inputs, OutcomeFigure
from planner.golden.strict import check_content, parsed, seal_of
from planner.golden.tolerances import IGNORE, Tolerances, as_stored

FORMAT = 2
"""Version of the golden file's form."""

WHAT = "Accepted figures of a plan: 'planner check' compares with them, '--update --reason' accepts new ones."


class GoldenError(ValueError):
    """A golden file that cannot be used; the message says what to do."""


@dataclass(frozen=True)
class Acceptance:
    """One accepted change: the date, the reason, and the largest changes that it accepted, in words."""

    date: str
    reason: str
    changes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Golden:
    """Accepted figures, how they were made, and from which cells. `history` begins with the latest change."""

    case: str
    grid: str
    figures: Figures
    scenario: str = ""
    sets: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    tolerances: Tolerances = field(default_factory=Tolerances)
    versions: Mapping[str, str] = field(default_factory=dict)
    inputs: Inputs = field(default_factory=dict)
    input_sha256: str = ""
    history: tuple[Acceptance, ...] = ()


def read_golden(path: Path) -> Golden:
    """Read a golden file.

    Raises:
        GoldenError: there is none, it is no JSON, it is something else, or a newer planner wrote it.
    """
    try:
        content = parsed(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        message = (
            f"There is no golden file '{path}'. To accept the plan as it is now: the same command with "
            "--update --reason 'first figures'."
        )
        raise GoldenError(message) from error
    except OSError as error:
        message = f"The golden file '{path}' cannot be read: {error.strerror or error}."
        raise GoldenError(message) from error
    except UnicodeDecodeError as error:
        message = f"The golden file '{path}' is not text in UTF-8. Take it back from version control."
        raise GoldenError(message) from error
    except json.JSONDecodeError as error:
        marks = " (a merge was left unfinished in it)" if _unmerged(path) else ""
        message = (
            f"The golden file '{path}' is no JSON: line {error.lineno}, column {error.colno}: {error.msg}{marks}. "
            "Take it back from version control, or delete it and accept the plan anew with --update --reason."
        )
        raise GoldenError(message) from error
    except ValueError as error:
        raise _by_hand(path, error) from error
    return _golden(path, content)


def _unmerged(path: Path) -> bool:
    """Whether version control left its marks of a conflict in the file."""
    return any(line.startswith(("<<<<<<<", ">>>>>>>")) for line in path.read_text(encoding="utf-8").splitlines())


def _golden(path: Path, content: Any) -> Golden:
    """Make a golden of what the file holds."""
    if not isinstance(content, dict) or "golden" not in content:
        message = f"'{path}' is no golden file. Give one that 'planner check --update' wrote."
        raise GoldenError(message)
    if content["golden"] != FORMAT:
        message = (
            f"The golden file '{path}' has form {content['golden']!r}; this planner reads form {FORMAT}. "
            "Install the planner that wrote it, or delete it and accept the plan anew with --update --reason."
        )
        raise GoldenError(message)
    try:
        check_content(content)
        made, result = content["made"], content["result"]
        return Golden(
            case=str(made["case"]),
            grid=str(made["grid"]),
            scenario=str(made["scenario"]),
            sets=tuple(made["sets"]),
            options=dict(made["options"]),
            versions=dict(made["versions"]),
            input_sha256=str(made["input_sha256"]),
            tolerances=Tolerances(
                {str(k): IGNORE if v == "ignore" else float(v) for k, v in content["tolerances"].items()}
            ),
            figures=_figures(result),
            inputs=content["inputs"],
            history=tuple(Acceptance(m["date"], m["reason"], tuple(m["changes"])) for m in content["history"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _by_hand(path, error) from error


def _by_hand(path: Path, error: Exception) -> GoldenError:
    """Say that a file does not say what a planner wrote."""
    what = f"it lacks {error}" if isinstance(error, KeyError) else str(error)
    return GoldenError(
        f"The golden file '{path}' was changed by hand: {what}. Take it back from version control, or delete it and "
        "accept the plan anew with --update --reason."
    )


def _figures(result: Mapping[str, Any]) -> Figures:
    """Figures as a golden file holds them."""
    names = {item.name for item in dataclasses.fields(Figures)}
    unknown = set(result) - names
    if unknown:
        message = f"unknown figures {', '.join(sorted(unknown))}"
        raise ValueError(message)
    outcomes = {name: OutcomeFigure(**row) for name, row in result["outcomes"].items()}
    return Figures(**{**result, "outcomes": outcomes})


def as_json(golden: Golden) -> str:
    """The file's text: history first, then the figures, then the cells that they were made from."""
    content = {
        "golden": FORMAT,
        "what": WHAT,
        "history": [dataclasses.asdict(mark) for mark in golden.history],
        "made": {
            "case": golden.case,
            "grid": golden.grid,
            "scenario": golden.scenario,
            "sets": list(golden.sets),
            "options": dict(golden.options),
            "versions": dict(golden.versions),
            "input_sha256": golden.input_sha256,
        },
        "tolerances": as_stored(golden.tolerances),
        "result": dataclasses.asdict(golden.figures),
        "inputs": golden.inputs,
    }
    return _laid({**content, "seal": seal_of(content)}, 0) + "\n"


WIDE = 118
"""Longest line on which a whole object is kept together."""


def _laid(value: Any, depth: int) -> str:
    """JSON with one object a line where it fits: a changed cell is a changed line, not a changed page."""
    flat = json.dumps(value, ensure_ascii=False, allow_nan=False)
    nested = isinstance(value, dict) and any(isinstance(v, dict) for v in value.values())
    if not isinstance(value, dict | list) or not value or (depth and not nested and len(flat) + depth <= WIDE):
        return flat
    pad, end = " " * (depth + 1), " " * depth
    if isinstance(value, dict):
        inside = [f"{json.dumps(str(k), ensure_ascii=False)}: {_laid(v, depth + 1)}" for k, v in value.items()]
        return "{\n" + ",\n".join(pad + line for line in inside) + f"\n{end}}}"
    return "[\n" + ",\n".join(pad + _laid(v, depth + 1) for v in value) + f"\n{end}]"


def write_golden(golden: Golden, path: Path) -> None:
    """Write the file beside its name and rename it. Raises OSError."""
    write_atomically(path, as_json(golden))
