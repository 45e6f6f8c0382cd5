"""Kills, full disks, closed folders, two at once, files that are open elsewhere: never a torn file, never a traceback."""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from planner.golden import read_golden
from planner.results import read_plan
from planner.verify import verify
from planner.workbook import read
from tests.robustness.processes import ENVIRONMENT, PLANNER, command, left_over, run, spoken, whole

STARTER = Path(__file__).parents[2] / "inputs" / "starter.xlsx"
QUICK = ("--grid", "phases")

WRITERS: dict[str, tuple[tuple[str, ...], str]] = {
    "plan": (("solve", "case.xlsx", "--out", "out.xlsx", *QUICK), "out.xlsx"),
    "json": (("solve", "case.xlsx", "--json", "out.json", *QUICK), "out.json"),
    "template": (("template", "out.xlsx", "--force"), "out.xlsx"),
    "completed template": (("template", "out.xlsx", "--from", "case.xlsx", "--force"), "out.xlsx"),
    "marked copy": (("validate", "case.xlsx", "--annotate", "out.xlsx"), "out.xlsx"),
    "golden": (
        ("check", "case.xlsx", "--golden", "out.json", "--update", "--reason", "because", "--tolerance", "outcomes=1%"),
        "out.json",
    ),
    "junit": (("check", "case.xlsx", "--golden", "accepted.json", "--junit", "out.xml"), "out.xml"),
    "thawed": (("thaw", "frozen", "out.xlsx", "--force"), "out.xlsx"),
}
ALWAYS = ("plan", "completed template", "golden", "thawed")
"""Writers that stand for all in the tests that run always; the nightly run takes each."""
KILLS = ("killed while writing", "killed before the flush", "killed before the renaming")

NIGHTLY = pytest.mark.nightly
SOME = [pytest.param(name, marks=[] if name in ALWAYS else NIGHTLY) for name in WRITERS]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a case, a golden file and a frozen case."""
    shutil.copy(STARTER, tmp_path / "case.xlsx")
    shutil.copytree(STARTER.with_suffix(""), tmp_path / "frozen")
    golden = Path(__file__).parents[1] / "golden" / "starter_phases.json"
    shutil.copy(golden, tmp_path / "accepted.json")
    return tmp_path


def earlier(path: Path) -> bytes:
    """Put an earlier file of the same kind where the command writes."""
    if path.suffix == ".xlsx":
        shutil.copy(STARTER, path)
    elif path.name == "out.json":
        shutil.copy(path.parent / "accepted.json", path)
    else:
        path.write_text("earlier\n", encoding="utf-8")
    return path.read_bytes()


@pytest.mark.parametrize(
    ("writer", "fault"),
    [
        pytest.param(
            writer,
            fault,
            marks=[]
            if writer == "plan" or (writer, fault) in (("golden", KILLS[0]), ("thawed", KILLS[2]))
            else NIGHTLY,
        )
        for writer in WRITERS
        for fault in KILLS
    ],
)
def test_a_kill_while_writing_leaves_the_earlier_file(folder: Path, writer: str, fault: str) -> None:
    words, name = WRITERS[writer]
    before = earlier(folder / name)
    result = run(command(fault, *words), folder)
    if writer == "json" and fault == "killed before the flush":
        assert result.returncode in (0, -9)  # JSON is not flushed to the disk before it is renamed
    else:
        assert result.returncode == -9, result.stderr
    whole(folder / name, before)
    if result.returncode == -9:
        assert (folder / name).read_bytes() == before
    assert not left_over(folder, "case.xlsx", "frozen", "accepted.json", name)


def test_a_kill_while_freezing_leaves_no_half_folder(folder: Path) -> None:
    result = run(command("killed before the renaming", "freeze", "case.xlsx", "new"), folder)
    assert result.returncode == -9
    assert not (folder / "new").exists()
    assert run([*PLANNER, "freeze", "case.xlsx", "new"], folder).returncode == 0
    before = {p.name: p.read_bytes() for p in (folder / "new").glob("*.*")}
    result = run(command("killed before the renaming", "freeze", "case.xlsx", "new", "--force"), folder)
    assert result.returncode == -9
    assert {p.name: p.read_bytes() for p in (folder / "new").glob("*.*")} == before


def killed_after(folder: Path, seconds: float) -> None:
    """Kill a solve after some time; whatever stands there is whole, and the next solve writes over it."""
    before = earlier(folder / "out.xlsx")
    line = [*PLANNER, "solve", "case.xlsx", "--out", "out.xlsx", "--json", "out.json", *QUICK]
    process = subprocess.Popen(line, cwd=folder, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    process.kill()
    process.wait(60)
    whole(folder / "out.xlsx", before)
    whole(folder / "out.json", b"")
    assert not left_over(folder, "case.xlsx", "frozen", "accepted.json", "out.xlsx", "out.json")


def test_kills_at_any_moment_leave_whole_files(folder: Path) -> None:
    for seconds in (0.4, 1.2, 1.8):
        killed_after(folder, seconds)
    assert run([*PLANNER, "solve", "case.xlsx", "--out", "out.xlsx", "-q", *QUICK], folder).returncode == 0
    assert read_plan(folder / "out.xlsx").found


@pytest.mark.nightly
def test_two_hundred_kills_leave_whole_files(folder: Path) -> None:
    chance = random.Random(1)
    for _ in range(200):
        killed_after(folder, chance.uniform(0.2, 3.5))


@pytest.mark.parametrize("writer", SOME)
def test_a_full_disk_is_told_and_leaves_the_earlier_file(folder: Path, writer: str) -> None:
    """No file of this process may be longer than a kilobyte: the write itself fails."""
    words, name = WRITERS[writer]
    before = earlier(folder / name)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))

    result = run([*PLANNER, *words], folder, preexec_fn=limit)
    assert result.returncode == 2, result.stderr
    spoken(result)
    assert name in result.stderr or "disk" in result.stderr or "large" in result.stderr, result.stderr
    assert (folder / name).read_bytes() == before
    assert not left_over(folder, "case.xlsx", "frozen", "accepted.json", name)
    assert not [p for p in folder.iterdir() if p.name.endswith(".part")]


@pytest.mark.parametrize("writer", ["plan", pytest.param("golden", marks=NIGHTLY)])
def test_a_disk_that_fills_up_is_called_full(folder: Path, writer: str) -> None:
    words, name = WRITERS[writer]
    before = earlier(folder / name)
    result = run(command("the disk is full", *words), folder)
    assert result.returncode == 2, result.stderr
    spoken(result)
    assert "No space left" in result.stderr or "disk is full" in result.stderr
    assert (folder / name).read_bytes() == before
    assert not [p for p in folder.iterdir() if p.name.endswith(".part")]


def test_a_real_disk_that_is_full(folder: Path) -> None:
    """A file system of 64 KB, where this machine lets us make one."""
    disk = folder / "disk"
    disk.mkdir()
    script = (
        f'mount -t tmpfs -o size=64k tmpfs "{disk}" 2>/dev/null || exit 99; '
        f'head -c 60000 /dev/zero > "{disk}/filling"; '
        f"{' '.join(PLANNER)} solve case.xlsx --out disk/plan.xlsx {' '.join(QUICK)}; "
        f'code=$?; ls -A "{disk}" >&2; exit $code'
    )
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not on this machine")
    result = run(["unshare", "-m", "sh", "-c", script], folder)
    if result.returncode == 99 or "unshare" in result.stderr:
        pytest.skip("this machine lets nobody mount a file system")
    assert result.returncode == 2, result.stderr
    spoken(result)
    assert "No space left" in result.stderr or "disk is full" in result.stderr
    assert result.stderr.splitlines()[-1] == "filling"


def unprivileged() -> list[str]:
    """What to put before a command so that a folder's permissions hold even for root; skips where nothing helps."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root may write everywhere, and setpriv is not on this machine")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


