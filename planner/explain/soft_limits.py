"""What planners can change, as groups of bounds with their cell: the candidates of conflicts and of repairs.

Balances, bills and other accounting are never among them. Each soft limit has *relaxations*: directions in which it
can give way, each with how one unit (of the cell's number, or of the measure for shares) moves the model's bounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from models.linear import BY_HAND
from models.network import Rule
from planner.case import Case
from planner.explain.coefficient_limits import SHARES
from planner.explain.limits import SHEET_ROWS, Catalogue, Limit
from planner.explain.right_limits import needs
from planner.explain.solved_case import SolvedCase
from planner.options import Options
from planner.sheets import Effects, Milestones, People, RawLedgers, Reforms, Row, Rules, Staff
from planner.solve import Model
from planner.solver.basis import Shift
from planner.wording.figures import typed, typed_share

if TYPE_CHECKING:
    from models.extension import Extended

Category = Literal["preference", "means", "agreement", "law", "right"]
RANK: dict[str, int] = {"preference": 0, "means": 1, "agreement": 1, "law": 2, "right": 3}
"""Order of giving way: rights last. Means are money, staff, places and paces."""
ORDER = "preferences before means and agreements, these before laws, rights last"


@dataclass(frozen=True)
class Relaxation:
    """One direction in which a soft limit can give way.

    `sign` says whether the number goes up or down, `most` how far it can go, `unit` what `shift` moves. `apply` names
    the cell's sheet, row and field where the amount is simply added to it (times `sign`), and `number` its words where
    the policy's own do not name it.
    """

    sign: float
    shift: Shift
    unit: str
    most: float = np.inf
    scale: float = 1.0
    label: str = ""
    """Which part of the soft limit this is (a scope of its rule, a period), where there are several."""
    apply: tuple[type[Row], str, str] | None = None
    share: str = ""
    number: str = ""


@dataclass(frozen=True)
class Word:
    """A cell that holds a word: what it says, what it says once its policy is given up, and the field's new value."""

    sheet: type[Row]
    row: str
    field: str
    old: str
    new: str
    value: Any


@dataclass(frozen=True)
class SoftLimit:
    """A rule, a limit or a demand that planners can change.

    `about` is the ledger of a means (staff, places, money, numbers, a raw ledger), `phase` the one in which it comes.
    `word` is the cell to change where the policy is given up as a whole and no number stands for it.
    """

    id: str
    words: str
    cell: str
    category: Category
    authority: str = ""
    relaxations: tuple[Relaxation, ...] = ()
    about: str = ""
    phase: str = ""
    word: Word | None = None

    @property
    def rank(self) -> int:
        """Place in the order of giving way."""
        return RANK[self.category]


def empty_case(model: Model, options: Options) -> SolvedCase:
    """A model that has no plan, opened for questions: everything at nothing."""
    return SolvedCase(model, options, np.zeros(len(model.matrix.cost)), 0.0, None)


def soft_limits(model: Model, options: Options) -> list[SoftLimit]:
    """Every soft limit of a case, in a stable order."""
    catalogue = Catalogue(empty_case(model, options))
    makers = (_rules, _limits, _floors, _rights, _needs, _demands, _musts, _milestones)
    found = [p for make in makers for p in make(catalogue)]
    told = model.built.extended
    if told is not None:
        found = [_of_its_cell(p, told) for p in found] + list(_by_hand(catalogue, told))
    return sorted((p for p in found if p.relaxations), key=lambda p: p.id)


def _of_its_cell(soft_limit: SoftLimit, told: Extended) -> SoftLimit:
    """A soft limit without what an analyst set: that no longer gives way with the cell."""
    left = (
        (relaxation, relaxation.shift.without(told.set_rows, told.set_columns)) for relaxation in soft_limit.relaxations
    )
    return replace(
        soft_limit, relaxations=tuple(replace(relaxation, shift=shift) for relaxation, shift in left if not shift.empty)
    )


