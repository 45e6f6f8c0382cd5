"""The app with a cache of its own, on the starter."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("streamlit", reason="the app's packages are not installed: pip install '.[app]'")

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from app.session.store import Source, Wish, key_of, load_plan, plan_path, source_of
from app.tasks import jobs
from planner.plan import Plan

ENTRY = Path(__file__).resolve().parents[2] / "app" / "main.py"


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache folder for all tests of the app."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLANNER_CACHE", str(folder))
        patch.setenv("PLANNER_LIBRARY", str(folder / "library.sqlite"))
        yield folder


@pytest.fixture(autouse=True)
def _own_cache(cache: Path, starter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the person who runs the tests is read or written."""
    monkeypatch.setenv("PLANNER_CACHE", str(cache))
    monkeypatch.setenv("PLANNER_LIBRARY", str(cache / "library.sqlite"))
    monkeypatch.setenv("PLANNER_APP_CASE", str(starter))
    monkeypatch.setenv("PLANNER_APP_NAME", "starter")


@pytest.fixture(scope="session")
def source(starter: Path) -> Source:
    """The starter as the app knows it."""
    return source_of(starter, "starter")


@pytest.fixture(scope="session")
def solved(cache: Path, source: Source) -> Plan:
    """The starter's plan, made by a worker and kept."""
    job = jobs.solve(source, Wish())
    job.wait(120)
    assert job.state == "done", job.sentence
    return load_plan(plan_path(key_of(source, Wish())))


@pytest.fixture
def opened(solved: Plan) -> Callable[..., AppTest]:
    """Open a page with the starter's plan shown."""

    def open_page(name: str = "Start", **query: str) -> AppTest:
        at = AppTest.from_file(str(ENTRY), default_timeout=60)
        at.session_state["auto"] = False  # a part of a page drawn anew is all that AppTest would then see of it
        for key, value in query.items():
            at.query_params[key] = value
        at.run()
        if name != "Start":
            # AppTest.switch_page knows only pages that are files; ours are functions with an address
            at._page_hash = calc_hash(name.lower().replace("-", ""))
            at.run()
        return at

    return open_page


def words(at: AppTest) -> str:
    """Everything that is said on the page, without the frame."""
    parts = [*at.main.markdown, *at.title, *at.header, *at.subheader, *at.warning, *at.error, *at.success, *at.info]
    tables = [t.value.reset_index().to_csv(index=False) for t in at.main.table]
    return "\n".join([*(str(p.value) for p in parts), *tables])


def read_words(at: AppTest) -> str:
    """The same as people read it, without the marks that keep a text a text."""
    return re.sub(r"\\(?=[^\w\s])|\u2060", "", words(at))


def asked(at: AppTest, name: str) -> bool:
    """Whether a page has asked a question under this name."""
    return "works" in at.session_state and name in at.session_state["works"]


def press(at: AppTest, button: str, work: str) -> AppTest:
    """Ask a question by its button and wait for the answer.

    What is on the disk already may be shown unasked: its button is then pale or not there.
    """
    if any(one.key == button and not one.disabled for one in at.button):
        at.button(key=button).click().run()
    settle(at, work)
    assert not at.exception
    return at


def settle(at: AppTest, name: str) -> AppTest:
    """Wait for the answer to a question that a page has asked."""
    work = at.session_state["works"][name]
    if work.job is not None:
        work.job.wait(120)
        at.run()
    assert at.session_state["works"][name].answer is not None, work.job.sentence
    return at


def solve(at: AppTest) -> AppTest:
    """Press the button and wait for the plan."""
    at.button(key="solve").click().run()
    return wait_for_plan(at)


def wait_for_plan(at: AppTest) -> AppTest:
    """Wait for the plan that is being made."""
    job = at.session_state["job"]
    if job is not None:
        job.wait(120)
        at.run()
    return at


@pytest.fixture
def bomb() -> bytes:
    """A small file that unpacks to far more than anybody means."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 150_000_000)
    return stream.getvalue()
