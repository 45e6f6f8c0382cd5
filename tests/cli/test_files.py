"""Files are found or refused in one sentence, before any work is done."""

import json
import os
from pathlib import Path

import pytest

from planner.cli.files import Output, check_outputs, free_name, is_open_elsewhere, locate, write_json
from planner.cli.guard import Code, StopError
from planner.inputs_path import inputs_path


def test_missing_file_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "region.xlsx").write_bytes(b"")
    with pytest.raises(StopError, match=r"There is no file '.*regoin.xlsx'. Did you mean '.*region.xlsx'\?") as caught:
        locate(str(tmp_path / "regoin.xlsx"))
    assert caught.value.code == Code.USAGE


def test_misspelt_packaged_case() -> None:
    with pytest.raises(StopError, match="Did you mean 'blueprint'"):
        locate("bluprint")


def test_folder_is_not_a_workbook(tmp_path: Path) -> None:
    with pytest.raises(StopError, match="is a folder without CSV tables"):
        locate(str(tmp_path))
    (tmp_path / "time.csv").write_bytes(b"")
    assert locate(str(tmp_path)) == tmp_path


def test_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(StopError, match="may not be read"):
        locate(str(path))


def test_a_file_called_like_a_packaged_case_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("starter").write_bytes(b"")
    assert locate("starter") == Path("starter")


@pytest.mark.parametrize("word", ["blueprint", "starter"])
def test_packaged_cases_are_there(word: str) -> None:
    assert locate(word).is_file()
    assert locate(word).name == f"{word}.xlsx"


def test_no_such_packaged_case() -> None:
    with pytest.raises(FileNotFoundError, match="no workbook 'nothing'"):
        inputs_path("nothing")


def test_good_outputs_pass(tmp_path: Path) -> None:
    check_outputs((), Output(None), Output(Path("-")), Output(tmp_path / "a.XLSX", (".xlsx",)))
    check_outputs((), Output(Path(os.devnull)), Output(Path(os.devnull)))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("a.csv", "must end in .xlsx"),
        ("sub/a.xlsx", "there is no folder"),
        ("folder.xlsx", "is a folder"),
        ("case.xlsx", "is read"),
        ("n" * 251 + ".xlsx", "too long a name"),
    ],
)
def test_bad_outputs_are_refused(tmp_path: Path, name: str, sentence: str) -> None:
    (tmp_path / "folder.xlsx").mkdir()
    case = tmp_path / "case.xlsx"
    case.write_bytes(b"")
    with pytest.raises(StopError, match=sentence):
        check_outputs((case,), Output(tmp_path / name, (".xlsx",)))


def test_read_only_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(StopError, match="may not be written"):
        check_outputs((), Output(tmp_path / "a.xlsx"))


def test_free_name_counts_up(tmp_path: Path) -> None:
    (tmp_path / "plan (2).xlsx").write_bytes(b"")
    assert free_name(tmp_path / "plan.xlsx").name == "plan (3).xlsx"


@pytest.mark.parametrize("mark", ["~$plan.xlsx", ".~lock.plan.xlsx#"])
def test_lock_files_are_seen(tmp_path: Path, mark: str) -> None:
    assert not is_open_elsewhere(tmp_path / "plan.xlsx")
    (tmp_path / mark).write_bytes(b"")
    assert is_open_elsewhere(tmp_path / "plan.xlsx")


def test_json_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json({"é": [1.5, None]}, path)
    assert json.loads(path.read_text(encoding="utf-8")) == {"é": [1.5, None]}
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json({"a": float("inf")}, path)
    assert json.loads(path.read_text(encoding="utf-8")) == {"é": [1.5, None]}
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_a_device_is_written_to_and_stays(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_json({"a": 1}, pipe)
    assert json.loads(os.read(reader, 100)) == {"a": 1}
    os.close(reader)
    assert pipe.is_fifo()


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("old", encoding="utf-8")
    link = tmp_path / "link.json"
    link.symlink_to("real.json")
    write_json({}, link)
    assert link.is_symlink()
    assert (tmp_path / "real.json").read_text(encoding="utf-8") == "{}\n"
