"""What can be wrong with a Pyomo model; no Pyomo is needed to catch it."""

from __future__ import annotations


class UnreadableModelError(ValueError):
    """A model holds what is not linear, or is not finished; the sentence names it."""


class ExtensionError(ValueError):
    """A function that was to extend a case's model cannot be used; the sentence says why, and how to mend it."""
