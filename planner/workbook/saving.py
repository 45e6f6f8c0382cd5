"""Saving with openpyxl so that a full disk is one error, and no torn workbook is left."""

from __future__ import annotations

import gc
import io
import sys
import tempfile
from pathlib import Path
from typing import Any

from planner.beside import write_beside


def save_book(book: Any, out: Path | str) -> None:
    """Write an openpyxl workbook beside its name and rename it.

    openpyxl writes each sheet to a file in the folder for temporary files first. Where that folder's disk is full, its
    writers fail once more while they are thrown away and Python would print that: that happens here, in silence.

    Raises:
        OSError: the workbook, or a temporary file, cannot be written.
    """
    stream = io.BytesIO()
    failed: OSError | None = None
    hook, sys.unraisablehook = sys.unraisablehook, lambda *_: None
    try:
        try:
            book.save(stream)
        except OSError as error:
            failed = OSError(error.errno, error.strerror, error.filename or tempfile.gettempdir())
        gc.collect()
    finally:
        sys.unraisablehook = hook
    if failed is not None:
        raise failed
    write_beside(out, stream.getvalue())
