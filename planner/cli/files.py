"""Files that the command line is given: found before work begins, written beside and then renamed."""

from __future__ import annotations

import difflib
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from planner.cli.guard import StopError
from planner.inputs_path import PACKAGED, inputs_path

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


def check_output(path: Path | None, *suffixes: str, keep: Path | None = None) -> None:
    """Refuse, before any work is done, an output that could not be written, or that would overwrite `keep`."""
    if path is None or path == STANDARD_OUTPUT:
        return
    if suffixes and path.suffix.lower() not in suffixes:
        message = f"'{path}' must end in {' or '.join(suffixes)}."
        raise StopError(message)
    if path.is_dir():
        message = f"'{path}' is a folder; name a file in it."
        raise StopError(message)
    folder = path.parent
    if not folder.is_dir():
        message = f"'{path}' cannot be written: there is no folder '{folder}'. Make it first."
        raise StopError(message)
    if keep is not None and path.exists() and path.samefile(keep):
        message = f"'{path}' is the workbook that is read; choose another name for what is written."
        raise StopError(message)
    if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        message = f"'{path}' may not be written (no permission, or the folder is read-only)."
        raise StopError(message)


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
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False, default=str) + "\n"
    if path == STANDARD_OUTPUT:
        sys.stdout.write(text)
        return
    path = path.resolve()
    if path.exists() and not path.is_file():  # a pipe or a device is written to, never replaced
        path.write_text(text, encoding="utf-8")
        return
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        beside.chmod(0o666 & ~_umask())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _umask() -> int:
    """The process's mask for new files."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
