"""Numbers of the command line: one way of reading them for every option that takes a number inside a text."""

from __future__ import annotations

from planner.cli.guard import StopError


def figure_of(text: str, what: str, form: str) -> float:
    """A number with '%' and signs for thousands; `what` names the option, `form` says how it is written.

    Raises:
        StopError: it is no number, or may be two ('1.500').
    """
    from planner.cells.meanings import number_of, two_readings

    try:
        return number_of(text)
    except ValueError as error:
        message = f"{what}: {error}" if two_readings(text) else f"{what}: {error} Write it as {form}."
        raise StopError(message) from error
