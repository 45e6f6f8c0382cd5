"""Docstrings as Markdown."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping

_ROLE = re.compile(r":(?:class|func|meth|mod|data|attr|obj):`~?([^`]+)`")
_BLOCK = re.compile(r"^\.\. math:: ?(.*(?:\n[ \t]+\S.*)*)", re.MULTILINE)
_LITERAL = re.compile(r"``([^`\n]+)``")
_STAR = re.compile(r"(?<![*\\])\*(?!\*)")
_CODE = re.compile(r"(?<!:math:)(?<!:display:)`([a-z_0-9]+)`")


def markdown_of(docstring: str | None, names: Mapping[str, str] | None = None) -> str:
    """A docstring as Markdown: formulas stay roles, names of code become code.

    `names` says what people call a field: `match_ratio` becomes **Match ratio**.
    """
    text = inspect.cleandoc(docstring or "")
    text = _BLOCK.sub(lambda m: f"\n:display:`{' '.join(m.group(1).split())}`\n", text)
    text = _ROLE.sub(lambda m: f"`{m.group(1).rsplit('.', 1)[-1]}`", text)
    text = _LITERAL.sub(r"`\1`", text)
    if names:
        text = _CODE.sub(lambda m: f"**{names[m.group(1)]}**" if m.group(1) in names else m.group(), text)
    return text.strip()


def first_sentence(docstring: str | None) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join(markdown_of(docstring).split("\n\n", 1)[0].split())


def plain_stars(text: str) -> str:
    """Text with single stars as they are typed: help texts are no Markdown, and a star in them is a wildcard."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if number % 2 else _STAR.sub(r"\\*", part) for number, part in enumerate(parts))


def cell(text: object) -> str:
    """Text that may stand in a cell of a Markdown table."""
    return " ".join(plain_stars(str(text)).split()).replace("|", "\\|").replace("<", "&lt;")
