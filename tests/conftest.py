"""What all tests share: settled randomness and the packaged workbooks."""

from pathlib import Path

import pytest
from hypothesis import settings

INPUTS = Path(__file__).parent.parent / "inputs"

settings.register_profile("settled", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("settled")


@pytest.fixture(scope="session")
def starter() -> Path:
    """The first-lesson workbook: small enough to be solved in a test."""
    return INPUTS / "starter.xlsx"


@pytest.fixture(scope="session")
def blueprint() -> Path:
    """The regional reference case."""
    return INPUTS / "blueprint.xlsx"
