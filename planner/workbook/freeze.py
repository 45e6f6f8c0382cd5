"""Turns a workbook into a folder of CSV tables without loss; colours, widths, comments and pictures apart."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from planner.atomic_files import write_atomically
from planner.cells.raw import folded
from planner.sheets import Row, columns
from planner.workbook.extras import Extras, lacking
from planner.workbook.forms import HEADER_ROW, keys_name
from planner.workbook.frozen import LAYOUT, OWN, FrozenLayout, SheetLayout, kind_of, row_keys, usual_kind, write_layout
from planner.workbook.tables import file_name, quoted
from planner.workbook.template import template_bytes
from planner.workbook.whole import MADE, Cell, SheetCells, Whole, at, read_whole, whole_of

READ_ME = "Read me"


def refusal(folder: Path, *, force: bool) -> str:
    """Why a workbook cannot be frozen into a folder; '' where it can."""
    if folder.exists() and not folder.is_dir():
        return f"'{folder}' is a file; name a folder."
    if not folder.parent.is_dir():
        return f"'{folder}' cannot be made: there is no folder '{folder.parent}'. Make it first."
    if not folder.exists() or not any(folder.iterdir()):
        return ""
    if not (folder / LAYOUT).exists():
        return f"'{folder}' holds other files; name a new folder."
    return "" if force else f"'{folder}' holds a frozen workbook already; add --force to write over it."


def freeze(path: Path, folder: Path) -> list[str]:
    """Write the tables of a workbook into a folder and return what is not kept, in words.

    The folder appears whole: it is made beside its name. Files of others in an older folder stay.

    Raises:
        InvalidCaseError: the workbook is refused or damaged.
        OSError: the folder cannot be written.
    """
    whole = read_whole(path)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name[:40]}.", suffix=".part", dir=folder.resolve().parent))
    try:
        remade = _write(whole, beside)
        beside.chmod(0o755)
        _put_in_place(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return _notes(whole, remade)


def _put_in_place(fresh: Path, folder: Path) -> None:
    """Rename the fresh folder; what an older one holds besides a frozen workbook is carried over."""
    if not folder.exists():
        fresh.rename(folder)
        return
    for item in folder.iterdir():
        frozen = item.name in (LAYOUT, OWN) or item.suffix == ".csv"
        if not frozen and not (fresh / item.name).exists():
            (shutil.copytree if item.is_dir() else shutil.copy2)(item, fresh / item.name)
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name[:40]}.", suffix=".old", dir=folder.resolve().parent))
    try:
        folder.rename(old / "old")
        fresh.rename(folder)
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _notes(whole: Whole, remade: Extras) -> list[str]:
    """What is not kept; `remade` is what the template brings back."""
    lost = lacking(whole.extras, remade)
    notes = [f"Not kept, because it is no data: {', '.join(lost)}."] if lost else []
    broken = sum(bool(c.error) for page in whole.pages for c in page.cells.values())
    if broken:
        notes.append(f"{broken:,} cells show errors or formulas that were never calculated; they stay errors.")
    return notes


def _write(whole: Whole, folder: Path) -> Extras:
    """Write every sheet and the layout; returns what the template holds besides cells."""
    layout = FrozenLayout(names=_own_names(whole), starts_1904=whole.starts_1904)
    sheets = tuple(page.sheet for page in whole.pages if page.sheet is not None)
    template = whole_of(template_bytes(sheets=sheets))
    fresh = {page.name: page for page in template.pages}
    for page in whole.pages:
        if folded(page.name) in MADE and page.made:
            continue
        if page.sheet is not None:
            layout.sheets.append(_known(page, page.sheet, fresh[page.sheet.SHEET], folder))
        elif page.name == READ_ME:
            layout.sheets.append(_read_me(page, fresh[READ_ME]))
        else:
            layout.sheets.append(_own(page, folder))
    for file in sorted(folder.rglob("*.csv")):
        name = file.relative_to(folder).as_posix()
        layout.files[name] = hashlib.sha256(file.read_bytes()).hexdigest()
    write_layout(folder, layout)
    return template.extras


def _own_names(whole: Whole) -> dict[str, str]:
    """Names that people defined; the template's are made anew."""
    made = {keys_name(page.sheet.SHEET) for page in whole.pages if page.sheet is not None}
    return {n: f for n, f in whole.names.items() if n not in made and "Lists!" not in f and not n.startswith("_")}