def _rules(catalogue: Catalogue) -> Iterator[SoftLimit]:
    """Hard rules of sheet Rules, matches, lending, transfers, partners and the quorum: one a row of a sheet."""
    case, frame = catalogue.case, catalogue.frame
    rules: dict[str, Rule] = {r.id: r for r in frame.network.rules}
    groups: dict[tuple[str, str], list[int]] = {}
    for number, row in catalogue.rows["rule"]:
        rule = rules[str(row.key[0])]
        if rule.hard and rule.tags.get("kind") != "site":
            groups.setdefault((rule.tags.get("sheet", ""), rule.tags.get("row", rule.id)), []).append(number)
    for (sheet, name), numbers in groups.items():
        rule = rules[str(frame.rows[numbers[0]].key[0])]
        source = case.find(Rules, name) if sheet == "Rules" else None
        words = {
            "Deployments": f"what may be lent: {name}",
            "Transfers": f"what may be transferred: {name}",
            "Coalition": f"partner '{name}' must be no worse off",
            "Funding": f"the match of account '{name}'",
            "Raw ledgers": f"the match of '{name}'",
            "Settings": "the coalition's quorum",
            "Programmes": f"most in all of '{name}'",
            "Raw activities": f"most in all of '{name}'",
        }.get(sheet, f"rule '{name}'")
        if source is not None:
            words += f" ({source.relation} {_said(source)})"
        means = ("Deployments", "Transfers", "Programmes", "Raw activities")
        category: Category = "means" if sheet in means else rule.category
        yield SoftLimit(
            f"{sheet}: {name}",
            words,
            rule.origin,
            category,
            rule.authority,
            tuple(_rule_relaxations(catalogue, rule, source, numbers)),
        )


def _said(row: Rules) -> str:
    """Number of a rule as people say it."""
    return typed(row.value) if row.relation not in SHARES else typed_share(row.value)


def _rule_relaxations(catalogue: Catalogue, rule: Rule, row: Rules | None, numbers: list[int]) -> Iterator[Relaxation]:
    """An absolute rule gives way by its own number; a share gives way row by row, in units of its measure."""
    frame = catalogue.frame
    absolute = row is not None and row.relation not in SHARES
    unit = "" if row is None else "USD million" if row.measure.startswith("money") else row.measure
    for sign in (1.0, -1.0):
        shifts: dict[str, Shift] = {}
        for number in numbers:
            spec = frame.rows[number]
            scope = (
                ""
                if absolute
                else str(spec.key[1])
                + (str(spec.key[0])[len(rule.id.split(" | ", maxsplit=1)[0]) :] if " | " in str(spec.key[0]) else "")
            )
            days = (
                _days(catalogue, str(spec.key[0]), str(spec.key[1]))
                if absolute and row is not None and row.per_year
                else 365.0
            )
            shift = shifts.setdefault(scope, Shift())
            if sign > 0.0 and np.isfinite(spec.upper):
                shift.row_upper[number] = days / 365.0 / spec.scale
            if sign < 0.0 and np.isfinite(spec.lower):
                shift.row_lower[number] = days / 365.0 / spec.scale
        for scope, shift in shifts.items():
            most = _down_to_nothing(row.value) if absolute and row is not None and sign < 0.0 else np.inf
            apply = (Rules, row.id, "value") if absolute and row is not None else None
            if not shift.empty:
                yield Relaxation(
                    sign,
                    shift,
                    unit,
                    most,
                    max(1.0, abs(row.value) / 10.0) if absolute and row is not None else rule.scale,
                    scope,
                    apply,
                    row.id if row is not None and not absolute else "",
                )


def _days(catalogue: Catalogue, rule: str, label: str) -> float:
    """Days of one scope of a rule."""
    return catalogue.built.rules.days(catalogue.built.rules.rows[rule, label])


def _limits(catalogue: Catalogue) -> Iterator[SoftLimit]:
    """Means: staff and sites from day one, money and numbers by phase, paces, ceilings, growth, political capital."""
    case = catalogue.case
    for limit in catalogue.capacities():
        if limit.period == 0:
            _with_pay(catalogue, limit)
            sheet = catalogue.words.tags[limit.about]
            yield _one(
                limit,
                "means",
                1.0,
                f"the number of {sheet.get('row', '')}"
                if limit.kind == "staff"
                else f"places at {sheet.get('row', '')}"
                if limit.kind == "site"
                else f"'{sheet.get('row')}'",
                _capacity_cell(catalogue, limit),
                about=limit.about if limit.kind in ("staff", "site") else "",
            )
    for limit in catalogue.money():
        yield _one(
            limit,
            "means",
            1.0,
            f"money of {limit.about.partition(':')[2]} in {limit.phase}",
            _cell(case, limit, "Appropriations", "amount"),
            about=limit.about,
        )
    for limit in catalogue.pools():
        words = f"places of {limit.about.partition(':')[2]} in {limit.phase}"
        yield _one(limit, "law", 1.0, words, _cell(case, limit, "Quota by phase", "amount"), about=limit.about)
    for limit in catalogue.raw():
        ledger = limit.about.partition(":")[2]
        if limit.kind == "floor":
            yield _one(
                limit,
                "preference",
                -1.0,
                f"what must be left of '{ledger}'",
                (RawLedgers, ledger, "lower"),
                _down_to_nothing(limit.value),
            )
        else:
            cell = (RawLedgers, ledger, "opening")
            yield _one(limit, "means", 1.0, f"'{ledger}' on day one", cell, about=limit.about)
    for limit in catalogue.capital():
        yield _one(limit, "means", 1.0, "political capital on day one", None)
    for limit in catalogue.ceilings():
        name = limit.about.partition(":")
        field = {"headcount": (Staff, "ceiling"), "people": (People, "at_most"), "raw": (RawLedgers, "upper")}.get(
            name[0]
        )
        yield _one(
            limit, "means", 1.0, f"the most in {name[2]}", None if field is None else (field[0], name[2], field[1])
        )
    for limit in catalogue.growth():
        kind, _, row = limit.about.partition(":")
        found = _one(limit, "means", 1.0, f"how fast '{row}' can grow", (SHEET_ROWS[kind], row, "growth_base"))
        number = f"the starting pace of '{row}'"
        yield replace(found, relaxations=tuple(replace(relaxation, number=number) for relaxation in found.relaxations))


