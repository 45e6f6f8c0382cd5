r"""LaTeX in `:math:` roles becomes MathML while the manual is built: its pages need no script and no network.

Two forms are known: ``:math:`x_t``` inside a line, and ``:display:`x_t``` on a line of its own.
"""

from __future__ import annotations

import html
import re
from typing import Any

from latex2mathml.converter import convert
from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor

_ROLE = r":(math|display):`([^`]+)`"
_WORD = re.compile(r"(?<![\\A-Za-z])(?:[A-Za-z]{3,}|in(?![A-Za-z]))")
_UPRIGHT = re.compile(r"\\(?:mathrm|mathcal|text|operatorname)\{$")


class FormulaError(ValueError):
    """A formula holds a command that cannot be written as MathML; the message shows it."""


def mathml(latex: str, *, display: bool = False) -> str:
    """MathML of a formula, with the LaTeX itself as its alternative text.

    Raises :class:`FormulaError` where a command is left over that the converter does not know.
    """
    made = str(convert(_words_upright(latex), display="block" if display else "inline"))
    if "\\" in made:
        message = f"This formula cannot be shown, a command in it is not known: {latex}"
        raise FormulaError(message)
    label = html.escape(" ".join(latex.split()), quote=True)
    return made.replace("<math ", f'<math aria-label="{label}" ', 1)


def _words_upright(latex: str) -> str:
    """Set words such as 'lead' upright: they are names, not products of letters."""

    def upright(found: re.Match[str]) -> str:
        return found.group() if _UPRIGHT.search(latex[: found.start()]) else rf"\mathrm{{{found.group()}}}"

    return _WORD.sub(upright, latex)


class _Formula(InlineProcessor):  # type: ignore[misc] # Markdown comes without types
    """Replaces one role by its MathML."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Any, int, int]:  # noqa: N802, ARG002 - Markdown's name
        """Keep the MathML aside, so that no other rule of Markdown touches it."""
        return self.md.htmlStash.store(mathml(m.group(2), display=m.group(1) == "display")), m.start(0), m.end(0)


class FormulaExtension(Extension):  # type: ignore[misc] # the same
    """Adds the two roles to Markdown."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's name
        """Register before backticks are read."""
        md.inlinePatterns.register(_Formula(_ROLE, md), "formula", 195)


def makeExtension(**options: Any) -> FormulaExtension:  # noqa: N802 - the name that Markdown looks for
    """Make the extension."""
    return FormulaExtension(**options)
