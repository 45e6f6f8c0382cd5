"""What can be said of a run, declared once: flags, fields of the app, the manual and every check are made from it.

A class of fields made with :func:`option` is a set of options (:class:`planner.options.Options`, or the
:class:`planner.analyses.declare.Question` of an analysis). Its values are what JSON can hold.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Final

from planner.wording.figures import typed

NAMES: Final = {bool: "yes or no", int: "a whole number", float: "a number", str: "a text"}
"""Kinds of values, in words."""


class OptionError(ValueError):
    """An option lies outside its range; the message says which one, and what may stand there."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """What people need to know of one option: its flag, help, unit and range (inclusive), or its choices.

    `kind` is the type of one value; `many` tells that several may be given, at most `most`. `metavar` is what
    stands for the value on the command line, `label` what stands beside it in a form. Options `of_run` say how a search
    is carried out, not what is asked.
    """

    name: str
    flag: str
    help: str
    default: Any
    kind: type
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    many: bool = False
    needed: bool = False
    metavar: str | None = None
    of_run: bool = False
    label: str = ""
    most: int | None = None

    @property
    def sentence(self) -> str:
        """The help with its unit, as a sentence."""
        if self.help.endswith("."):
            return self.help
        return f"{self.help} ({self.unit})." if self.unit else f"{self.help}."

    @property
    def title(self) -> str:
        """What stands beside its field in a form."""
        return self.label or self.name.replace("_", " ").capitalize()

    @property
    def range(self) -> str:
        """What may stand there, in words: '0 to 1', '2 or more', the choices; blank where anything may."""
        if self.choices:
            return ", ".join(self.choices)
        if self.low is not None and self.high is not None:
            return f"{typed(self.low)} to {typed(self.high)}"
        return "" if self.low is None else f"{typed(self.low)} or more"

    def check(self, value: Any) -> None:
        """Refuse a value of another kind, outside the range or not among the choices. Raises OptionError."""
        if self.needed and not value:
            message = f"{self.flag} is missing: {self.sentence}"
            raise OptionError(message)
        if self.many:
            if self.most is not None and len(value) > self.most:
                message = f"{self.flag} may be given {self.most} times at most, not {len(value)} times."
                raise OptionError(message)
            for one in value:
                self._check(one)
        else:
            self._check(value)

    def _check(self, value: Any) -> None:
        """Refuse one value."""
        unit = f" {self.unit}" if self.unit else ""
        fits = isinstance(value, (int, float) if self.kind is float else self.kind)
        if not fits or (isinstance(value, bool) and self.kind is not bool):
            message = f"{self.flag} must be {NAMES[self.kind]}, not '{value}'."
            raise OptionError(message)
        if self.choices and value not in self.choices:
            message = f"{self.flag} must be one of {', '.join(self.choices)}, not '{value}'."
            raise OptionError(message)
        if self.low is not None and not self.low <= value:
            message = f"{self.flag} must be at least {typed(self.low)}{unit}, not {typed(value)}."
            raise OptionError(message)
        if self.high is not None and not value <= self.high:
            message = f"{self.flag} must be at most {typed(self.high)}{unit}, not {typed(value)}."
            raise OptionError(message)


def option(default: Any, help_text: str, flag: str = "", *, each: type | None = None, **more: Any) -> Any:
    """A field of a set of options, with its declaration; `each` is the kind of one value where many may be given."""
    kind = each or type(default)
    return field(
        default=() if each else default,
        metadata={"help": help_text, "flag": flag, "kind": kind, "many": each is not None, **more},
    )


def declarations_of(options: type) -> tuple[Declaration, ...]:
    """Every option of a set in order."""
    return tuple(
        Declaration(
            name=item.name,
            flag=item.metadata["flag"] or "--" + item.name.replace("_", "-"),
            default=item.default,
            **{k: v for k, v in item.metadata.items() if k != "flag"},
        )
        for item in dataclasses.fields(options)
    )


def declaration_of(options: type, name: str) -> Declaration:
    """The option of this name; KeyError if there is none."""
    for declared in declarations_of(options):
        if declared.name == name:
            return declared
    raise KeyError(name)


def check_all(options: Any) -> None:
    """Refuse values of a set of options outside their ranges. Raises OptionError."""
    for declared in declarations_of(type(options)):
        declared.check(getattr(options, declared.name))


def figure_of(text: str, what: str, form: str) -> float:
    """A number with '%' and signs for thousands in a text; `what` names the option, `form` says how it is written.

    Raises:
        OptionError: it is no number, or may be two ('1.500').
    """
    from planner.cells.meanings import number_of, two_readings  # noqa: PLC0415 - help and wrong usage answer at once

    try:
        return number_of(text)
    except ValueError as error:
        message = f"{what}: {error}" if two_readings(text) else f"{what}: {error} Write it as {form}."
        raise OptionError(message) from error
