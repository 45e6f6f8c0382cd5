"""Texts as texts, figures as people write them."""

import pytest

from app.charts.widgets import change, figure, plain


@pytest.mark.parametrize(
    "text", ["[x](javascript:1)", "<img onerror=1>", "**bold**", "# head", ":red[x]", "$x$", "`code`", "a_b_c", "|"]
)
def test_marks_of_markdown_and_html_are_escaped(text: str) -> None:
    shown = plain(text)
    for mark in "[]<>*#$`_|:":
        assert shown.count(mark) == shown.count("\\" + mark)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1234567.0, "1,234,567"), (12.34, "12.3"), (0.0541, "0.054"), (0.0, "0"), (-0.0001, "0"), (None, "–"),
        (float("nan"), "–"), (100.0, "100"), (20.0, "20"),
    ],
)  # fmt: skip
def test_figures(value: float | None, words: str) -> None:
    assert figure(value) == words


@pytest.mark.parametrize(
    ("value", "words"), [(0.0, "no change"), (-0.0001, "no change"), (5.0, "+5"), (-1234.0, "−1,234"), (None, "–")]
)
def test_differences_have_a_sign_or_say_no_change(value: float | None, words: str) -> None:
    assert change(value) == words
