"""What all tests share: settled randomness and the packaged workbooks."""

from pathlib import Path

import pytest
from hypothesis import settings

INPUTS = Path(__file__).parent.parent / "inputs"

settings.register_profile("settled", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("settled")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the long campaigns."""
    parser.addoption("--nightly", action="store_true", help="Run the tests marked nightly too.")
    parser.addoption("--campaign", type=int, default=10_000, help="Mutated workbooks of the nightly campaign.")


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