def _down_to_nothing(value: float) -> float:
    """How far a least amount can go down: to nothing; one that is nothing or a debt already, without end."""
    return value if value > 0.0 else float(np.inf)


def _with_pay(catalogue: Catalogue, limit: Limit) -> None:
    """An officer on day one is also a post that is filled and paid."""
    stock = f"headcount:{limit.about.partition(':')[2]}"
    if limit.kind == "staff" and stock in catalogue.built.ledgers.stocks:
        item, step = catalogue.built.ledgers.stocks[stock], catalogue.built.ledgers.steps[stock][0]
        number = catalogue.balance_rows(stock)[0]
        limit.shift.row(number, catalogue.built.ledgers.survival(item, step)[0] / catalogue.frame.rows[number].scale)


def _floors(catalogue: Catalogue) -> Iterator[SoftLimit]:
    """Paces: what may be done at most, what must be done at least."""
    for limit in catalogue.paces():
        floor = bool(limit.shift.column_lower)
        name = limit.about.partition(":")[2]
        words = f"what must be done of '{name}'" if floor else f"what can be done of '{name}'"
        cell = _rate_cell(catalogue.case, limit)
        yield _one(
            limit,
            "preference" if floor else "means",
            -1.0 if floor else 1.0,
            f"{words}: {typed(limit.value)} a year",
            cell,
            _down_to_nothing(limit.value) if floor else np.inf,
        )


def _one(
    limit: Limit,
    category: Category,
    sign: float,
    words: str,
    apply: tuple[type[Row], str, str] | None,
    most: float = np.inf,
    about: str = "",
) -> SoftLimit:
    """A policy of one limit; `about` is the ledger of a means."""
    scale = max(1.0, abs(limit.value) / 10.0)
    return SoftLimit(
        limit.id,
        words,
        limit.cell,
        category,
        "",
        (Relaxation(sign, limit.shift, limit.unit, most, scale, "", apply),) if not limit.shift.empty else (),
        about,
        limit.phase,
    )


def _cell(case: Case, limit: Limit, sheet: str, field: str) -> tuple[type[Row], str, str] | None:
    """Where a number stands, if it is this sheet's."""
    for kind, rows in case.rows.items():
        if sheet == kind.SHEET:
            for row in rows:
                if row.origin(field) == limit.cell:
                    return kind, row.id, field
    return None


def _capacity_cell(catalogue: Catalogue, limit: Limit) -> tuple[type[Row], str, str] | None:
    """Where the size of a capacity stands."""
    for sheet, field in (("Staff", "on_board"), ("Sites", "capacity"), ("Raw ledgers", "opening")):
        found = _cell(catalogue.case, limit, sheet, field)
        if found is not None:
            return found
    return None


def _rate_cell(case: Case, limit: Limit) -> tuple[type[Row], str, str] | None:
    """Where a rate stands."""
    sheet = limit.cell.partition("!")[0]
    for field in ("at_most", "at_least", "demand", "hiring_limit", "value"):
        for kind, rows in case.rows.items():
            if sheet != kind.SHEET:
                continue
            for row in rows:
                if hasattr(row, field) and row.origin(field) == limit.cell:
                    return kind, row.id, field
    return None


