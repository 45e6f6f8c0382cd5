"""`--extend FILE.py` for every verb that builds a case's model: one option, in one place.

The option is added to the verbs when all are registered. While such a verb runs, every case that it loads is extended
by the file, and the file is among what no output may be written over.
"""

from __future__ import annotations

import functools
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner.analyses import ANALYSES
from planner.cli.guard import StopError

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.case import Case

VERBS = ("solve", "export", *(name for name, analysis in ANALYSES.items() if analysis.takes == "case"))
"""Verbs that work with a case's model; plans that were made before, and files of workbooks, have none to extend."""

ExtendOption = Annotated[
    Path | None,
    typer.Option(
        "--extend",
        metavar="FILE.py",
        help="For analysts: a Python file whose function extend(model) changes the case's Pyomo model. It is run.",
    ),
]

_FILES: list[Path | None] = []
"""The files of the verbs that run, the last one within. Some verbs read cases in threads of their own, which see it."""


def extension() -> Path | None:
    """The file that extends the cases of the verb that runs; None without one."""
    return _FILES[-1] if _FILES else None


def extended_by_file(case: Case) -> Case:
    """The case with the function of that file; as it is without one. Raises StopError where it cannot be used."""
    path = extension()
    if path is None:
        return case
    from models.errors import ExtensionError
    from planner.solve.extending import extended, from_file

    try:
        return extended(case, from_file(path))
    except ExtensionError as error:
        raise StopError(str(error)) from error
    except OSError as error:
        message = f"The extension {path} cannot be read: {error.strerror or error}."
        raise StopError(message) from error


def give_option(app: typer.Typer) -> None:
    """Give the option to every verb of :data:`VERBS`."""
    for command in app.registered_commands:
        if command.callback is not None and (command.name or command.callback.__name__) in VERBS:
            command.callback = _with_option(command.callback)


def _with_option(verb: Callable[..., Any]) -> Callable[..., Any]:
    """The same verb with the option, which holds while it runs."""

    @functools.wraps(verb)
    def command(*args: Any, extend: Path | None = None, **options: Any) -> Any:
        _FILES.append(extend)
        try:
            return verb(*args, **options)
        finally:
            _FILES.pop()

    known = inspect.signature(verb, eval_str=True)
    option = inspect.Parameter("extend", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=ExtendOption)
    command.__signature__ = known.replace(parameters=[*known.parameters.values(), option])  # type: ignore[attr-defined]
    command.__annotations__ = {"extend": ExtendOption} | {n: p.annotation for n, p in known.parameters.items()}
    return command
