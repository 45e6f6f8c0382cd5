"""No output is an input, no two outputs are one file, and every file is written in one way: beside, then renamed."""

from __future__ import annotations

import os
import re
import resource
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from planner.atomic_files import made_atomically, write_atomically
from planner.cli import app
from planner.cli.files import Output, check_outputs
from planner.cli.guard import StopError
from tests.robustness.processes import PLANNER, ROOT, run, spoken

STARTER = ROOT / "inputs" / "starter.xlsx"

VERBS: dict[str, tuple[str, ...]] = {
    "template": ("{xlsx}", "--from", "case.xlsx", "--force"),
    "validate": ("case.xlsx",),
    "solve": ("case.xlsx",),
    "memo": ("case.xlsx",),
    "export": ("case.xlsx", "{model}"),
    "explain": ("case.xlsx",),
    "compare": ("other.xlsx", "case.xlsx", "--set", "Sites!*.Capacity=1"),
    "front": ("case.xlsx", "--outcome", "a", "--outcome", "b"),
    "check": ("case.xlsx", "--golden", "accepted.json"),
    "thaw": ("frozen", "{xlsx}", "--force"),
    "sweep": ("case.xlsx", "--cell", "Sites!*.Capacity", "--from", "50%", "--to", "150%"),
    "packages": ("case.xlsx",),
    "goal": ("case.xlsx", "--least", "money", "--target", "a>=1"),
    "alternatives": ("case.xlsx",),
    "override": ("other.xlsx", "case.xlsx", "--forbid", "Sites!Border post", "--solve"),
    "fairness": ("case.xlsx", "--outcome", "a", "--across", "country"),
    "weigh": ("case.xlsx", "--weight", "a=1"),
    "equity": ("case.xlsx", "--outcome", "a"),
    "futures": ("case.xlsx",),
    "steer": ("case.xlsx", "--free", "a"),
    "uncertain": ("case.xlsx",),
    "reference coverage": ("other.xlsx", "case.xlsx"),
    "library list": ("--library", "kept.sqlite"),
    "library show": ("x", "--library", "kept.sqlite"),
    "library export": ("{zip}", "x", "--library", "kept.sqlite"),
}
"""Every verb that writes a file, with the words that it needs; {xlsx} and the like stand for its output."""

OPTIONS = {"json": "--json", "out": "--out", "annotate": "--annotate", "junit": "--junit", "markdown": "--markdown",
           "workbook": "--workbook"}  # fmt: skip
"""Options that name a file to write, by parameter."""
WRITTEN = {*OPTIONS, "model"}
"""Every parameter of any verb that names a file to write."""
ONLY_READ = {"case", "cases", "plan", "golden", "before", "after", "extend", "file", "sign_in", "sides", "proxy_secret"}
"""Parameters that name files which are only read (an accepted file is written with --update, by its own test)."""