def _rights(catalogue: Catalogue) -> Iterator[SoftLimit]:
    """Time limits that are rights: people who may be over them, period by period."""
    groups: dict[str, list[int]] = {}
    for number, row in catalogue.rows["on_time"]:
        limit = catalogue.built.ledgers.stocks[str(row.key[0])].limit
        if limit is not None and limit.hard:
            groups.setdefault(str(row.key[0]), []).append(number)
    for name, numbers in groups.items():
        stock = catalogue.built.ledgers.stocks[name]
        assert stock.limit is not None
        relaxations = tuple(
            Relaxation(
                -1.0,
                Shift(row_lower={n: 1.0 / catalogue.frame.rows[n].scale}),
                "people over the limit",
                np.inf,
                stock.scale,
                catalogue.words.period(int(catalogue.frame.rows[n].key[1])),
            )
            for n in numbers
        )
        words = f"the right of '{stock.tags.get('row')}' to leave within {typed(stock.limit.days)} days"
        word = Word(People, str(stock.tags.get("row")), "limit_is", "right", "target", "target")
        yield SoftLimit(f"{name} time limit", words, stock.limit.origin, "right", "", relaxations, word=word)


def _needs(catalogue: Catalogue) -> Iterator[SoftLimit]:
    """What must go with what."""
    for limit in needs(catalogue):
        yield SoftLimit(
            limit.id,
            f"what must go with it: {limit.id.partition(':')[2]}",
            limit.cell,
            "agreement",
            "",
            (Relaxation(1.0, limit.shift, "units less in each period", np.inf, 100.0),),
        )


def _demands(catalogue: Catalogue) -> Iterator[SoftLimit]:
    """What a reform requires, while it is in force."""
    for number, row in catalogue.rows["demand"]:
        reform, activity = str(row.key[0]).partition(":")[2], str(row.key[1]).partition(":")[2]
        source = next((e for e in catalogue.case.of(Effects) if e.origin("amount") == row.origin), None)
        shift = Shift(row_lower={number: 1.0 / catalogue.frame.rows[number].scale})
        cell = None if source is None else source.id
        yield SoftLimit(
            f"requires {reform} / {activity} / {row.key[2]}",
            f"what reform '{reform}' requires of '{activity}' in {catalogue.words.period(int(row.key[2]))}",
            row.origin,
            "agreement",
            "",
            (Relaxation(-1.0, shift, "units less", np.inf, 100.0, cell or ""),),
        )


def _musts(catalogue: Catalogue) -> Iterator[SoftLimit]:
    """Reforms that must happen."""
    for number, row in catalogue.rows["once"]:
        if row.lower > 0.5:
            name = str(row.key[0]).partition(":")[2]
            source = catalogue.case.find(Reforms, name)
            cell = source.origin("must") if source is not None else row.origin
            shift = Shift(row_lower={number: 1.0 / row.scale})
            relaxations, word = (
                (Relaxation(-1.0, shift, "decision", 1.0),),
                Word(Reforms, name, "must", "yes", "no", value=False),
            )
            yield SoftLimit(f"must {name}", f"'{name}' must happen", cell, "preference", "", relaxations, word=word)


def _milestones(catalogue: Catalogue) -> Iterator[SoftLimit]:
    """Levels that reforms wait for."""
    groups: dict[tuple[str, str], list[int]] = {}
    for number, row in catalogue.rows["milestone"]:
        groups.setdefault((str(row.key[0]).partition(":")[2], str(row.key[1]).partition(":")[2]), []).append(number)
    for (reform, watched), numbers in groups.items():
        source = next((m for m in catalogue.case.of(Milestones) if (m.reform, m.watches) == (reform, watched)), None)
        if source is not None:
            shift = Shift(row_lower={n: 1.0 / catalogue.frame.rows[n].scale for n in numbers})
            yield SoftLimit(
                f"milestone {reform} / {watched}",
                f"'{reform}' waits until {watched} is {typed(source.at_least)}",
                source.origin("at_least"),
                "agreement",
                "",
                (
                    Relaxation(
                        -1.0,
                        shift,
                        "units",
                        source.at_least,
                        max(1.0, source.at_least / 10.0),
                        "",
                        (Milestones, source.id, "at_least"),
                    ),
                ),
            )


def _by_hand(catalogue: Catalogue, told: Extended) -> Iterator[SoftLimit]:
    """What an analyst added to the Pyomo model or set in it, one soft limit each."""
    for kind, side, number, spec in catalogue.specs_by_hand(told):
        relaxations = tuple(
            Relaxation(sign, Shift(**{f"{side}_{bound}": {number: 1.0 / spec.scale}}), "units", np.inf, spec.scale)
            for sign, bound, limit in ((1.0, "upper", spec.upper), (-1.0, "lower", spec.lower))
            if np.isfinite(limit)
        )
        name = spec.origin.partition(": ")[2]
        yield SoftLimit(f"{BY_HAND} {name}", f"{kind} '{name}'", spec.origin, "preference", "", relaxations)
