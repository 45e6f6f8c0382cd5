"""Changing a plan workbook as somebody would who knows where its parts are, without writing the rest anew."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from xml.sax.saxutils import escape

from openpyxl import load_workbook


def parts_of(data: bytes) -> dict[str, bytes]:
    """Every part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    """A workbook of these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


class Paper:
    """A plan workbook to tamper with: cells by sheet and what stands in them."""

    def __init__(self, data: bytes, *, looked_at: bool = True) -> None:
        """Look at every cell once, unless only its parts are wanted."""
        self.data = data
        if not looked_at:
            return
        book = load_workbook(io.BytesIO(data))
        self.names = book.sheetnames
        self.cells = {
            name: {c.coordinate: c.value for row in book[name].iter_rows() for c in row if c.value not in (None, "")}
            for name in self.names
        }

    def part(self, sheet: str) -> str:
        """Part that holds a sheet; ours are numbered in order."""
        return f"xl/worksheets/sheet{self.names.index(sheet) + 1}.xml"

    def where(self, sheet: str, wanted: Callable[[object], bool]) -> str:
        """The first cell whose value is wanted."""
        return next(at for at, value in self.cells[sheet].items() if wanted(value))

    def beside(self, sheet: str, text: str, right: int = 1) -> str:
        """The first cell that holds something so many columns right of a text that begins so."""
        cells = self.cells[sheet]
        starts = [at for at, value in cells.items() if isinstance(value, str) and value.startswith(text)]
        found = [f"{chr(ord(at[0]) + right)}{at[1:]}" for at in starts]
        return next(at for at in found if at in cells)

    def written(self, sheet: str, cell: str, value: object) -> bytes:
        """The file with another value in one cell."""
        text = str(value).lower() if isinstance(value, bool) else str(value)
        body = f"<v>{text}</v>" if isinstance(value, int | float) else f"<is><t>{escape(text)}</t></is>"
        kind = "" if isinstance(value, int | float) else ' t="inlineStr"'

        def put(found: re.Match[bytes]) -> bytes:
            style = re.search(rb' s="\d+"', found.group(0))
            return f'<c r="{cell}"{(style.group(0) if style else b"").decode()}{kind}>{body}</c>'.encode()

        pattern = rb'<c r="' + cell.encode() + rb'"[^>]*?(?:/>|>.*?</c>)'
        return self.replaced(self.part(sheet), pattern, put)

    def replaced(self, part: str, pattern: bytes, put: Callable[[re.Match[bytes]], bytes] | bytes) -> bytes:
        """The file with the first match of a pattern in a part replaced."""
        parts = parts_of(self.data)
        made, count = re.subn(pattern, put, parts[part], count=1, flags=re.DOTALL)
        assert count == 1, (part, pattern)
        return packed(parts | {part: made})
