"""The command line: every verb with its arguments and options, as the program itself declares them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from planner.cli import app
from planner.cli.guard import CODE_WORDS, Code
from planner.manual.analyses import default_in_words
from planner.manual.docstrings import cell, markdown_of, plain_stars
from planner.manual.tables import table
from planner.options import declarations


def commands() -> dict[str, Any]:
    """Every verb of the program in its order, those of a group with both words (Any: Typer's classes are private)."""
    return dict(_verbs(typer.main.get_command(app), ""))


def _verbs(group: Any, before: str) -> Iterator[tuple[str, Any]]:
    """Verbs of a group."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _verbs(command, f"{before}{name} ")
        elif not command.hidden:
            yield before + name, command


def page() -> str:
    """The command line on one page."""
    parts = [
        "# Command line",
        "`planner COMMAND --help` says the same in the terminal. Options may stand anywhere after the command.",
        table(
            ("Command", "What it does"),
            [(f"[{name}](#{_anchor(name)})", cell(_first(command))) for name, command in commands().items()],
        ),
        "## Exit codes",
        table(("Code", "Meaning"), [(str(int(code)), CODE_WORDS[code]) for code in sorted(Code)]),
        "[Statuses and exit codes](../explanations/statuses.md) says what to do in each case.",
    ]
    for name, command in commands().items():
        parts += _command(name, command)
    return "\n\n".join(parts)


def options_page() -> str:
    """The options of a solve, from their declaration."""
    rows = [
        (f"`{option.flag}`", f"`{option.name}`", cell(option.unit), option.range,
         cell(default_in_words(option.default)), cell(option.help)) for option in declarations()
    ]  # fmt: skip
    return "\n\n".join([
        "# Options of a solve",
        "One declaration (`planner/options.py`) makes the flags of the command line, the fields of `Options` in "
        "Python, the record in the plan, and this table.",
        table(("Flag", "In Python", "Unit", "Range", "Default", "Meaning"), rows),
        "A plan's record keeps every option. The same workbook, options and versions give the same plan.",
    ])  # fmt: skip


def _first(command: Any) -> str:
    """First sentence of a command's help."""
    return str(command.help or "").strip().split("\n\n")[0]


def _command(name: str, command: Any) -> list[str]:
    """One verb: how it is written, what it does, its arguments and options."""
    shown = [p for p in command.params if not getattr(p, "hidden", False) and p.name != "help"]
    arguments = [p for p in shown if type(p).__name__ == "TyperArgument"]
    options = [p for p in shown if p not in arguments]
    line = " ".join(["planner", name, *(_metavar(p) for p in arguments), *(["[OPTIONS]"] if options else [])])
    parts = [f"## {name} {{ #{_anchor(name)} }}", f"```text\n{line}\n```", plain_stars(markdown_of(command.help))]
    if arguments:
        parts.append(table(("Argument", "Meaning"), [(f"`{_metavar(p)}`", cell(p.help or "")) for p in arguments]))
    if options:
        rows = [(_flags(p), cell(default_in_words(p.default)), cell(p.help or "")) for p in options]
        parts.append(table(("Option", "Default", "Meaning"), rows))
    return parts


def _anchor(name: str) -> str:
    """Where a verb stands on the page."""
    return name.replace(" ", "-")


def _metavar(parameter: Any) -> str:
    """What stands for an argument."""
    return str(parameter.metavar or parameter.name.upper())


def _flags(option: Any) -> str:
    """An option as it is typed."""
    names = [*option.opts, *option.secondary_opts]
    value = "" if option.is_flag else f" {option.metavar or option.name.upper()}"
    return ", ".join(f"`{name}{value}`" for name in names).replace("|", "\\|") + (" …" if option.multiple else "")