def verbs(command: Any = None, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every verb of the command line."""
    import typer

    command = command or typer.main.get_command(app)
    if hasattr(command, "commands"):
        for word, sub in command.commands.items():
            yield from verbs(sub, f"{name} {word}".strip())
    else:
        yield name, command


def paths(command: Any) -> set[str]:
    """Parameters of a verb that are declared as paths."""
    import typing

    hints = typing.get_type_hints(command.callback)
    return {name for name, hint in hints.items() if Path in (hint, *typing.get_args(hint))}


def test_every_path_of_every_verb_is_known_as_read_or_written() -> None:
    for name, command in verbs():
        for parameter in paths(command) - WRITTEN - ONLY_READ:
            assert (name, parameter) in {("freeze", "folder"), ("thaw", "folder")}, (name, parameter)
        if paths(command) & WRITTEN and name not in ("diff", "textconv"):
            assert name in VERBS, f"{name} writes a file: add it to VERBS"


CASES = [
    (name, option)
    for name, command in verbs()
    for option in sorted(paths(command) & set(OPTIONS))
    if name in VERBS and not (option == "out" and any("{" in word for word in VERBS[name]))
] + [(name, "") for name, words in VERBS.items() if any("{" in word for word in words)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Inputs of every kind, each by other names too."""
    monkeypatch.chdir(tmp_path)
    for name in ("case.xlsx", "other.xlsx"):
        shutil.copy(STARTER, name)
    shutil.copytree(STARTER.with_suffix(""), "frozen")
    shutil.copy(ROOT / "tests" / "golden" / "starter_phases.json", "accepted.json")
    Path("kept.sqlite").write_bytes(b"kept")
    return tmp_path


def link_to(source: str, ending: str, kind: str) -> str:
    """Another name of an input that ends as an output must."""
    name = f"other name{ending}"
    if kind == "symbolic link":
        Path(name).symlink_to(source)
    elif kind == "hard link":
        os.link(source, name)
    return name


@pytest.mark.parametrize("kind", ["symbolic link", "hard link"])
@pytest.mark.parametrize(("verb", "option"), CASES)
def test_no_output_of_any_verb_is_an_input(verb: str, option: str, kind: str, folder: Path) -> None:
    """The input stands under a second name, which the output is given; nothing of it may change."""
    words = VERBS[verb]
    source = "kept.sqlite" if "library" in verb else "frozen/time.csv" if verb == "thaw" else "case.xlsx"
    before = Path(source).read_bytes()
    endings = {"model": ".mps", "xlsx": ".xlsx", "zip": ".zip"}
    if option:
        ending = ".docx" if verb == "memo" else ".xlsx" if option in ("out", "annotate", "workbook") else ".json"
        target: str = link_to(source, ending, kind)
        if verb in ("front", "alternatives", "equity", "futures") and option == "out":
            target = "plans"
            Path(target).mkdir()
            prefix = {"futures": "future_1_x"}.get(verb, f"{verb.removesuffix('s')}_1")
            os.link(source, f"plans/{prefix}.xlsx")
        line = [
            *verb.split(),
            *(w.format(xlsx="new.xlsx", zip="new.zip", model="new.mps") for w in words),
            OPTIONS[option],
            target,
        ]
    else:
        slot = next(w.strip("{}") for w in words if "{" in w)
        target = link_to(source, endings[slot], kind)
        line = [*verb.split(), *(w.replace(f"{{{slot}}}", target) for w in words)]
    result = CliRunner().invoke(app, line)
    assert result.exit_code == 2, result.output
    assert "is read by this command" in result.output, result.output
    assert Path(source).read_bytes() == before


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("solve", "case.xlsx", "--out", "new.xlsx", "--json", "./new.xlsx"), "are the same file"),
        (("solve", "case.xlsx", "--out", "new.xlsx", "--json", "NEW.XLSX"), "are the same file"),
        (("solve", "frozen", "--json", "frozen/time.csv"), "is read by this command"),
        (("sweep", "frozen", "--cell", "a", "--from", "1", "--to", "2", "--out", "frozen/sites_2.csv"), "would become a table"),
        (("front", "case.xlsx", "--outcome", "a", "--outcome", "b", "--out", ".", "--json", "front_1.xlsx"), "are the same file"),
        (("check", "case.xlsx", "--golden", "accepted.json", "--junit", "accepted.json"), "is read by this command"),
        (("check", "case.xlsx", "--golden", "new.json", "--update", "--reason", "r", "--junit", "new.json"), "are the same file"),
        (("library", "export", "a.zip", "--library", "a.zip"), "is read by this command"),
        (("library", "list", "--library", "kept.sqlite", "--json", "kept.sqlite-wal"), "is read by this command"),
        (("solve", "case.xlsx", "--json", "n" * 252 + ".json"), "too long a name"),
    ],
)  # fmt: skip
def test_outputs_that_would_destroy_something_are_refused(words: tuple[str, ...], sentence: str, folder: Path) -> None:
    before = {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2, result.output
    assert sentence in result.output, result.output
    assert {p.name: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == before


def test_an_accepted_file_may_be_updated_in_place(folder: Path) -> None:
    check_outputs((folder / "case.xlsx",), Output(folder / "accepted.json", (".json",)))
    with pytest.raises(StopError):
        check_outputs((folder / "accepted.json",), Output(folder / "accepted.json", (".json",)))


@pytest.mark.parametrize("name", ["n" * 240 + ".json", "é" * 120 + ".json"])
def test_a_long_name_is_written(name: str, folder: Path) -> None:
    write_atomically(folder / name, "{}")
    assert (folder / name).read_text() == "{}"


TORN = {
    "model.mps": ("export", "case.xlsx", "model.mps"),
    "model.lp": ("export", "case.xlsx", "model.lp"),
    "points.csv": ("sweep", "case.xlsx", "--cell", "Sites!Border post.Capacity", "--from", "50%", "--to", "150%", "--out", "points.csv"),
    "coverage.csv": ("reference", "coverage", "case.xlsx", "--out", "coverage.csv"),
}  # fmt: skip


@pytest.mark.parametrize("name", ["model.mps", "model.lp", "points.csv"])
def test_what_does_not_fit_the_disk_is_told_and_not_left_half(name: str, folder: Path) -> None:
    """No file may be longer than 512 bytes; HiGHS writes its models without telling that it could not."""
    (folder / name).write_text("earlier")
    result = run(
        [*PLANNER, *TORN[name]], folder, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))
    )
    assert result.returncode == 2, result.stdout + result.stderr
    spoken(result)
    assert "Written" not in result.stdout
    assert name in result.stderr
    assert (folder / name).read_text() == "earlier"
    assert not [p.name for p in folder.iterdir() if p.name.startswith(".")]


def test_a_model_that_ends_in_the_middle_is_not_renamed(folder: Path) -> None:
    def half() -> None:
        with made_atomically(folder / "model.lp", b"end") as beside:
            beside.write_text("min\n obj: 1 x\nst\n")

    with pytest.raises(OSError, match="No space"):
        half()
    assert not (folder / "model.lp").exists()


WAYS = {"planner/atomic_files.py", "planner/workbook/saving.py"}
RAW = re.compile(
    r"""\.write_text\(|\.write_bytes\(|open\([^)]*["'][wax]b?["']|\.to_csv\((?!\))|mkstemp\(|\bbook\.save\(|writeModel\("""
)
ELSEWHERE = {
    ("planner/manual/examples.py", "write_text"): "files of the manual's examples, in a folder of their own",
    ("planner/manual/examples.py", "book.save"): "the same",
    ("app/tasks/worker.py", "fdopen"): "a pipe",
    ("planner/tradeoffs/worker.py", "fdopen"): "a pipe",
    ("app/tasks/worker.py", "write_text"): "a file of the kernel",
    ("planner/solver/loaded.py", "writeModel"): "into a file that made_beside gives",
}
"""Places that write otherwise, and why."""


def test_every_file_is_written_in_the_one_way() -> None:
    found = []
    for top in ("planner", "models", "app"):
        for path in sorted((ROOT / top).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if name in WAYS:
                continue
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                known = any(where == name and word in line for where, word in ELSEWHERE)
                if RAW.search(line) and not known:
                    found.append(f"{name}:{number}: {line.strip()}")
    assert not found, found
