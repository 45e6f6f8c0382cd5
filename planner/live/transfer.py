"""A case that is nearly one that was fitted: another scenario, a few changed cells, a rule more.

What the dials do is taken over by the names of rows and columns, and tried where all dials stand somewhere between, as
when it was fitted. Only where that holds everywhere is it used; otherwise the case is fitted from the beginning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from models.matrix import Integers
from planner.case.problems import InvalidCaseError
from planner.live.fit import DialResponse, LinearResponse, Maker, OneSide, Product, alike, trial_settings
from planner.live.layout import ArrayLayout, Flat, Subject


def transfer(
    response: LinearResponse, old: ArrayLayout, neutral: Mapping[str, float], maker: Maker
) -> tuple[Subject, ArrayLayout, LinearResponse, int] | None:
    """The model at neutral, its layout and what was fitted before, carried over; None where it does not hold.

    Raises InvalidCaseError where the workbook has errors as it stands.
    """
    subject = maker.checked({})
    if response.effects.keys() != neutral.keys() or any(e.neutral != neutral[k] for k, e in response.effects.items()):
        return None
    ends = {(k, up): (e.above if up else e.below).end for k, e in response.effects.items() for up in (False, True)}
    places = trial_settings(neutral, ends)
    try:
        trials = [(settings, maker.quick(settings)) for settings in places]
    except InvalidCaseError:
        return None
    layout = ArrayLayout(subject, [s for _, s in trials])
    home = layout.flat_of(subject)
    moved = places_of(old, layout)
    if home is None:
        return None
    carried = _carried(response, moved, home)
    for settings, found in trials:
        flat = layout.flat_of(found)
        if carried is None or flat is None or not alike(carried.plainly(settings), flat):
            return None
    assert carried is not None
    return subject, layout, carried, 1 + len(trials)


def places_of(old: ArrayLayout, new: ArrayLayout) -> Integers:
    """Where each number of an old layout stands in a new one, -1 where it is gone."""
    columns = np.array([new.pattern.columns.get(key, -1) for key in old.pattern.columns], dtype=np.int32)
    rows = np.array([new.pattern.rows.get(key, -1) for key in old.pattern.rows], dtype=np.int32)
    lines = np.array([new.place_of(line) for line in old.lines], dtype=np.int32)
    old_rows = np.repeat(np.arange(len(old.lines), dtype=np.int32), np.diff(old.line_starts))
    entries = _entries(new.pattern.entry_rows, new.pattern.entry_columns, rows[old.entry_rows],
                       columns[old.entry_columns], new.width)  # fmt: skip
    new_rows = np.repeat(np.arange(len(new.lines), dtype=np.int32), np.diff(new.line_starts))
    read = _entries(new_rows, new.line_columns, lines[old_rows], columns[old.line_columns], new.width)
    one = np.zeros(1, dtype=np.int32)
    parts: list[Integers] = [columns, one, columns, columns, rows, rows, entries, lines, read]
    moved = [np.where(part < 0, -1, part + s.start) for part, s in zip(parts, new.slices, strict=True)]
    return np.concatenate(moved).astype(np.int32)


def _entries(
    rows: Integers, columns: Integers, wanted_rows: Integers, wanted_columns: Integers, width: int
) -> Integers:
    """Place of each wanted entry among entries that are sorted by row and column, -1 where there is none."""
    codes, wanted = rows.astype(np.int64) * width + columns, wanted_rows.astype(np.int64) * width + wanted_columns
    at = np.searchsorted(codes, wanted)
    at[at == len(codes)] = 0
    there = (wanted_rows >= 0) & (wanted_columns >= 0)
    there &= (codes[at] == wanted) if len(codes) else False
    return np.where(there, at, -1).astype(np.int32)


def _carried(response: LinearResponse, moved: Integers, home: Flat) -> LinearResponse | None:
    """What was fitted, on the new places; None where a number that moves is gone."""

    def side(one: OneSide) -> OneSide:
        return replace(one, used=moved[one.used])

    effects: dict[str, DialResponse] = {}
    for key, effect in response.effects.items():
        effects[key] = replace(effect, below=side(effect.below), above=side(effect.above))
    products = {pair: Product(moved[p.used], p.factor) for pair, p in response.products.items()}
    used = [s.used for e in effects.values() for s in (e.below, e.above)] + [p.used for p in products.values()]
    if any((places < 0).any() for places in used):
        return None
    return LinearResponse(home, effects, products, response.entangled)
