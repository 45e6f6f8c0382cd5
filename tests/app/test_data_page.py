"""Page Data: a form, an upload with everything that is wrong in it, small changes, and what brings all of it back."""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment
from streamlit.testing.v1 import AppTest

from app.session.store import Source
from app.shell import edits, state
from app.tasks import jobs
from app.views import data
from planner.case import Case
from planner.options import Options
from planner.plan import Plan
from planner.results.workbook import workbook_bytes
from planner.sheets import Programmes, Visas, columns
from planner.solve import solve
from planner.workbook import check, load, read
from planner.workbook.reader import FORMAT_VERSION, finish, load_bytes
from planner.workbook.scan import VERSION_PROPERTY
from tests.app.conftest import read_words, wait_for_plan

Open = Callable[..., AppTest]
Give = Callable[..., AppTest]


@pytest.fixture
def give(opened: Open) -> Give:
    """Upload a file on the page."""

    def upload(content: bytes, name: str = "mine.xlsx") -> AppTest:
        at = opened("Data")
        at.file_uploader(key="upload").set_value((name, content, "")).run()
        assert not at.exception
        return at

    return upload


@pytest.fixture
def book(starter: Path) -> Any:
    """The starter, open for damage."""
    return openpyxl.load_workbook(starter)


def bytes_of(book: Any) -> bytes:
    """A workbook as a file."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def cells(sheet: Any) -> Iterator[tuple[int, dict[str, int]]]:
    """Number of the header row and the column of each header."""
    for row in sheet.iter_rows(min_row=1, max_row=12):
        names = {str(c.value): c.column for c in row if c.value}
        if "Source" in names and "Note" in names and row[0].row > 2:
            yield row[0].row, names


def at(sheet: Any, column: str, row: int = 1) -> Any:
    """Cell of a column in the n-th row of data."""
    header, names = next(cells(sheet))
    return sheet.cell(header + row, names[column])


def test_63_both_forms_can_be_downloaded_and_have_all_that_is_needed(opened: Open) -> None:
    page = opened("Data")
    assert {"get_open", "get_empty"} <= {button.key for button in page.get("download_button")}
    form = openpyxl.load_workbook(io.BytesIO(data.empty()))
    assert form.sheetnames[0] == "Read me"
    said = " ".join(str(c.value) for row in form["Read me"].iter_rows() for c in row if c.value)
    assert "colour" in said.casefold()
    assert form["Visas"].data_validations.dataValidation


def test_64_the_open_workbook_uploaded_again_is_clean_and_gives_the_same_plan(
    give: Give, starter: Path, solved: Plan
) -> None:
    page = give(starter.read_bytes())
    assert "0 errors" in read_words(page)
    page.button(key="use").click().run()
    wait_for_plan(page)
    shown = page.session_state["shown"]
    assert state.plan_at(shown.key).objective == pytest.approx(solved.objective, rel=1e-9)


def test_65_five_planted_errors_are_told_at_once(give: Give, book: Any) -> None:
    planted = {
        ("Visas", "Nationality"): "Southlnd", ("Programmes", "Unit cost"): -5, ("Staff", "In post"): "a dozen",
        ("Time", "From"): "soon", ("Funding", "Account"): None,
    }  # fmt: skip
    addresses = []
    for (sheet, column), value in planted.items():
        cell = at(book[sheet], column)
        cell.value = value
        addresses.append(cell.coordinate)
    said = read_words(give(bytes_of(book)))
    assert "cannot be used yet" in said
    for (sheet, _), address in zip(planted, addresses, strict=True):
        assert f"**{sheet}!{address}**" in said, (sheet, address)
    assert said.count("To mend:") >= 5
    assert "Did you mean **Southland**?" in said


def test_66_the_marked_copy_has_red_cells_comments_links_and_all_the_rest(give: Give, book: Any) -> None:
    cell = at(book["Programmes"], "Unit cost")
    cell.value = -5
    before = {n: [[c.value for c in row] for row in book[n].iter_rows()] for n in book.sheetnames}
    page = give(bytes_of(book))
    marked = openpyxl.load_workbook(page.session_state["findings"]["marked"])
    first = marked[marked.sheetnames[0]]
    assert [c.hyperlink.location for row in first.iter_rows() for c in row if c.hyperlink] == [
        f"'Programmes'!{cell.coordinate}"
    ]
    wrong = marked["Programmes"][cell.coordinate]
    assert wrong.comment is not None
    assert wrong.fill.start_color.rgb[-6:] not in ("000000", "FFFFFF")
    for name, rows in before.items():
        assert [[c.value for c in row] for row in marked[name].iter_rows()] == rows, name


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel"),
        ("table.csv", b"Place,Kind\nNorthland,country\n", "text or CSV"),
        ("locked.xlsx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600, "password"),
        ("empty.xlsx", b"", "empty"),
        ("paper.xlsx", b"%PDF-1.7", "PDF"),
    ],
)
def test_67_each_wrong_kind_of_file_gets_its_own_sentence(give: Give, name: str, content: bytes, said: str) -> None:
    page = give(content, name)
    assert said in read_words(page)
    assert page.session_state["shown"].source.name == "starter"


def test_67_a_word_document_is_named(give: Give) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    assert "Word document" in read_words(give(stream.getvalue(), "renamed.xlsx"))


def test_69_a_formula_without_a_stored_value_is_an_error(give: Give, book: Any) -> None:
    cell = at(book["Programmes"], "Unit cost")
    cell.value = "=1+1"
    said = read_words(give(bytes_of(book)))
    assert f"Programmes!{cell.coordinate}" in said
    assert "save" in said.split(f"Programmes!{cell.coordinate}")[1][:400].casefold()
    assert "cannot be used yet" in said


def test_70_numbers_as_text_are_told_with_the_reading_that_is_meant(give: Give, book: Any) -> None:
    cell = at(book["Programmes"], "Unit cost")
    for typed, meant in (("1.234,5", "1234.5"), ("1,234", "1234"), (" 12,5 ", "12.5")):
        cell.value = typed
        said = read_words(give(bytes_of(book), f"{meant}.xlsx"))
        assert f"Programmes!{cell.coordinate}" in said, typed
        assert meant in said.replace(",", "").replace("\u202f", "") or meant in said, (typed, said)


def test_71_other_orders_and_further_columns_are_fine(give: Give, book: Any, starter: Path) -> None:
    sheet = book["Visas"]
    header, names = next(cells(sheet))
    low, high = names["Source"], names["Note"]
    for row in range(header, sheet.max_row + 1):
        first, second = sheet.cell(row, low), sheet.cell(row, high)
        first.value, second.value = second.value, first.value
        sheet.cell(row, sheet.max_column + 1 if row == header else len(names) + 1).value = (
            "mine" if row == header else 1
        )
    changed, problems = check_bytes(bytes_of(book))
    assert changed is not None, [str(p) for p in problems]
    assert changed.of(Visas)[0].note == read(starter).of(Visas)[0].note
    assert "can be used" in read_words(give(bytes_of(book)))


def test_71_a_missing_column_is_named_and_a_renamed_sheet_recognised(give: Give, book: Any) -> None:
    header, names = next(cells(book["Programmes"]))
    book["Programmes"].cell(header, names["Unit cost"]).value = "Whatever"
    book["Time"].title = "Tme"
    said = read_words(give(bytes_of(book)))
    assert "Unit cost" in said
    assert "'Time'" in said
    assert "Did you mean" in said


def check_bytes(content: bytes) -> tuple[Case | None, Any]:
    """Check a workbook in memory."""
    return finish(load_bytes(content), "", ())


def test_72_an_unknown_name_is_answered_with_the_nearest(give: Give, book: Any) -> None:
    at(book["Visas"], "Nationality").value = "Sothland"
    assert "Did you mean **Southland**?" in read_words(give(bytes_of(book)))


def test_73_a_newer_format_is_refused_and_one_without_a_version_is_read(give: Give, book: Any) -> None:
    for known in book.custom_doc_props.props:
        if known.name == VERSION_PROPERTY:
            known.value = str(FORMAT_VERSION + 1)
    said = read_words(give(bytes_of(book), "newer.xlsx"))
    assert f"format version {FORMAT_VERSION + 1}" in said
    assert f"reads versions up to {FORMAT_VERSION}" in said
    del book.custom_doc_props[VERSION_PROPERTY]
    assert "can be used" in read_words(give(bytes_of(book), "older.xlsx"))


def test_74_fifty_thousand_rows_are_read_and_checked_while_time_is_shown(starter: Path, tmp_path: Path) -> None:
    path = tmp_path / "large.xlsx"
    large(starter, path, 50_000)
    job = jobs.check(path)
    job.wait(90)
    assert job.answer.get("kind") == "checked", job.sentence
    assert job.answer["valid"], job.answer["problems"][:3]


def large(starter: Path, path: Path, many: int) -> None:
    """The starter with so many rows of evidence."""
    with xlsxwriter.Workbook(path) as book:
        for table in load(starter).tables.values():
            page, rows = book.add_worksheet(table.name), [row.values for row in table.rows]
            if table.name == "Evidence":
                rows += [{**rows[0], "evidence": f"X{n:06d}"} for n in range(many - len(rows))]
            names = {c.field: c.name for c in columns(table.sheet)}
            for position, name in enumerate(table.letters):
                page.write(0, position, names[name])
                for number, values in enumerate(rows, 1):
                    value = values.get(name)
                    if value is not None:
                        page.write(number, position, value if isinstance(value, int | float | str) else str(value)[:10])


def test_75_a_change_is_listed_undone_and_in_the_download(opened: Open, starter: Path, tmp_path: Path) -> None:
    noted = openpyxl.load_workbook(starter)
    cell = at(noted["Programmes"], "Unit cost")
    cell.comment = Comment("agreed in March", "Ana")
    path = tmp_path / "noted.xlsx"
    noted.save(path)
    page = opened("Data")
    row = read(starter).of(Programmes)[0]
    page.selectbox(key="sheet").set_value("Programmes").run()
    page.selectbox(key="cell_row_Programmes").set_value(row.id).run()
    page.selectbox(key="cell_column_Programmes").set_value("Unit cost").run()
    page.text_input(key="cell_value").set_value("321").run()
    page.button(key="cell_take").click().run()
    assert not page.exception
    change = f"Programmes!{row.id}.Unit cost=321"
    assert page.session_state["extra"] == (change,)
    said = read_words(page)
    assert f"{row.unit_cost:g} -> 321" in said
    assert "1 cell changed here" in said
    kept = tmp_path / "kept.xlsx"
    kept.write_bytes(edits.saved(str(path), (change,)))
    again = read(kept)
    assert again.find(Programmes, row.id).unit_cost == 321.0
    comment = openpyxl.load_workbook(kept)["Programmes"][cell.coordinate].comment.text
    assert comment.startswith("agreed in March")
    assert "-> 321" in comment
    page.button(key="undo_0").click().run()
    assert page.session_state["extra"] == ()
    assert "Nothing is changed" in read_words(page)


def test_75_what_cannot_be_is_refused_with_its_reason_and_changes_nothing(opened: Open, starter: Path) -> None:
    page = opened("Data")
    row = read(starter).of(Programmes)[0]
    page.selectbox(key="sheet").set_value("Programmes").run()
    page.selectbox(key="cell_row_Programmes").set_value(row.id).run()
    page.selectbox(key="cell_column_Programmes").set_value("Unit cost").run()
    for typed in ("-50", "a lot", "1.234,5"):
        page.text_input(key="cell_value").set_value(typed).run()
        page.button(key="cell_take").click().run()
        assert page.session_state["extra"] == ()
        assert "Not taken over" in read_words(page), typed
        assert "Programmes!" in read_words(page)


def test_75_every_change_that_a_plan_can_be_made_with_can_be_saved(starter: Path, tmp_path: Path) -> None:
    row = read(starter).of(Programmes)[0]
    sets = (f"Programmes!{row.id}.At most=blank", "Appropriations!*.Amount=*0.5", "Time!P1.Label=another")
    path = tmp_path / "changed.xlsx"
    path.write_bytes(edits.saved(str(starter), sets))
    wanted, found = read(starter, sets=sets), read(path)
    for kind, rows in wanted.rows.items():
        for one, other in zip(rows, found.of(kind), strict=True):
            assert {f: getattr(one, f) for f in _fields(kind)} == {f: getattr(other, f) for f in _fields(kind)}


def _fields(kind: Any) -> list[str]:
    """Fields of a sheet."""
    return [c.field for c in columns(kind)]


def test_76_a_plan_workbook_brings_back_workbook_scenario_changes_and_numbers(
    give: Give, starter: Path, solved: Plan, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = read(starter)
    page = give(workbook_bytes(case, solved), "plan.xlsx")
    assert "A plan workbook" in read_words(page)
    page.session_state["extra"] = ("Staff!none.In post=1",)
    page.button(key="restore").click().run()
    assert not page.exception
    shown = page.session_state["shown"]
    assert shown.source.sha256 == source.sha256
    assert page.session_state["extra"] == ()
    assert state.plan_at(shown.key).objective == solved.objective
    found = state.plan_at(shown.key).tables["outcomes"]
    assert list(found["value"]) == pytest.approx(list(solved.tables["outcomes"]["value"]), rel=1e-12)


def test_76_the_inputs_inside_restore_a_workbook_that_nobody_has(
    give: Give, book: Any, solved: Plan, tmp_path: Path
) -> None:
    visa = read_bytes(bytes_of(book), tmp_path).of(Visas)[0]
    at(book["Visas"], "Note").value = "a workbook of our own"
    mine = tmp_path / "own.xlsx"
    mine.write_bytes(bytes_of(book))
    sets = (f"Visas!{visa.id}.Demand=500",)
    case = read(mine, sets=sets)
    plan = solve(case, Options(grid="phases"))
    page = give(workbook_bytes(case, plan), "plan.xlsx")
    page.button(key="restore").click().run()
    assert not page.exception
    assert tuple(page.session_state["shown"].wish.sets) == sets
    assert tuple(page.session_state["extra"]) == sets
    assert page.session_state["source"].sha256 == read(mine).sha256


def read_bytes(content: bytes, folder: Path) -> Case:
    """Read a workbook from memory."""
    path = folder / "read.xlsx"
    path.write_bytes(content)
    return read(path)


def test_76_without_its_workbook_the_page_says_what_is_missing(give: Give, starter: Path, solved: Plan) -> None:
    other = replace(solved, record=replace(solved.record, input_sha256="f" * 64))
    page = give(workbook_bytes(read(starter), other), "plan.xlsx")
    said = read_words(page)
    assert "is not here" in said
    assert "ffffffffffffffff" in said


def test_77_a_formula_in_a_note_comes_back_as_text(starter: Path, tmp_path: Path) -> None:
    row = read(starter).of(Programmes)[0]
    path = tmp_path / "noted.xlsx"
    path.write_bytes(edits.saved(str(starter), (f'Programmes!{row.id}.Note==HYPERLINK("x")',)))
    _, problems = check(path)
    assert not [p for p in problems if p.severity == "error"]
    assert read(path).find(Programmes, row.id).note == '=HYPERLINK("x")'
    sheet = openpyxl.load_workbook(path)["Programmes"]
    assert at(sheet, "Note").data_type == "s"


def test_79_every_cell_says_whether_it_is_given_a_default_or_changed(opened: Open, starter: Path) -> None:
    page = opened("Data")
    page.selectbox(key="sheet").set_value("Programmes").run()
    row = read(starter).of(Programmes)[0]
    page.session_state["extra"] = (f"Programmes!{row.id}.Unit cost=999",)
    page.run()
    frame = page.main.dataframe[0].value
    texts = frame.to_numpy().ravel().tolist()
    assert f"999 \u270e was {row.unit_cost:,.10g}" in texts
    assert "Source" in frame.columns
    assert "Grade" in frame.columns
    said = read_words(page)
    assert "1 cells were changed" in said
    assert "Rows by grade" in said
    page.selectbox(key="sheet").set_value("Sites").run()
    texts = page.main.dataframe[0].value.to_numpy().ravel().tolist()
    assert any(str(t).startswith("(") and str(t).endswith(")") for t in texts)


def test_the_grid_takes_over_what_was_typed_and_tells_what_it_cannot(
    opened: Open, starter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = read(starter).of(Programmes)[0]
    typed = {"edited_rows": {0: {"Unit cost | USD a unit": "77", "At most | units a year": "many", "Note": None}}}
    taken: list[str] = []
    store: dict[str, Any] = {"grid": typed}
    monkeypatch.setattr(edits.st, "session_state", _Store(store))
    monkeypatch.setattr(edits, "present", lambda: read(starter))
    monkeypatch.setattr(edits, "take", lambda change: taken.append(change) or ("no" if "many" in change else ""))
    edits.edited("Programmes", "grid")
    assert taken == [f"Programmes!{row.id}.Unit cost=77", f"Programmes!{row.id}.At most=many"]
    assert store["edit_refused"] == ["no"]
    assert store["edit_version"] == 1


class _Store(dict[str, Any]):
    """Session state for a test: names as keys and as attributes, written through."""

    def __init__(self, inner: dict[str, Any]) -> None:
        """Write through to a plain dictionary."""
        super().__init__(inner)
        object.__setattr__(self, "inner", inner)

    def __setattr__(self, name: str, value: Any) -> None:
        """Keep a value."""
        self.inner[name] = value
        self[name] = value
