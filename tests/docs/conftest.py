"""The manual's pages, and the manual as it is built."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("mkdocs", reason="the manual's packages are not installed: pip install '.[docs]'")
pytest.importorskip("latex2mathml", reason="the manual's packages are not installed: pip install '.[docs]'")

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(p for p in DOCS.rglob("*.md") if "examples" not in p.relative_to(DOCS).parts)
Build = Callable[..., subprocess.CompletedProcess[str]]


def name_of(page: Path) -> str:
    """A page by its place in the manual."""
    return page.relative_to(DOCS).with_suffix("").as_posix()


@pytest.fixture(scope="session")
def build() -> Build:
    """Build a manual strictly."""

    def run(config: Path, site: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", config, "--site-dir", site],
            cwd=ROOT, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True, check=False,
            timeout=300,
        )  # fmt: skip

    return run


@pytest.fixture(scope="session")
def site(build: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manual, built."""
    folder = tmp_path_factory.mktemp("manual")
    made = build(ROOT / "mkdocs.yml", folder)
    assert made.returncode == 0, made.stdout + made.stderr
    return folder
