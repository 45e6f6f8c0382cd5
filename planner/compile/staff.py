"""Sheets Staff, Deployments and Teams: who can do the work, where."""

from __future__ import annotations

import math

from models.network import Activity, Capacity, Link, Rule, Stock, Term
from models.profiles import after, lasting, stay
from planner.case import Case
from planner.case.problems import InvalidCaseError, Problem
from planner.compile.draft import Draft
from planner.sheets.reforms import Effects
from planner.sheets.staff import Deployments, Staff, Teams

STAFF_DAYS = 100.0
"""Scale of staff capacities and of what is counted in FTE-days."""


def staff_key(cadre: str, station: str) -> str:
    """Key of a row on sheet Staff."""
    return f"{cadre} / {station}"


def loss_rate(attrition: float) -> float:
    r"""Attrition rate :math:`\alpha = -\ln(1 - attrition)` per year from the share that leaves in a year."""
    return -math.log1p(-attrition) if attrition else 0.0


def compile_staff(draft: Draft) -> None:
    """Make each row of sheet Staff a capacity, a headcount and, where hiring is allowed, a hire activity."""
    for row in draft.case.of(Staff):
        draft.capacity(
            Capacity(
                id=f"staff:{row.id}",
                unit="FTE",
                opening=row.on_board,
                loss=loss_rate(row.attrition),
                use_ceiling=row.working_share,
                tags=_staff_tags(draft, row, "staff"),
                origin=row.origin("on_board"),
            )
        )
        draft.stock(
            Stock(
                id=f"headcount:{row.id}",
                unit="FTE",
                opening=row.on_board,
                loss=loss_rate(row.attrition),
                upper=() if row.ceiling is None else ((0.0, row.ceiling),),
                holding_cost=row.salary / 365.0,
                tags=_staff_tags(draft, row, "headcount"),
                origin=row.origin("salary" if row.ceiling is None else "ceiling"),
            )
        )
        if row.hiring_limit != 0.0:
            _compile_hiring(draft, row)


def _compile_hiring(draft: Draft, row: Staff) -> None:
    """Hires: heads after the hiring lag, work after training and ramp, trainers' time on the first day in post."""
    hire, origin = f"hire:{row.id}", row.origin("hiring_limit")
    draft.activity(
        Activity(
            id=hire,
            unit="hires",
            upper=() if row.hiring_limit is None else ((0.0, row.hiring_limit),),
            cost=row.hiring_cost,
            integer_unit=1.0 if row.whole_people else None,
            tags=_staff_tags(draft, row, "hire"),
            origin=origin,
        )
    )
    working = lasting(row.hiring_lag + row.training, row.ramp, loss_rate(row.attrition))
    draft.links.append(Link(hire, f"staff:{row.id}", "provide", 1.0, working, origin=origin))
    draft.links.append(Link(hire, f"headcount:{row.id}", "make", 1.0, after(row.hiring_lag), origin=origin))
    if row.trainer_days:
        trainers = Link(hire, f"staff:{row.id}", "occupy", row.trainer_days, after(row.hiring_lag),
                        origin=row.origin("trainer_days"))  # fmt: skip
        draft.links.append(trainers)


def _staff_tags(draft: Draft, row: Staff, kind: str) -> dict[str, str]:
    """Tags of everything that a Staff row makes."""
    return {
        "kind": kind, "sheet": row.SHEET, "row": row.id, "cadre": row.cadre, "station": row.station,
        "place": row.station, "country": draft.country(row.station), "actor": row.actor, "purpose": row.purpose,
    }  # fmt: skip


