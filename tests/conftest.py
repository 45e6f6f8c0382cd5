"""What all tests share: settled randomness and the packaged workbooks."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.shuffled import SEED, SHUFFLE, shuffle_everything

INPUTS = Path(__file__).parent.parent / "inputs"

settings.register_profile("settled", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("settled")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the long campaigns."""
    parser.addoption("--nightly", action="store_true", help="Run the tests marked nightly too.")
    parser.addoption("--campaign", type=int, default=10_000, help="Mutated workbooks of the nightly campaign.")
    parser.addoption(
        "--shuffle", type=int, default=0, help="Hand rows and columns to HiGHS in another order: 1, 2, ..."
    )
    parser.addoption("--solver-seed", type=int, default=0, help="Add this to every seed that HiGHS is given.")


def pytest_configure(config: pytest.Config) -> None:
    """Let every test, and every process that it starts, meet the solver's work in another order."""
    shuffle, seed = config.getoption("--shuffle"), config.getoption("--solver-seed")
    if shuffle or seed:
        shuffle_everything(shuffle, seed)
        os.environ |= {SHUFFLE: str(shuffle), SEED: str(seed)}
        start = str(Path(__file__).parent / "shuffled_start")
        os.environ["PYTHONPATH"] = os.pathsep.join(p for p in (start, os.environ.get("PYTHONPATH", "")) if p)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long campaigns out unless they are asked for."""
    if config.getoption("--nightly"):
        return
    kept = [item for item in items if item.get_closest_marker("nightly") is None]
    if len(kept) < len(items):
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept


@pytest.fixture(scope="session")
def starter() -> Path:
    """The first-lesson workbook: small enough to be solved in a test."""
    return INPUTS / "starter.xlsx"


@pytest.fixture(scope="session")
def blueprint() -> Path:
    """The regional reference case."""
    return INPUTS / "blueprint.xlsx"
