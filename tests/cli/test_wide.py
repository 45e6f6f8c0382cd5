"""Wide tables on narrow terminals: every column, every figure whole, the key again in each part."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from planner.cli.wide import tables

HEADS = ["Country", *(f"Outcome {n}, person-years" for n in range(7)), "Proven within"]
ROWS = [[f"Land {k}", *(f"{k * 1234 + n:,}" for n in range(7)), "0.04%"] for k in range(3)]


@pytest.mark.parametrize("width", [40, 60, 80, 120, 300])
def test_every_cell_is_shown_whole_at_any_width(width: int) -> None:
    stream = io.StringIO()
    made = tables(HEADS, ROWS, width)
    Console(file=stream, width=width).print(*made)
    words = stream.getvalue().split()
    for row in ROWS:
        for text in row[1:]:
            assert text in words, (width, text)
    assert words.count("Land") == len(made) * len(ROWS)
    assert max(map(len, stream.getvalue().splitlines())) <= width
    assert "…" not in stream.getvalue()
    assert (len(made) == 1) == (width == 300)


@pytest.mark.parametrize("terminal", [True, False])
def test_sentences_break_between_words_on_a_terminal_and_nowhere_in_a_file(terminal: bool) -> None:
    from planner.cli.terminal import SafeConsole

    stream = io.StringIO()
    sentence = " ".join(f"word{n}-of-a-sentence" for n in range(20))
    SafeConsole(file=stream, width=50, force_terminal=terminal, markup=False).print(sentence, soft_wrap=True)
    lines = [line for line in stream.getvalue().splitlines() if line.strip()]
    assert (len(lines) > 1) == terminal
    assert "".join(stream.getvalue().split()) == sentence.replace(" ", "")
    assert all(word in sentence.split() for line in lines for word in line.split())
