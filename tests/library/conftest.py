"""Every test of the library runs on SQLite and on PostgreSQL, which is started here from Debian's packages."""

import getpass
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy", reason="the library's packages are not installed: pip install '.[team]'")

from planner.library import KeptWorkbook, Library, Retention, open_library
from planner.options import Options
from planner.plan import Plan
from planner.solve import solve
from planner.workbook import read

USER = "postgres"


def _programs() -> Path | None:
    """Folder with PostgreSQL's programs, the newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: -int(p.parts[-3].partition(".")[0]))
    on_path = shutil.which("initdb")
    return found[0].parent if found else Path(on_path).parent if on_path else None


def _as_user(*command: object) -> list[str]:
    """How a program of PostgreSQL, which refuses to be run by root, is run; it ends when the tests end, even by a kill."""
    words = ["setpriv", "--pdeathsig", "QUIT"] if shutil.which("setpriv") else []
    words += [f"--reuid={USER}", f"--regid={USER}", "--clear-groups"] if os.geteuid() == 0 else []
    return [*words, *(str(word) for word in command)]


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A cluster of PostgreSQL in a folder of its own, reached by a socket there and by no port at all."""
    pytest.importorskip("psycopg", reason="psycopg is not installed: pip install '.[team]'")
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (on Debian: apt-get install postgresql)")
    if os.geteuid() == 0 and (shutil.which("setpriv") is None or not _known(USER)):
        pytest.skip("PostgreSQL must not run as root, and there is no other user to run it as")
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # short: a socket's path may have about 100 letters
    data, settings = folder / "data", {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    if os.geteuid() == 0:
        shutil.chown(folder, USER, USER)
    making = ["-D", data, "-A", "trust", "-U", "tests", "-E", "UTF8", "--no-sync", "--locale=C"]
    running = ["-D", data, "-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}", "-c", "fsync=off"]
    try:
        made = subprocess.run(
            _as_user(programs / "initdb", *making), capture_output=True, text=True, env=settings, check=False
        )
        assert made.returncode == 0, made.stderr
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(_as_user(programs / "postgres", *running), stdout=log, stderr=log, env=settings)
        try:
            address = f"postgresql://tests@/postgres?host={folder}"
            _wait(address, server)
            yield address
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait(60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(address: str, server: "subprocess.Popen[bytes]") -> None:
    """Wait until a server answers."""
    import psycopg

    for _ in range(600):
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            assert server.poll() is None, "PostgreSQL did not start"
            time.sleep(0.1)
        else:
            return
    pytest.fail("PostgreSQL did not answer")


def _known(user: str) -> bool:
    """Whether the system knows a user."""
    import pwd

    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True


@pytest.fixture(scope="session")
def emptied(server: str) -> Callable[[], str]:
    """A library in PostgreSQL, made once and emptied before every test."""
    import psycopg

    address = _database(server, "kept")
    open_library(address, Retention()).close()

    def empty() -> str:
        with psycopg.connect(address, autocommit=True) as connection:
            names = connection.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'library_%'").fetchall()
            tables = ", ".join(name for (name,) in names if name != "library_version")
            connection.execute(f"TRUNCATE {tables}")
        return address

    return empty


def _database(server: str, name: str) -> str:
    """Address of a new database."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The place of a library with nothing in it."""
    if request.param == "sqlite":
        return str(tmp_path / "library.sqlite")
    return request.getfixturevalue("emptied")()


@pytest.fixture(params=["sqlite", "postgresql"])
def new_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The place of a library that nobody has ever opened."""
    if request.param == "sqlite":
        yield str(tmp_path / "library.sqlite")
        return
    import psycopg

    server = request.getfixturevalue("server")
    name = f"t{hashlib.sha256(str(tmp_path).encode()).hexdigest()[:12]}"
    yield _database(server, name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def opened(where: str) -> Iterator[Callable[..., Library]]:
    """Open the library, as often as wanted."""
    libraries: list[Library] = []

    def open_one(**retention: int) -> Library:
        libraries.append(open_library(where, Retention(**retention)))
        return libraries[-1]

    yield open_one
    for one in libraries:
        one.close()


@pytest.fixture
def library(opened: Callable[..., Library]) -> Library:
    """A library in its usual settings."""
    return opened()


@pytest.fixture(scope="session")
def book(starter: Path) -> KeptWorkbook:
    """The starter's workbook."""
    return KeptWorkbook(starter.read_bytes(), "starter.xlsx", "starter")


@pytest.fixture(scope="session")
def plan(starter: Path) -> Plan:
    """Its plan."""
    found = solve(read(starter), Options(grid="phases"))
    assert found.found
    return found


@pytest.fixture(scope="session")
def other_plan(plan: Plan) -> Plan:
    """Another plan of the same workbook."""
    return replace(plan, objective=(plan.objective or 0.0) + 1.0)


@pytest.fixture(autouse=True)
def _nothing_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The library of the person who runs the tests is neither read nor written."""
    for name in [n for n in os.environ if n.startswith("PLANNER_LIBRARY")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(getpass, "getuser", lambda: "tester")
