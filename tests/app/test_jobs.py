"""Work in processes of its own: its end, its failures, its cancelling."""

import hashlib
import pickle
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.session import coarse
from app.session.store import Source, Wish, folder, keep_upload
from app.shell import opening
from app.tasks import file_tasks, jobs, workbooks
from planner.case.problems import InvalidCaseError
from planner.plan import Plan, Status
from planner.workbook import guard, opened, reader


def test_a_worker_makes_a_plan_that_is_proven_and_checked(solved: Plan) -> None:
    assert solved.status is Status.OPTIMAL
    assert solved.verified


def test_changes_that_break_the_workbook_come_back_as_problems(source: Source) -> None:
    job = jobs.solve(source, Wish(sets=("Staff!asylum officer / Border post.In post=many",)))
    job.wait(60)
    assert (job.state, job.answer["kind"]) == ("done", "invalid")
    assert any("In post" in p["found"] or "many" in p["found"] for p in job.answer["problems"])


def test_68_a_bomb_is_refused_with_its_own_sentence_and_the_server_does_not_look_at_it(
    bomb: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looks(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(guard, "findings", looks)
    monkeypatch.setattr(opened, "guard", looks)
    monkeypatch.setattr(reader, "Opened", looks)
    job = jobs.check(keep_upload(bomb, "ana"))
    job.wait(60)
    assert job.answer["kind"] == "checked"
    assert not job.answer["valid"]
    assert not job.answer["marked"]
    assert job.answer["problems"][0]["mend"]


def test_cancelling_ends_the_process_long_before_its_search(source: Source) -> None:
    job = jobs.solve(source, Wish(sets=("Arrivals!waiting at the border / P1.Arrivals=1234",)))
    while job.state == "waiting":
        time.sleep(0.01)
    job.cancel()
    job.wait(30)
    assert job.state == "cancelled"
    assert job.ended is not None


def test_work_that_takes_too_long_is_stopped(starter: Path, tmp_path: Path) -> None:
    job = jobs.Job({"do": "check", "path": str(starter), "out": str(tmp_path / "marked.xlsx")}, time_limit=0.05)
    job.wait(30)
    assert job.state == "failed"
    assert "longer than" in job.sentence


def test_a_fault_is_a_sentence(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    job = jobs.Job({"do": "solve", "path": str(tmp_path), "scenario": "", "sets": [], "out": ""})
    job.wait(60)
    assert job.state == "failed" or job.answer["kind"] == "invalid"
    assert "Traceback" not in job.sentence
    capfd.readouterr()


def test_a_workbook_that_is_brought_is_taken_apart_in_a_process_with_limits(
    starter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looks(*_: object) -> None:
        raise AssertionError

    path = keep_upload(starter.read_bytes(), "ana")
    assert workbooks.brought(path)
    assert not workbooks.brought(starter)
    monkeypatch.setattr(guard, "findings", looks)
    monkeypatch.setattr(reader, "load_bytes", looks)
    case = workbooks.case(path, sets=("Arrivals!waiting at the border / P1.Arrivals=1234",))
    assert case.sha256 == read_case(starter, ("Arrivals!waiting at the border / P1.Arrivals=1234",))
    with pytest.raises(InvalidCaseError, match="no row"):
        workbooks.case(path, sets=("Arrivals!nobody / P1.Arrivals=1",))
    with pytest.raises(InvalidCaseError):
        workbooks.case(keep_upload(b"no workbook at all", "ana"))


def read_case(path: Path, sets: tuple[str, ...]) -> str:
    """The hash of a case, read in a process of its own."""
    code = f"from planner.workbook import read; print(read({str(path)!r}, sets={sets!r}).sha256)"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_tables_that_were_changed_on_the_disk_run_no_code(starter: Path) -> None:
    path = keep_upload(starter.read_bytes(), "bea")
    workbooks.case(path)
    (kept,) = folder("raw").glob(f"{path.stem}-*")
    kept.write_bytes(pickle.dumps(subprocess.Popen))
    assert workbooks.case(path).sha256 == hashlib.sha256(starter.read_bytes()).hexdigest()  # it was taken apart again


def test_a_workbook_too_large_for_the_app_is_told_before_the_server_has_it(
    starter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_tasks, "MOST_CELLS", 10)
    found = file_tasks.load(starter, tmp_path / "starter.raw")
    assert found["kind"] == "refused"
    assert "filled cells; the app works with up to 10." in found["sentence"]
    assert not (tmp_path / "starter.raw").exists()


class Waiter:
    """A job of a stated person, as far as the line is concerned."""

    def __init__(self, owner: str, result: str = "") -> None:
        self.owner, self.result, self.active, self.shareable = owner, result, True, False
        self.answer: dict[str, str] = {}
        self.tab, self.state, self.gone_since = "", "waiting", None

    def take_over(self, answer: dict[str, str]) -> None:
        self.answer, self.active = dict(answer), False


def served(line: jobs.FairQueue, *waiters: Waiter) -> list[str]:
    """In which order they are served, one after the other."""
    for one in waiters:
        line.join(one)  # type: ignore[arg-type]
    order = []
    for _ in waiters:
        chosen = next(w for w in waiters if line._turn(w))  # type: ignore[arg-type]
        assert line.take(chosen)  # type: ignore[arg-type]
        order.append(chosen.owner)
        line.leave(chosen)  # type: ignore[arg-type]
    return order


def test_ten_questions_of_one_person_hold_nobody_up() -> None:
    line = jobs.FairQueue(1)
    busy = [Waiter("Ana") for _ in range(10)]
    late = [Waiter("Ben"), Waiter("Ada")]
    assert served(line, *busy, *late)[:3] == ["Ana", "Ben", "Ada"]


def test_the_place_in_the_line_is_told_as_it_will_be_kept() -> None:
    line = jobs.FairQueue(1)
    first, *rest = [Waiter("Ana") for _ in range(4)]
    line.join(first)  # type: ignore[arg-type]
    assert line.take(first)  # type: ignore[arg-type]
    for one in rest:
        line.join(one)  # type: ignore[arg-type]
    ben = Waiter("Ben")
    line.join(ben)  # type: ignore[arg-type]
    assert line.ahead(ben) == 0  # type: ignore[arg-type]
    assert [line.ahead(one) for one in rest] == [1, 2, 3]  # type: ignore[arg-type]
    assert line.load() == {"working": 1, "waiting": 4}


def test_a_person_with_work_under_way_gives_way_to_one_without() -> None:
    line = jobs.FairQueue(2)
    ana, ben = [Waiter("Ana"), Waiter("Ana")], Waiter("Ben")
    line.join(ana[0])  # type: ignore[arg-type]
    assert line.take(ana[0])  # type: ignore[arg-type]
    line.join(ana[1])  # type: ignore[arg-type]
    line.join(ben)  # type: ignore[arg-type]
    assert line._turn(ben)  # type: ignore[arg-type]
    assert not line._turn(ana[1])  # type: ignore[arg-type]


def test_no_more_work_than_places() -> None:
    line = jobs.FairQueue(2)
    waiters = [Waiter(name) for name in ("Ana", "Ben", "Ada")]
    for one in waiters:
        line.join(one)  # type: ignore[arg-type]
    for one in waiters[:2]:
        assert line.take(one)  # type: ignore[arg-type]
    assert not line._turn(waiters[2])  # type: ignore[arg-type]
    line.leave(waiters[0])  # type: ignore[arg-type]
    assert line._turn(waiters[2])  # type: ignore[arg-type]


def test_one_person_has_no_more_than_a_share_under_way() -> None:
    line = jobs.FairQueue(1)
    for number in range(jobs.MOST_EACH):
        assert not line.crowded("Ana")
        line.join(Waiter("Ana", str(number)))  # type: ignore[arg-type]
    assert line.crowded("Ana")
    assert not line.crowded("Ben")
    assert not line.crowded("")


def test_a_question_too_many_is_told_and_starts_nothing(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs.FairQueue, "crowded", lambda *_: True)
    job = jobs.solve(source, Wish(sets=("Arrivals!waiting at the border / P1.Arrivals=77",)))
    job.wait(10)
    assert (job.state, job._process) == ("failed", None)
    assert "questions under way already" in job.sentence


def test_work_of_a_closed_tab_ends_soon_where_others_wait_and_later_where_nobody_does() -> None:
    line = jobs.FairQueue(1)
    gone, here = Waiter("Ana", "plan"), Waiter("Ben", "another")
    gone.tab, here.tab = "closed", "open"
    line.join(gone)  # type: ignore[arg-type]
    assert line.take(gone)  # type: ignore[arg-type]
    gone.state = "running"

    def alive(tab: str) -> bool:
        return tab == "open"

    assert line.abandoned(alive, 0.0) == []
    assert line.abandoned(alive, 30.0) == []  # a page that is loaded again finds its search
    line.join(here)  # type: ignore[arg-type]
    assert line.abandoned(lambda _: True, 31.0) == []  # it is back
    assert line.abandoned(alive, 40.0) == []
    assert line.abandoned(alive, 46.0) == [gone]
    here.result = "plan"
    assert line.abandoned(alive, 200.0) == []  # somebody else waits for the same
    here.active = False
    assert line.abandoned(alive, 200.0) == [gone]


def test_what_is_being_worked_out_is_not_worked_out_twice() -> None:
    line = jobs.FairQueue(2)
    first, twin, other = Waiter("Ana", "plan"), Waiter("Ben", "plan"), Waiter("Ben", "another plan")
    for one in (first, twin, other):
        line.join(one)  # type: ignore[arg-type]
    assert line.take(first)  # type: ignore[arg-type]
    assert not line._turn(twin)  # type: ignore[arg-type]
    assert line._turn(other)  # type: ignore[arg-type]
    first.answer, first.shareable = {"kind": "done", "key": "plan"}, True
    line.leave(first)  # type: ignore[arg-type]
    assert twin.answer == first.answer
    assert not line.take(twin)  # type: ignore[arg-type]
    assert other.active


def test_two_people_with_the_same_question_get_one_answer(source: Source) -> None:
    wish = Wish(sets=("Arrivals!waiting at the border / P1.Arrivals=4321",))
    pair = [jobs.solve(source, wish), jobs.solve(source, wish)]
    seen = set()
    while any(job.active for job in pair):
        working = next((job for job in pair if job.state == "running"), None)
        seen |= {job.told is working for job in pair if job.state == "waiting" and working is not None}
        time.sleep(0.01)
    assert True in seen, "who waits sees the news of the other"
    for job in pair:
        job.wait(90)
    assert [job.state for job in pair] == ["done", "done"]
    assert pair[0].answer["key"] == pair[1].answer["key"]
    assert sum(job._process is not None for job in pair) == 1


def test_the_server_looks_ahead_for_the_first_visitor(
    starter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the first page will ask for is begun before anybody asks, once; a broken name is left to the page."""
    monkeypatch.setenv("PLANNER_CACHE", str(tmp_path))
    monkeypatch.setenv(opening.CASE_VARIABLE, str(tmp_path / "missing.xlsx"))
    opening.look_ahead()
    assert jobs.long.load() == {"working": 0, "waiting": 0}
    monkeypatch.setenv(opening.CASE_VARIABLE, str(starter))
    opening.look_ahead()
    mine = jobs.solve(opening.first_source(), Wish())
    mine.wait(90)
    assert mine.state == "done"
    assert mine._process is None, "it was worked out ahead"
    opening.look_ahead()
    assert jobs.long.load() == {"working": 0, "waiting": 0}


def test_looking_ahead_begins_with_the_first_answer_where_the_plan_takes_long(
    starter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Wish] = []
    monkeypatch.setenv("PLANNER_CACHE", str(tmp_path))
    monkeypatch.setenv(opening.CASE_VARIABLE, str(starter))
    monkeypatch.setattr(jobs, "solve", lambda _source, wish: begun.append(wish))
    opening.look_ahead()
    assert begun == [Wish()]
    monkeypatch.setattr(coarse, "SLOW", 0)
    opening.look_ahead()
    assert begun == [Wish(), Wish(grid="phases"), Wish()]


def test_a_job_that_waits_is_cancelled_at_once(source: Source) -> None:
    many = [
        jobs.solve(source, Wish(sets=(f"Arrivals!waiting at the border / P1.Arrivals={2_000 + n}",)))
        for n in range(jobs.AT_ONCE + 2)
    ]
    assert many[-1].ahead >= 1
    for job in many:
        job.discard()
    for job in many:
        job.wait(30)
    assert {job.state for job in many} == {"cancelled"}
    assert jobs.long.load() == {"working": 0, "waiting": 0}


def test_a_look_into_a_file_waits_for_no_search(source: Source, starter: Path, tmp_path: Path) -> None:
    many = [
        jobs.solve(source, Wish(sets=(f"Arrivals!waiting at the border / P1.Arrivals={3_000 + n}",)))
        for n in range(jobs.AT_ONCE + 1)
    ]
    job = jobs.Job({"do": "check", "path": str(starter), "out": str(tmp_path / "marked.xlsx")})
    try:
        assert job.ahead == 0
        job.wait(60)
        assert job.answer["valid"]
        assert many[-1].active or many[-1].state == "done"
    finally:
        for one in many:
            one.discard()


def test_too_little_memory_is_told_in_words(
    starter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("resource", reason="this system cannot limit the memory of a process")
    jobs._cool()
    monkeypatch.setenv("PLANNER_APP_MEMORY", "0.1 0.1")
    job = jobs.Job({"do": "check", "path": str(starter), "out": str(tmp_path / "marked.xlsx")})
    job.wait(60)
    assert job.state == "failed"
    assert "memory" in job.sentence
    capfd.readouterr()
    jobs._cool()


@pytest.mark.parametrize(("signal", "words"), [(9, "too much memory"), (11, "broke off")])
def test_a_worker_that_is_ended_from_outside_is_told_in_words_and_harms_nobody(
    source: Source, starter: Path, tmp_path: Path, signal: int, words: str
) -> None:
    job = jobs.solve(source, Wish(sets=(f"Arrivals!waiting at the border / P1.Arrivals={5_000 + signal}",)))
    while job.state == "waiting" or job._process is None:
        time.sleep(0.01)
    job._process.send_signal(signal)
    job.wait(20)
    assert job.state == "failed"
    assert words in job.sentence
    after = jobs.Job({"do": "check", "path": str(starter), "out": str(tmp_path / "marked.xlsx")})
    after.wait(60)
    assert after.answer["valid"]
