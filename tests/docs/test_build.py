"""The manual is built with warnings as errors, and needs no network."""

import re
import shutil
from pathlib import Path

import pytest

from tests.docs.conftest import DOCS, ROOT, Build

# <link rel="canonical"> and links that a reader follows may lead elsewhere; whatever a page loads by itself may not.
LOADED = re.compile(r'<(?:script|img|iframe|link|source|object)\b[^>]*\b(?:src|href|data)="((?:https?:)?//[^"]+)"')


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        assert not LOADED.findall(page.read_text(encoding="utf-8")), page
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//", sheet.read_text(encoding="utf-8")), sheet


def test_no_markup_is_left_over(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = re.sub(r"<(code|pre)\b.*?</\1>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.search(r":math:|:display:|\{ #|--8&lt;--|\.\. math::", text), page


def test_formulas_are_mathml(site: Path) -> None:
    text = (site / "reference" / "mathematics.html").read_text(encoding="utf-8")
    assert text.count("<math ") > 50
    assert 'display="block"' in text


def test_examples_of_other_repositories_are_not_pages(site: Path) -> None:
    assert not (site / "examples").exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("(howto/country.md)", "(howto/countries.md)", "howto/countries.md"),
        ("(explanations/gaps.md)", "(explanations/gaps.md#nowhere)", "nowhere"),
    ],
)
def test_a_broken_link_ends_the_build(build: Build, tmp_path: Path, old: str, new: str, said: str) -> None:
    shutil.copytree(DOCS, tmp_path / "docs")
    page = tmp_path / "docs" / "tutorial.md"
    text = page.read_text(encoding="utf-8")
    assert old in text
    page.write_text(text.replace(old, new), encoding="utf-8")
    config = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    config = config.replace("[planner/", f"[{ROOT}/planner/")
    (tmp_path / "mkdocs.yml").write_text(config, encoding="utf-8")
    made = build(tmp_path / "mkdocs.yml", tmp_path / "site")
    assert made.returncode != 0
    assert said in made.stderr


def test_screenshots_are_pictures_and_small() -> None:
    shown = {
        found for page in DOCS.rglob("*.md") for found in re.findall(r"images/(\w+\.png)", page.read_text("utf-8"))
    }
    assert shown == {path.name for path in (DOCS / "images").glob("*.png")}
    for name in shown:
        content = (DOCS / "images" / name).read_bytes()
        assert content.startswith(b"\x89PNG")
        assert 10_000 < len(content) < 200_000, name