def _known(page: SheetCells, sheet: type[Row], fresh: SheetCells, folder: Path) -> SheetLayout:
    """Write a known sheet as a table and note what the table does not tell."""
    layout = SheetLayout(page.name, file_name(sheet.SHEET), sheet.SHEET, page.header)
    layout.columns = sorted({c for r, c in page.cells if r >= page.header})
    titles = [page.cells[page.header, c].text if (page.header, c) in page.cells else "" for c in layout.columns]
    rows = page.rows()
    lines = [[cells[c].text if c in cells else "" for c in layout.columns] for cells in rows.values()]
    numbers = list(rows)
    layout.count = len(numbers)
    if numbers != list(range(page.header + 1, page.header + 1 + len(numbers))):
        layout.rows = numbers
    _note_above(layout, page, fresh)
    names = [titles[n] for n in range(len(titles))]
    for key, cells in zip(row_keys(sheet.SHEET, titles, lines), rows.values(), strict=True):
        for position, column in enumerate(layout.columns):
            if column in cells:
                _note(layout, key, str(position), cells[column], sheet, names[position])
    _write_csv(folder / layout.file, [titles, *lines])
    return layout


def _note(layout: SheetLayout, key: str, position: str, cell: Cell, sheet: type[Row] | None, title: str) -> None:
    """Note the kind of a cell where its column does not tell it, and its formula."""
    kind = kind_of(cell)
    if kind != usual_kind(cell.text, sheet, title):
        layout.kinds.setdefault(key, {})[position] = kind
    if cell.formula:
        layout.formulas.setdefault(key, {})[position] = [cell.formula, cell.text]


def _note_above(layout: SheetLayout, page: SheetCells, fresh: SheetCells) -> None:
    """Note the cells above the header where they are not the template's."""
    above = {place: cell for place, cell in page.cells.items() if place[0] < page.header}
    usual = {place: cell for place, cell in fresh.cells.items() if place[0] < HEADER_ROW}
    own = [c.name for c in columns(page.sheet)] if page.sheet is not None else []
    shaped = page.header == HEADER_ROW and [page.titles.get(n) for n in range(1, len(own) + 1)] == own
    layout.bare = not shaped or any(place not in above for place in usual)
    layout.above = {
        at(place): [cell.text, kind_of(cell), cell.formula]
        for place, cell in sorted(above.items())
        if layout.bare or usual.get(place) != cell
    }


def _read_me(page: SheetCells, fresh: SheetCells) -> SheetLayout:
    """Only what somebody changed on the first page."""
    layout = SheetLayout(page.name, "", header=0)
    for place in sorted({*page.cells, *fresh.cells}):
        cell = page.cells.get(place, Cell(""))
        if cell != fresh.cells.get(place):
            layout.above[at(place)] = [cell.text, kind_of(cell), cell.formula]
    return layout


def _own(page: SheetCells, folder: Path) -> SheetLayout:
    """Write a sheet of somebody's own as a grid from cell A1."""
    layout = SheetLayout(page.name, f"{OWN}/{_file_stem(page.name)}.csv", header=0)
    (folder / OWN).mkdir(exist_ok=True)
    for taken in range(2, 10_000):
        if not (folder / layout.file).exists():
            break
        layout.file = f"{OWN}/{_file_stem(page.name)}_{taken}.csv"
    last_row = max((r for r, _ in page.cells), default=0)
    last_column = max((c for _, c in page.cells), default=0)
    lines = []
    for row in range(1, last_row + 1):
        cells = [page.cells.get((row, column)) for column in range(1, last_column + 1)]
        lines.append([cell.text if cell is not None else "" for cell in cells])
    for place, cell in sorted(page.cells.items()):
        _note(layout, at(place), "", cell, None, "")
    _write_csv(folder / layout.file, lines)
    return layout


def _file_stem(name: str) -> str:
    """A file name for a sheet's name."""
    return re.sub(r"[^\w-]+", "_", name.casefold()).strip("_") or "sheet"


def _write_csv(path: Path, lines: Sequence[Sequence[str]]) -> None:
    """Write lines as CSV: everything that holds a line break or a quote is quoted, nothing becomes a formula."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    for line in lines:
        if any("\r" in text for text in line):
            csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow([_safe(text) for text in line])
        else:
            writer.writerow([_safe(text) for text in line])
    write_atomically(path, stream.getvalue())


def _safe(text: str) -> str:
    """Text with an apostrophe where a spreadsheet would take it for a formula; plain figures are left alone."""
    return text if _figure(text) else quoted(text)


def _figure(text: str) -> bool:
    """Whether a text is a plain negative figure."""
    return re.fullmatch(r"-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?", text) is not None


__all__ = ["freeze", "refusal"]