def compile_deployments(draft: Draft) -> None:
    """Make each row of sheet Deployments a deploy activity with its limit and, where asked for, training.

    To be called after :func:`compile_staff`. A receiver without a row on sheet Staff gets a capacity of its own that
    only deployments fill. A reform in Needs permits both lending and the training for it. Raises InvalidCaseError
    where a reform gates a lending for which no largest staff is declared.
    """
    problems: list[Problem] = []
    for row in draft.case.of(Deployments):
        enabled: tuple[str, ...] = ()
        most: float | None = None
        if row.needs:
            enabled = (draft.switch_of(row.needs),)
            most = most_staff(draft.case, staff_key(row.cadre, row.from_station))
            if most is None:
                problems.append(_unlimited(row))
                continue
        _compile_deploy(draft, row, enabled, most)
        if row.training_days:
            _compile_training(draft, row, enabled, most)
    if problems:
        raise InvalidCaseError(problems)


def _compile_deploy(draft: Draft, row: Deployments, enabled: tuple[str, ...], most: float | None) -> None:
    """FTE-days lent: occupied here, provided there, at most a share of what the sender has in each period."""
    deploy, origin = f"deploy:{row.id}", row.origin("share_at_most")
    sender = f"staff:{staff_key(row.cadre, row.from_station)}"
    draft.activity(
        Activity(
            id=deploy,
            unit="FTE-days",
            upper=() if most is None else ((0.0, row.share_at_most * most * 365.0),),
            cost=row.per_diem,
            enabled_by=enabled,
            scale=STAFF_DAYS,
            tags=_deployment_tags(draft, row, "deploy"),
            origin=origin,
        )
    )
    draft.links.append(Link(deploy, sender, "occupy", _working_share(draft, row), origin=origin))
    draft.links.append(Link(deploy, _receiver(draft, row), "provide", 1.0 - row.loss, origin=row.origin("loss")))
    draft.rules.append(
        Rule(
            id=deploy,
            terms=(Term("level", deploy), Term("available", sender, -row.share_at_most)),
            compared=(Term("available", sender),),
            share=row.share_at_most,
            sense="<=",
            scope="period",
            scale=STAFF_DAYS,
            tags={"kind": "deploy", "sheet": row.SHEET, "row": row.id},
            origin=origin,
        )
    )


def _receiver(draft: Draft, row: Deployments) -> str:
    """Capacity that is helped, made here if it has no staff of its own."""
    key = staff_key(row.to_cadre or row.cadre, row.to_station)
    capacity = f"staff:{key}"
    if capacity not in draft.capacities:
        tags = {**_deployment_tags(draft, row, "staff"), "cadre": row.to_cadre or row.cadre, "station": row.to_station}
        draft.capacity(
            Capacity(
                capacity, "FTE", use_ceiling=_working_share(draft, row), tags=tags, origin=row.origin("to_station")
            )
        )
    return capacity


def _working_share(draft: Draft, row: Deployments) -> float:
    """Share of the lenders' paid time that goes into work; the rest stays with them wherever they are."""
    sender = draft.case.find(Staff, staff_key(row.cadre, row.from_station))
    return sender.working_share if sender is not None else 1.0


def _compile_training(draft: Draft, row: Deployments, enabled: tuple[str, ...], most: float | None) -> None:
    """People trained: away from the sender's work meanwhile, then a place of the trained capacity while they stay."""
    train, trained, origin = f"train:{row.id}", f"trained:{row.id}", row.origin("training_days")
    key = staff_key(row.cadre, row.from_station)
    sender = draft.case.find(Staff, key)
    loss = loss_rate(sender.attrition) if sender is not None else 0.0
    draft.capacity(Capacity(trained, "FTE", tags=_deployment_tags(draft, row, "trained"), origin=origin))
    draft.activity(
        Activity(
            id=train,
            unit="people",
            upper=() if most is None else ((0.0, most * 365.0 / row.training_days),),
            enabled_by=enabled,
            tags=_deployment_tags(draft, row, "train"),
            origin=origin,
        )
    )
    draft.links.append(Link(train, f"staff:{key}", "occupy", 1.0, stay(row.training_days), origin=origin))
    draft.links.append(Link(train, trained, "provide", 1.0, lasting(row.training_days, 0.0, loss), origin=origin))
    draft.links.append(Link(f"deploy:{row.id}", trained, "occupy", 1.0, origin=origin))