@pytest.mark.parametrize("writer", SOME)
def test_a_folder_that_may_not_be_written_is_told_before_any_work(folder: Path, writer: str) -> None:
    words, name = WRITERS[writer]
    before = earlier(folder / name)
    folder.chmod(0o555)
    try:
        result = run([*unprivileged(), *PLANNER, *words], folder)
    finally:
        folder.chmod(0o755)
    assert result.returncode == 2, result.stdout + result.stderr
    spoken(result)
    assert "may not be" in result.stderr or "permission" in result.stderr, result.stderr
    assert "Searching" not in result.stderr
    assert (folder / name).read_bytes() == before


def test_two_runs_on_the_same_output(folder: Path) -> None:
    """The last one wins; what stands there is one of the two plans, whole, and it keeps every limit."""
    line = [*PLANNER, "solve", "case.xlsx", "--out", "out.xlsx", "-q", *QUICK]
    runs = [subprocess.Popen(line, cwd=folder, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for process in runs:
        _, told = process.communicate(timeout=300)
        assert process.returncode == 0, told
    assert verify(read(folder / "case.xlsx"), read_plan(folder / "out.xlsx")).ok
    assert not [p.name for p in folder.iterdir() if p.name.startswith(".")]


@NIGHTLY
def test_two_updates_of_one_golden_file(folder: Path) -> None:
    line = [*PLANNER, "check", "case.xlsx", "--golden", "accepted.json", "--update", "-q", "--gap", "0.0"]
    runs = [
        subprocess.Popen(
            [*line, "--reason", f"reason {n}", "--tolerance", f"outcomes={n}%"],
            cwd=folder, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True,
        )
        for n in (1, 2)
    ]  # fmt: skip
    for process in runs:
        _, told = process.communicate(timeout=300)
        assert process.returncode == 0, told
    assert read_golden(folder / "accepted.json").history[0].reason.startswith("reason")


@pytest.mark.parametrize("lock", ["~${}", pytest.param(".~lock.{}#", marks=NIGHTLY)])
def test_a_workbook_that_is_open_in_a_spreadsheet(folder: Path, lock: str) -> None:
    """Input and output are open elsewhere: the input is read as it was saved, the plan is written and it says so."""
    (folder / lock.format("case.xlsx")).write_bytes(b"\x05Somebody")
    earlier(folder / "out.xlsx")
    (folder / lock.format("out.xlsx")).write_bytes(b"\x05Somebody")
    result = run([*PLANNER, "solve", "case.xlsx", "--out", "out.xlsx", *QUICK], folder)
    assert result.returncode == 0, result.stderr
    assert "seems to be open in a spreadsheet program" in result.stderr
    assert read_plan(folder / "out.xlsx").found


def test_an_output_that_another_program_holds_gets_another_name(folder: Path) -> None:
    """As on Windows, where an open file cannot be replaced: the first renaming fails, the second may."""
    before = earlier(folder / "out.xlsx")
    fault = command("the file is held", "solve", "case.xlsx", "--out", "out.xlsx", *QUICK)
    fault[2] = fault[2].replace("pathlib.Path.replace = held", HELD_ONCE)
    result = run(fault, folder)
    assert result.returncode == 0, result.stderr
    assert (folder / "out.xlsx").read_bytes() == before
    assert read_plan(folder / "out (2).xlsx").found
    assert "out (2).xlsx" in result.stdout


HELD_ONCE = """
replace = pathlib.Path.replace
pathlib.Path.replace = lambda self, target: (
    held(self, target) if pathlib.Path(target).name == "out.xlsx" else replace(self, target)
)
"""
