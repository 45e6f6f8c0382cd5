"""The verbs of kept plans, as somebody at a terminal uses them."""

import getpass
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import Result

pytest.importorskip("sqlalchemy", reason="the library's packages are not installed: pip install '.[library]'")

from planner.library import Entry, KeptWorkbook, Library, open_library
from planner.options import Options
from planner.plan import Plan
from planner.signs import visible
from planner.solve import solve
from planner.workbook import read

Planner = Callable[..., Result]


@pytest.fixture(scope="module")
def found(starter: Path) -> Plan:
    return solve(read(starter), Options(grid="phases"))


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    for name in [n for n in os.environ if n.startswith("PLANNER_LIBRARY")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PLANNER_LIBRARY", str(tmp_path / "library.sqlite"))
    monkeypatch.setattr(getpass, "getuser", lambda: "Ana")
    monkeypatch.setenv("COLUMNS", "160")
    opened = open_library()
    yield opened
    opened.close()


@pytest.fixture
def entry(library: Library, found: Plan, starter: Path) -> Entry:
    book = KeptWorkbook(starter.read_bytes(), "starter.xlsx", "starter")
    settings = {"grid": "phases", "gap": 0.01, "scenario": "", "sets": ["Appropriations!*.Amount=*1.1"]}
    return library.save("ana", "First plan", found, book, settings, "for the meeting")


def test_an_empty_library_says_where_it_is(planner: Planner, library: Library, tmp_path: Path) -> None:
    result = planner("library", "list")
    assert (result.exit_code, result.stdout) == (0, f"No kept plans in {tmp_path}/library.sqlite.\n")


def test_list_shows_what_the_app_kept(planner: Planner, entry: Entry) -> None:
    result = planner("library", "list")
    assert result.exit_code == 0
    for word in (entry.id, "First plan", "starter.xlsx", "proven best", "ana"):
        assert word in result.stdout
    told = json.loads(planner("library", "list", "--json", "-").stdout)
    assert [(e["id"], e["name"], e["settings"]["grid"]) for e in told["plans"]] == [(entry.id, "First plan", "phases")]
    assert entry.id not in planner("library", "list", "--owner", "bea").stdout
    assert entry.id in planner("library", "list", "--everybody").stdout


def test_show_tells_everything_and_the_command_that_makes_it_again(
    planner: Planner, entry: Entry, tmp_path: Path
) -> None:
    result = planner("library", "show", "First plan", "--json", tmp_path / "one.json")
    assert result.exit_code == 0
    for word in (
        "for the meeting", entry.workbook_sha256, "only its owner sees it", "saved: 'First plan'",
        "planner solve starter.xlsx --grid phases --gap 0.01 --set 'Appropriations!*.Amount=*1.1'",
    ):  # fmt: skip
        assert word in result.stdout
    told = json.loads((tmp_path / "one.json").read_text(encoding="utf-8"))
    assert (told["results"]["status"], told["history"][0]["what"]) == ("optimal within gap", "saved")


def test_export_and_import_move_plans_between_libraries(
    planner: Planner, entry: Entry, tmp_path: Path, starter: Path
) -> None:
    out, other = tmp_path / "plans.zip", tmp_path / "other.sqlite"
    result = planner("library", "export", out, entry.id[:6], "--workbook", tmp_path / "w.xlsx")
    assert (result.exit_code, "(1 plan)" in result.stdout) == (0, True)
    assert (tmp_path / "w.xlsx").read_bytes() == starter.read_bytes()
    result = planner("library", "import", out, "--library", other)
    assert (result.exit_code, result.stdout.startswith("Imported: First plan (")) == (0, True)
    assert planner("library", "import", out, "--library", other).stdout == "Already there: 1\n"
    assert planner("library", "import", out, "--library", other, "--owner", "Bea").exit_code == 0
    told = json.loads(planner("library", "list", "--everybody", "--library", other, "--json", "-").stdout)
    assert sorted(e["owner"] for e in told["plans"]) == ["ana", "bea"]


def test_a_whole_library_is_moved_with_its_owners(
    planner: Planner, entry: Entry, library: Library, tmp_path: Path
) -> None:
    kept = library.get("ana", entry.id)
    library.save("bea", "Hers", kept.plan, kept.book, {})
    out, other = tmp_path / "all.zip", tmp_path / "other.sqlite"
    assert "(2 plans)" in planner("library", "export", out, "--everybody").stdout
    assert planner("library", "import", out, "--library", other, "--keep-owners").exit_code == 0
    told = json.loads(planner("library", "list", "--everybody", "--library", other, "--json", "-").stdout)
    assert sorted((e["owner"], e["name"]) for e in told["plans"]) == [("ana", "First plan"), ("bea", "Hers")]


def test_rename_note_share_delete_restore(planner: Planner, entry: Entry, library: Library) -> None:
    assert planner("library", "rename", "First plan", "Second name").stdout == "First plan is now called Second name.\n"
    assert planner("library", "note", "Second name", "new words").exit_code == 0
    assert "everybody here may see and copy it" in planner("library", "share", "Second name", "read").stdout
    found = library.entry("ana", entry.id)
    assert (found.name, found.note, found.sharing) == ("Second name", "new words", "read")
    assert f"planner library restore {entry.id}" in planner("library", "delete", "Second name").stdout
    assert entry.id in planner("library", "list", "--deleted").stdout
    assert planner("library", "restore", entry.id).stdout == "Second name is back.\n"
    assert planner("library", "restore", entry.id).exit_code == 2
    assert planner("library", "delete", entry.id, "--for-good").stdout == "Second name was erased.\n"
    assert library.listed("ana", deleted=True) == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("show", "nothing"), 2, "There is no plan 'nothing' here"),
        (("import", "nowhere.zip"), 2, "There is no file 'nowhere.zip'"),
        (("import", "{junk}"), 3, "not a file of kept plans that can be imported"),
        (("list", "--library", "mysql://host/db"), 2, "A library is a SQLite file or a database of PostgreSQL"),
        (("list", "--library", "{junk}"), 2, "is not a library of plans"),
        (("list", "--everybody", "--deleted"), 2, "--everybody lists plans that are kept"),
        (("export", "{out}.txt"), 2, "must end in .zip"),
        (("export", "{out}.zip"), 2, "There is nothing to export"),
        (("export", "{out}.zip", "--workbook", "{out}.xlsx"), 2, "name that plan, and no other"),
        (("export", "{out}.zip", "nothing", "--everybody"), 2, "leave the names away"),
        (("rename", "nothing", "x"), 2, "There is no plan 'nothing' here"),
        (("frobnicate",), 2, "No such command"),
        (("share", "x", "everyone"), 2, "nobody"),
    ],
)
def test_what_cannot_be_done_is_told_with_its_exit_code(
    planner: Planner, library: Library, tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    (tmp_path / "junk").write_bytes(b"no library " * 100)
    filled = [w.replace("{junk}", str(tmp_path / "junk")).replace("{out}", str(tmp_path / "out")) for w in words]
    result = planner("library", *filled)
    assert (result.exit_code, said in result.stderr) == (code, True), result.stderr
    assert "Traceback" not in result.stderr


def test_a_wrong_setting_is_told(planner: Planner, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_LIBRARY_DAYS", "soon")
    result = planner("library", "list")
    assert (result.exit_code, "PLANNER_LIBRARY_DAYS is 'soon'" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    "words", [("list",), ("show", "x"), ("export", "{out}.zip"), ("import", "{out}"), ("share", "x", "read")]
)
def test_without_the_packages_it_says_what_to_install(
    planner: Planner, library: Library, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "out").write_bytes(b"")
    for name in [n for n in sys.modules if n.startswith("planner.library")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    result = planner("library", *(w.replace("{out}", str(tmp_path / "out")) for w in words))
    assert (result.exit_code, "pip install 'migration-planner[library]'" in result.stderr) == (2, True)


def test_84_texts_cannot_give_orders_to_a_terminal(planner: Planner, entry: Entry, library: Library) -> None:
    kept = library.get("ana", entry.id)
    library.save("ana", "[red]x[/red]", kept.plan, kept.book, {"sets": ["\x1b]0;title\x07"]})
    result = planner("library", "show", "[red]x[/red]")
    assert "[red]x[/red]" in result.stdout
    assert "\x1b" not in result.stdout
    assert "[red]x[/red]" in planner("library", "list").stdout
    assert visible("a\x1b[31m\tb\n") == "a<U+001B>[31m\tb\n"


def test_help_names_every_verb(planner: Planner) -> None:
    said = planner("library", "--help").stdout
    for verb in ("list", "show", "export", "import", "rename", "note", "share", "delete", "restore"):
        assert f"\n  {verb} " in said
