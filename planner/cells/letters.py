"""Columns of a spreadsheet by letter and by number."""

from __future__ import annotations


def column_number(letters: str) -> int:
    """Number of a column from its letters, A is 1; 0 for none."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """Letters of a column from its number, 1 is A."""
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
