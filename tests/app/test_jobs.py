"""Work in processes of its own: its end, its failures, its cancelling."""

import time
from pathlib import Path

import pytest

from app import jobs
from app.store import Source, Wish, keep_upload
from planner.plan import Plan, Status


def test_a_worker_makes_a_plan_that_is_proven_and_checked(solved: Plan) -> None:
    assert solved.status is Status.OPTIMAL
    assert solved.verified


def test_changes_that_break_the_workbook_come_back_as_problems(source: Source) -> None:
    job = jobs.solve(source, Wish(sets=("Staff!asylum officer / Border post.On board=many",)))
    job.wait(60)
    assert (job.state, job.answer["kind"]) == ("done", "invalid")
    assert any("On board" in p["found"] or "many" in p["found"] for p in job.answer["problems"])


def test_a_bomb_is_refused_with_its_own_sentence(bomb: bytes) -> None:
    job = jobs.check(keep_upload(bomb))
    job.wait(60)
    assert job.answer["kind"] == "checked"
    assert not job.answer["valid"]
    assert not job.answer["marked"]
    assert job.answer["problems"][0]["mend"]


def test_cancelling_ends_the_process_within_two_seconds(source: Source) -> None:
    job = jobs.solve(source, Wish(sets=("Arrivals!waiting at the border / P1.Arrivals=1234",)))
    while job.state == "waiting":
        time.sleep(0.01)
    begin = time.monotonic()
    job.cancel()
    job.wait(5)
    assert job.state == "cancelled"
    assert time.monotonic() - begin < 2.0
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
