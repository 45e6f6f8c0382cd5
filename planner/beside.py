"""Files appear whole or not at all: they are written beside their name and then renamed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_beside(path: Path | str, content: bytes | str) -> None:
    """Write a file of another name in the same folder, flush it to the disk and rename it.

    Whatever happens meanwhile (a full disk, a kill, two writers at once), under `path` stands either what stood there
    before or the whole new content. A pipe or a device is written to directly. Raises OSError.
    """
    path = Path(path).resolve()
    data = content.encode("utf-8") if isinstance(content, str) else content
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        mask = os.umask(0)
        os.umask(mask)
        beside.chmod(0o666 & ~mask)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
