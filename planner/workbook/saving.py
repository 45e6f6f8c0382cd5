"""Saving with openpyxl so that a full disk is one error, and no torn workbook is left."""

from __future__ import annotations

import gc
import io
import sys
import tempfile
import warnings
from typing import Any


def saved_bytes(book: Any) -> bytes:
    """Save an openpyxl workbook.

    openpyxl writes each sheet to a file in the folder for temporary files first. Where that folder's disk is full, its
    writers fail once more while they are thrown away and Python would print that: that happens here, in silence.

    Raises:
        OSError: a temporary file cannot be written.
    """
    stream = io.BytesIO()
    failed: OSError | None = None
    hook, sys.unraisablehook = sys.unraisablehook, lambda *_: None
    try:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                book.save(stream)
        except OSError as error:
            failed = OSError(error.errno, error.strerror, error.filename or tempfile.gettempdir())
        gc.collect()
    finally:
        sys.unraisablehook = hook
    if failed is not None:
        raise failed
    return stream.getvalue()
