"""The console that everything is printed on: names of workbooks, plans and libraries cannot give it orders."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from planner.signs import visible


class SafeConsole(Console):
    """Rich's console; what is drawn shows control signs as marks, colours and the living line stay.

    On a terminal long sentences are wrapped between words; in a file or a pipe each stays on its line.
    """

    def print(self, *objects: Any, soft_wrap: bool | None = None, **options: Any) -> None:
        """Print; lines that shall stay whole do so only where nobody reads them on a screen."""
        super().print(*objects, soft_wrap=False if self.is_terminal else soft_wrap, **options)

    def render_str(self, text: str, **options: Any) -> Text:
        """Take a text over with its marks, so that columns are measured with them."""
        return super().render_str(visible(text), **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Draw, with every text made harmless; only what Rich itself adds controls the terminal."""
        for segment in super().render(renderable, options):
            safe = segment.text if segment.control else visible(segment.text)
            yield segment if safe == segment.text else Segment(safe, segment.style)
