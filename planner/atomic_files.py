"""Files appear whole or not at all: they are written beside their name and then renamed. The one way of writing."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_atomically(path: Path | str, content: bytes | str, *, private: bool = False) -> None:
    """Write a file of another name in the same folder, flush it to the disk, check its length and rename it.

    Whatever happens meanwhile (a full disk, a kill, two writers at once), under `path` stands either what stood there
    before or the whole new content. A pipe or a device is written to directly. A `private` file is for its user's eyes
    only. Raises OSError.
    """
    path = Path(path).resolve()
    data = content.encode("utf-8") if isinstance(content, str) else content
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    handle, name = _part_of(path)
    with _renamed(Path(name), path, len(data), private=private), os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def made_atomically(path: Path | str, last: bytes) -> Iterator[Path]:
    """Give the name of a file beside `path`, with the same ending, to a program that does not tell of a full disk.

    After the block the file must end with the bytes `last` (blanks apart), is flushed to the disk and renamed.

    Raises:
        OSError: the file is not whole, or cannot be written or renamed; what stood under `path` stays.
    """
    path = Path(path).resolve()
    handle, name = _part_of(path, path.suffix)
    os.close(handle)
    beside = Path(name)
    with _renamed(beside, path):
        yield beside
        with beside.open("rb+") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - len(last) - 16))
            whole = file.read().rstrip().endswith(last)
            os.fsync(file.fileno())
        if not whole:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def _part_of(path: Path, ending: str = ".part") -> tuple[int, str]:
    """Handle and name of a new file beside a path; whatever goes wrong is told with the path's own name."""
    try:
        return tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=ending, dir=path.parent)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


@contextmanager
def _renamed(beside: Path, path: Path, size: int | None = None, *, private: bool = False) -> Iterator[None]:
    """Rename a file after the block, if it has its size, with the rights of a new file; away with it otherwise."""
    try:
        yield
        if size is not None and beside.stat().st_size != size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        if not private:
            mask = os.umask(0)
            os.umask(mask)
            beside.chmod(0o666 & ~mask)
        beside.replace(path)
        _flush_folder(path.parent)
    except OSError as error:
        if error.filename is None:
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise
    finally:
        beside.unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    """Let a renaming outlive a power cut, where the system can flush a folder."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