def _deployment_tags(draft: Draft, row: Deployments, kind: str) -> dict[str, str]:
    """Tags of everything that a Deployments row makes."""
    return {
        "kind": kind, "sheet": row.SHEET, "row": row.id, "cadre": row.cadre, "station": row.from_station,
        "place": row.to_station, "country": draft.country(row.to_station), "purpose": row.purpose,
        "actor": "government",
    }  # fmt: skip


def most_staff(case: Case, key: str, seen: frozenset[str] = frozenset()) -> float | None:
    """Most FTE that a cadre at a station can ever have, from declared limits; None where nothing limits it.

    On board plus hires over the plan, at most the ceiling, plus what reforms add and what others may lend.
    """
    row = case.find(Staff, key)
    most = 0.0
    if row is not None:
        hired = None if row.hiring_limit is None else row.on_board + row.hiring_limit * case.horizon / 365.0
        limits = [limit for limit in (hired, row.ceiling) if limit is not None]
        if not limits:
            return None
        most = max(row.on_board, min(limits))
    most += sum(e.amount for e in case.of(Effects) if e.effect == "adds capacity" and e.target == key)
    for lent in case.of(Deployments):
        sender = staff_key(lent.cadre, lent.from_station)
        if staff_key(lent.to_cadre or lent.cadre, lent.to_station) != key or sender in seen | {key}:
            continue
        other = most_staff(case, sender, seen | {key})
        if other is None:
            return None
        most += lent.share_at_most * other
    return most


def _unlimited(row: Deployments) -> Problem:
    """Make the finding that a gated deployment has no declared largest size."""
    sender = staff_key(row.cadre, row.from_station)
    return Problem(
        check="unlimited-deployment",
        severity="error",
        address=row.at("needs"),
        found=f"Lending waits for '{row.needs}', but nothing limits how many '{sender}' there can be.",
        mend="Give the sender Authorised posts or a Hiring limit on sheet Staff.",
        label=row.id,
    )


def occupy_staff(
    draft: Draft, activity_id: str, cadre: str, station: str, cases_per_year: float | None, origin: str
) -> None:
    """Let each unit of an activity take 365 / `cases_per_year` FTE-days of a cadre, and the time of its support.

    Support comes from sheet Teams at the same station, supports of supports too; a row that names the station stands
    in for a row that names none. Without a cadre or an output nothing is occupied.
    """
    if not cadre or cases_per_year is None:
        return
    days = 365.0 / cases_per_year
    draft.links.append(Link(activity_id, f"staff:{staff_key(cadre, station)}", "occupy", days, origin=origin))
    _occupy_support(draft, activity_id, cadre, station, days, (cadre,))


def _occupy_support(
    draft: Draft, activity_id: str, cadre: str, station: str, days: float, above: tuple[str, ...]
) -> None:
    """Occupy the support of `days` FTE-days of a cadre; `above` are the cadres that led here."""
    for team in _teams(draft.case, cadre, station):
        if team.support in above or not team.ratio:
            continue
        ledger = f"staff:{staff_key(team.support, station)}"
        needed = days * team.ratio
        draft.links.append(Link(activity_id, ledger, "occupy", needed, origin=team.origin("ratio")))
        _occupy_support(draft, activity_id, team.support, station, needed, (*above, team.support))


def _teams(case: Case, cadre: str, station: str) -> tuple[Teams, ...]:
    """Rows of sheet Teams that hold for a cadre at a station, one a support cadre."""
    found: dict[str, Teams] = {}
    for team in case.of(Teams):
        anywhere = not team.station and case.find(Staff, staff_key(team.support, station)) is not None
        if team.cadre != cadre or not (team.station == station or anywhere):
            continue
        if team.station or team.support not in found:
            found[team.support] = team
    return tuple(found.values())
