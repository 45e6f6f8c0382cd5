"""The examples of the manual: found in its pages, run in order in a folder of their own, compared with what is shown.

Four kinds of fenced blocks are examples:

* ``console``: lines that begin with ``$ `` are commands; what follows is what they print. A line ``...`` stands for any
  number of lines that are left out, and ``...`` within a line for any words. A command that fails is an error, unless
  ``$ echo $?`` follows.
* ``python``: is run; a block ``text`` that follows at once is what it prints.
* any language with ``title="FILE: sheet SHEET, new row"`` (or ``, row KEY``): lines ``Column: value`` that a reader
  types into the workbook.
* any other language with ``title="FILE"``: the content of a file.

Progress, which a terminal shows and clears, is no part of what is printed.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import openpyxl

ELLIPSIS = "..."
_FENCE = re.compile(r'^(?P<indent> *)```(?P<kind>[\w+-]*)(?: +title="(?P<title>[^"]*)")?[^\n]*$')
_TYPED = re.compile(r"(?P<file>\S+\.xlsx): sheet (?P<sheet>.+?), (?:(?P<new>new row)|row (?P<row>.+))")
_PROGRESS = re.compile(r"^ *\d+\.\d s  .*$\n?", re.MULTILINE)


class ExampleError(AssertionError):
    """An example does not do what the page says; the message says where and shows both."""


@dataclass(frozen=True)
class Block:
    """A fenced block: the number of its first line of content (from 1), its language, title and lines."""

    line: int
    kind: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Output:
    """What an example printed, against what the page shows from `line` on (`count` lines)."""

    line: int
    shown: tuple[str, ...]
    printed: tuple[str, ...]
    command: str


def blocks(page: str) -> list[Block]:
    """Fenced blocks of a page in order."""
    found: list[Block] = []
    opened: re.Match[str] | None = None
    start = 0
    content: list[str] = []
    for number, line in enumerate(page.splitlines(), 1):
        if opened is None:
            opened = _FENCE.match(line)
            start, content = number + 1, []
        elif line.strip() == "```":
            found.append(Block(start, opened["kind"], opened["title"] or "", tuple(content)))
            opened = None
        else:
            content.append(line.removeprefix(opened["indent"]))
    return found


def run(page: str, folder: Path) -> Iterator[Output]:
    """Run the examples of a page in a folder; yields what they print. Raises :class:`ExampleError` where one fails."""
    names: dict[str, Any] = {"__name__": "manual"}
    python: Output | None = None
    for block in blocks(page):
        if python is not None:
            told = block.kind == "text" and not block.title
            if told:
                yield Output(block.line, block.lines, python.printed, python.command)
            elif python.printed:
                message = f"Line {python.line}: prints something that the page does not show: {python.printed[0]}"
                raise ExampleError(message)
            python = None
            if told:
                continue
        if block.kind == "console":
            yield from _console(block, folder)
        elif block.kind == "python" and not block.title:
            printed = _python(block, names, folder)
            python = Output(block.line, (), printed, "python")
        elif typed := _TYPED.fullmatch(block.title):
            type_cells(folder / typed["file"], typed["sheet"], typed["row"], _cells(block))
        elif block.title:
            (folder / block.title).parent.mkdir(parents=True, exist_ok=True)
            (folder / block.title).write_text("\n".join(block.lines) + "\n", encoding="utf-8")


def check(output: Output) -> None:
    """Raise :class:`ExampleError` if the page does not show what was printed."""
    if not matches(output.shown, output.printed):
        shown, printed = ("\n".join(lines) for lines in (output.shown, output.printed))
        message = f"Line {output.line}, {output.command}\n--- the page shows\n{shown}\n--- printed\n{printed}"
        raise ExampleError(message)


def matches(shown: tuple[str, ...], printed: tuple[str, ...]) -> bool:
    """Whether printed lines are the shown ones, where `...` stands for any lines, or within a line for any words."""
    pattern = "".join(
        r"(?:[^\n]*\n)*"
        if line.strip() == ELLIPSIS
        else r"[^\n]*".join(re.escape(part) for part in line.rstrip().split(ELLIPSIS)) + r"\n"
        for line in shown
    )
    return re.fullmatch(pattern, "".join(f"{line.rstrip()}\n" for line in printed)) is not None


def _console(block: Block, folder: Path) -> Iterator[Output]:
    """Run the commands of a block."""
    starts = [n for n, line in enumerate(block.lines) if line.startswith("$ ")]
    code = 0
    for n, begin in enumerate(starts):
        end = starts[n + 1] if n + 1 < len(starts) else len(block.lines)
        length = 1
        while block.lines[begin + length - 1].endswith("\\"):
            length += 1
        command = "\n".join(line.lstrip("$>").strip() for line in block.lines[begin : begin + length])
        asked = n + 1 < len(starts) and block.lines[end] == "$ echo $?"
        code, printed = shell(command, folder, code)
        if code and not asked:
            message = f"Line {block.line + begin}: '{command}' ended with exit code {code}:\n{printed}"
            raise ExampleError(message)
        first = begin + length
        yield Output(block.line + first, block.lines[first:end], _lines(printed), command)


def shell(command: str, folder: Path, before: int = 0) -> tuple[int, str]:
    """Run one command as a reader would; `before` is the exit code that `$?` still holds."""
    environment = {
        **{name: value for name, value in os.environ.items() if name != "COLUMNS" and not name.startswith("PYTEST")},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONUTF8": "1", "NO_COLOR": "1", "TERM": "dumb", "LC_ALL": "C.UTF-8",
    }  # fmt: skip
    found = subprocess.run(  # noqa: S603 - commands of the manual's own pages
        ["bash", "-c", f"(exit {before})\n{command}"],  # noqa: S607 - the shell that the manual's readers have
        cwd=folder, env=environment, text=True, encoding="utf-8", check=False, timeout=600,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    return found.returncode, _PROGRESS.sub("", found.stdout)


def _python(block: Block, names: dict[str, Any], folder: Path) -> tuple[str, ...]:
    """Run a block of Python; names stay for the blocks that follow."""
    printed = io.StringIO()
    source = "\n" * (block.line - 1) + "\n".join(block.lines)
    with contextlib.chdir(folder), contextlib.redirect_stdout(printed):
        exec(compile(source, "<manual>", "exec"), names)  # noqa: S102 - the manual's own example
    return _lines(printed.getvalue())


def _lines(text: str) -> tuple[str, ...]:
    """Printed lines without blanks at their ends, and without blank lines at the end."""
    return tuple(line.rstrip() for line in text.rstrip("\n").split("\n")) if text.strip() else ()


def _cells(block: Block) -> dict[str, str]:
    """Columns and values that are typed."""
    pairs = [line.partition(": ") for line in block.lines if line.strip()]
    return {name.strip(): value.strip() for name, _, value in pairs}


def type_cells(path: Path, sheet: str, row: str | None, cells: dict[str, str]) -> None:
    """Type values into a workbook under the headers of a sheet: into a row by its first key, or into a new row.

    Raises :class:`ExampleError` where the workbook has no such sheet, header or row.
    """
    book = openpyxl.load_workbook(path)
    if sheet not in book.sheetnames:
        message = f"{path.name} has no sheet '{sheet}'"
        raise ExampleError(message)
    page = book[sheet]
    for line in page.iter_rows(max_row=10):
        heads = {str(item.value): item.column for item in line if item.value is not None}
        if set(cells) <= set(heads):
            break
    else:
        message = f"Sheet '{sheet}' has no row of headers with {', '.join(cells)}"
        raise ExampleError(message)
    number, last = line[0].row + 1, page.max_row  # looking at a cell makes it, so the last row is kept
    while _key(page, number, len((row or "").split(" / "))) != (row or ""):
        if number > last:
            message = f"Sheet '{sheet}' has no row '{row}'"
            raise ExampleError(message)
        number += 1
    for name, value in cells.items():
        page.cell(number, heads[name]).value = _value(value)
    book.save(path)


def _key(page: Any, number: int, parts: int) -> str:
    """The first cells of a row, joined as its key."""
    return " / ".join(str(v) for v in (page.cell(number, c + 1).value for c in range(parts)) if v is not None)


def _value(text: str) -> str | float | date | None:
    """A value as Excel would take it: a number, a date, or text; nothing clears the cell."""
    if not text:
        return None
    with contextlib.suppress(ValueError):
        return float(text)
    with contextlib.suppress(ValueError):
        return date.fromisoformat(text)
    return text


def renewed(page: str, outputs: list[Output]) -> str:
    """The page with what was printed in place of what it shows; what was left out stays left out."""
    lines = page.splitlines()
    for output in reversed(outputs):
        if not matches(output.shown, output.printed):
            begin = output.line - 1
            lines[begin : begin + len(output.shown)] = _cut(output.shown, output.printed)
    return "\n".join(lines) + "\n"


def _cut(shown: tuple[str, ...], printed: tuple[str, ...]) -> list[str]:
    """Printed lines with the same parts left out: each part that was shown is found again by its likest first line."""
    if ELLIPSIS not in shown:
        return list(printed)
    parts: list[list[str]] = [[]]
    for line in shown:
        if line == ELLIPSIS:
            parts.append([])
        else:
            parts[-1].append(line)
    kept = [*printed[: len(parts[0])], ELLIPSIS]
    at = len(parts[0])
    for part in parts[1:-1]:
        if part and at < len(printed):
            at = max(range(at, len(printed)), key=lambda n: SequenceMatcher(None, printed[n], part[0]).ratio())
            kept += [*printed[at : at + len(part)], ELLIPSIS]
            at += len(part)
    return kept + (list(printed[-len(parts[-1]) :]) if parts[-1] else [])
