"""Files that the command line is given: found before work begins, written beside and then renamed."""

from __future__ import annotations

import difflib
import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from itertools import combinations
from pathlib import Path
from typing import Any

from planner.atomic_files import write_atomically
from planner.cli.extending import extension
from planner.cli.guard import StopError
from planner.inputs_path import PACKAGED, inputs_path
from planner.signs import json_safe

STANDARD_OUTPUT = Path("-")


def locate(name: str | Path) -> Path:
    """Find the case that CASE names: a workbook, a folder of CSV tables, or the word of a packaged case."""
    path = Path(name)
    if path.is_dir():
        if any(path.glob("*.csv")):
            return path
        message = f"'{path}' is a folder without CSV tables; name a workbook (.xlsx)."
        raise StopError(message)
    if str(name) in PACKAGED and not path.exists():
        return inputs_path(str(name))
    if not path.is_file():
        raise StopError(_missing(path))
    if not os.access(path, os.R_OK):
        message = f"'{path}' may not be read (no permission)."
        raise StopError(message)
    return path


def _missing(path: Path) -> str:
    """Say that a file is missing, with the nearest name."""
    sentence = f"There is no file '{path}'."
    names = list(PACKAGED)
    if path.parent.is_dir():
        names += [p.name for p in sorted(path.parent.glob("*.xlsx"))[:500]]
    near = difflib.get_close_matches(path.name, names, n=1)
    if near:
        found = near[0] if near[0] in PACKAGED else str(path.parent / near[0])
        sentence += f" Did you mean '{found}'?"
    return sentence


@dataclass(frozen=True)
class Output:
    """A file that a command is asked to write: `path` with the endings that its name may have.

    With `many`, `path` is a folder and `many` the pattern of the names of the files that are written into it.
    """

    path: Path | None
    suffixes: tuple[str, ...] = ()
    many: str = ""


def check_outputs(inputs: Iterable[str | Path | None], *outputs: Output) -> None:
    """Refuse, before any work is done, outputs that could not be written or that would destroy what is read.

    `inputs` are all files, folders of tables and words of packaged cases that the command reads, beside the file that
    extends the case. An output is an input
    where it is the same file (by any name, link or spelling), or where it would become a table of a folder that is
    read; two outputs may not be the same file either.

    Raises:
        StopError: with a sentence that says what to change.
    """
    read = [_file_of(name) for name in (*inputs, extension()) if name is not None]
    wanted = [output for output in outputs if output.path is not None and output.path != STANDARD_OUTPUT]
    for output in wanted:
        assert output.path is not None
        (_check_folder if output.many else _check_file)(output.path, output.suffixes)
        _check_kept(output, read)
    for one, other in combinations(wanted, 2):
        if _collide(one, other):
            message = f"'{one.path}' and '{other.path}' are the same file; give each of them a name of its own."
            raise StopError(message)


def _file_of(name: str | Path) -> Path:
    """The file that a CASE names."""
    path = Path(name)
    return inputs_path(str(name)) if str(name) in PACKAGED and not path.exists() else path


def _check_file(path: Path, suffixes: tuple[str, ...]) -> None:
    """Refuse a file that could not be written."""
    _check_name(path)
    if suffixes and path.suffix.lower() not in suffixes:
        message = f"'{path}' must end in {' or '.join(suffixes)}."
        raise StopError(message)
    if path.is_dir():
        message = f"'{path}' is a folder; name a file in it."
        raise StopError(message)
    folder = path.resolve().parent
    if not folder.is_dir():
        message = f"'{path}' cannot be written: there is no folder '{path.parent}'. Make it first."
        raise StopError(message)
    if path.exists() and not path.is_file():
        return  # a pipe or a device
    if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        message = f"'{path}' may not be written (no permission, or the folder is read-only)."
        raise StopError(message)


def _check_folder(path: Path, _: tuple[str, ...]) -> None:
    """Refuse a folder for several files that cannot be made."""
    _check_name(path)
    if path.exists() and not path.is_dir():
        message = f"'{path}' is a file; name a folder for the plans."
        raise StopError(message)
    if not path.exists() and not path.parent.is_dir():
        message = f"'{path}' cannot be made: there is no folder '{path.parent}'. Make it first."
        raise StopError(message)


def _check_name(path: Path) -> None:
    """Refuse a name that the file system cannot hold."""
    longest = 255
    if len(os.fsencode(path.name)) > longest:
        message = f"'{path.name[:40]}...' has too long a name; name the file in fewer than {longest} letters."
        raise StopError(message)


def _check_kept(output: Output, read: Iterable[Path]) -> None:
    """Refuse an output that is one of the files that are read, or becomes one of them."""
    path = output.path
    assert path is not None
    mine_all = [p for p in path.glob(output.many) if p.is_file()] if output.many else [path]
    for source in read:
        tables = [p for p in source.iterdir() if p.is_file()] if source.is_dir() else [source]
        for mine in mine_all:
            if any(_same(mine, other) for other in tables):
                message = f"'{mine}' is read by this command; choose another name for what is written."
                raise StopError(message)
        inside = source.is_dir() and path.suffix.lower() == ".csv" and path.resolve().parent == source.resolve()
        if inside:
            message = f"'{path}' would become a table of the case '{source}'; write it into another folder."
            raise StopError(message)


def _same(one: Path, other: Path) -> bool:
    """Whether two paths are one file, also where a file system does not tell capital letters; devices never are."""
    if one.exists() and other.exists():
        return one.is_file() and one.samefile(other)
    return _place(one) == _place(other)


def _collide(one: Output, other: Output) -> bool:
    """Whether two outputs are one file, or one of them a file of the other's folder."""
    if other.many:
        one, other = other, one
    assert one.path is not None
    assert other.path is not None
    if one.many:
        return _place(one.path) == _place(other.path.parent) and fnmatch(other.path.name.casefold(), one.many)
    return _same(one.path, other.path)


def _place(path: Path) -> str:
    """Where a path leads, as file systems that tell neither capital letters nor accents' spelling see it."""
    return unicodedata.normalize("NFC", str(path.resolve())).casefold()


def is_open_elsewhere(path: Path) -> bool:
    """Whether a spreadsheet program has left its mark that the file is open there."""
    return (path.parent / f"~${path.name}").exists() or (path.parent / f".~lock.{path.name}#").exists()


def free_name(path: Path) -> Path:
    """A name beside `path` that is not taken: 'plan (2).xlsx'."""
    number = 2
    while (candidate := path.with_name(f"{path.stem} ({number}){path.suffix}")).exists():
        number += 1
    return candidate


def write_json(content: Mapping[str, Any], path: Path) -> None:
    """Write JSON to a file, or to standard output for '-'; a file appears whole or not at all."""
    text = json_safe(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False, default=str)) + "\n"
    if path == STANDARD_OUTPUT:
        sys.stdout.write(text)
        return
    write_atomically(path, text)
