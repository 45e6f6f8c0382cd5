"""What follows from decisions by the balances alone: curves, running, balances, payments, people over soft limits."""

from __future__ import annotations

import math

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import spsolve

from models.matrix import Floats
from planner.explain.solved_case import SolvedCase
from planner.ordering import place


def propagate(solved: SolvedCase, values: Floats) -> None:
    """Recompute all that follows from levels and switches."""
    _fill_curves(solved, values)
    _follow(solved, values)
    _divide(solved, values)
    _balance(solved, values)
    for _ in range(2):  # care costs follow from who is there; accounts from what is paid
        _arrivals(solved, values)
        _pay(solved, values)
        _pay_in_steps(solved, values)
        _balance(solved, values)
    _slacks(solved, values)


def _fill_curves(solved: SolvedCase, values: Floats) -> None:
    """Fill the stretches of every curve in order."""
    frame, acts = solved.built.frame, solved.built.activities
    for activity in frame.network.activities:
        for t in acts.active[activity.id] if activity.curve else ():
            left = acts.level[activity.id, t].value(values)
            for k in range(len(activity.curve)):
                number = frame.column_of["stretch", (activity.id, k, t)]
                column = frame.columns[number]
                last = k == len(activity.curve) - 1
                part = max(0.0, left if last else min(left, column.upper))
                values[number] = part / column.scale
                left -= part
                full = frame.column_of.get(("full", (activity.id, k, t)))
                if full is not None:
                    values[full] = float(part >= column.upper - 1e-9)


def _follow(solved: SolvedCase, values: Floats) -> None:
    """Running follows from levels, the running of sites that may close from the days that they are open."""
    frame, acts = solved.built.frame, solved.built.activities
    for (name, t), form in sorted(acts.running.items()):
        column = next(iter(form.terms))
        values[column] = float(acts.level[name, t].value(values) > 1e-9)
        started = acts.started.get((name, t))
        if started is not None:
            before = acts.running.get((name, t - 1))
            values[next(iter(started.terms))] = max(
                0.0, values[column] - (before.value(values) if before is not None else 0.0)
            )
    for row in frame.rows:
        if row.family == "rule" and str(row.key[0]).startswith("run:") and row.lower == row.upper:
            column = next(c for c in row.form.terms if frame.columns[c].family == "level")
            rest = row.form.value(values) - row.form.terms[column] * values[column]
            values[column] = max(0.0, (row.lower - rest) / row.form.terms[column])


def _balance(solved: SolvedCase, values: Floats) -> None:
    """Solve the balance equations of all stocks for their balances and entries: as many rows as unknowns."""
    frame = solved.built.frame
    rows = [r for r in frame.rows if r.family in ("balance", "entries")]
    unknown = [frame.column_of[r.family, r.key] for r in rows]
    place = {c: k for k, c in enumerate(unknown)}
    entries, right = [], np.zeros(len(rows))
    for i, row in enumerate(rows):
        right[i] = row.lower
        for column, value in row.form.terms.items():
            if column in place:
                entries.append((i, place[column], value / row.scale))
            else:
                right[i] -= value * values[column]
        right[i] /= row.scale
    if rows:
        at, of, amounts = zip(*entries, strict=True)
        books = csr_matrix((amounts, (at, of)), shape=(len(rows), len(rows))).tocsc()
        values[unknown] = np.atleast_1d(spsolve(books, right))


def _arrivals(solved: SolvedCase, values: Floats) -> None:
    """What is left in the pulse of a reform arrives."""
    frame, built = solved.built.frame, solved.built
    for stock in frame.network.stocks:
        if stock.tags.get("kind") != "pulse":
            continue
        arrive = "arrive:" + stock.id.partition(":")[2]
        left_before = 0.0
        for t in frame.grid.periods:
            left = built.ledgers.at_end(stock.id, t).value(values)
            if (arrive, t) in built.activities.level:
                ((column, share),) = built.activities.level[arrive, t].terms.items()
                values[column] = max(0.0, values[column] + (left - left_before) / share)
            left_before = left


def _pay(solved: SolvedCase, values: Floats) -> None:
    """Bills are paid in the shares of the plan; a new bill by the allowed account with the most money left."""
    pay, ledgers = solved.built.payments, solved.built.ledgers
    for bill, pairs in pay.pairs.items():
        for t in solved.built.frame.grid.periods:
            forms = {p.account: pay.payment[p.account, bill, t] for p in pairs if (p.account, bill, t) in pay.payment}
            if not forms:
                continue
            cost = pay.cost(bill, t).value(values)
            paid = {a: f.value(values) for a, f in forms.items()}
            total = math.fsum(paid.values())
            if total <= 1e-9:
                richest = max(sorted(forms), key=lambda a, t=t: place(ledgers.at_end(a, t).value(values)))  # type: ignore[misc]
                paid, total = {a: float(a == richest) for a in forms}, 1.0
            for account, form in forms.items():
                ((column, scale),) = form.terms.items()
                values[column] = max(0.0, cost) * paid[account] / total / scale


def _divide(solved: SolvedCase, values: Floats) -> None:
    """What is done between the edges inside a period follows the level, in the shares of the plan, else by days."""
    built = solved.built
    for (activity, t), parts in built.ledgers.portions.portions.items():
        before = [form.value(values) for _, form in parts]
        shares = before if math.fsum(before) > 1e-9 else [end - begin for (begin, end), _ in parts]
        level = built.activities.level[activity, t].value(values)
        for (_, form), share in zip(parts, shares, strict=True):
            ((column, scale),) = form.terms.items()
            values[column] = level * share / math.fsum(shares) / scale


def _pay_in_steps(solved: SolvedCase, values: Floats) -> None:
    """What an account pays in a period falls on its steps as in the plan, in each no more than falls due in it."""
    pay = solved.built.payments
    for (account, t), steps in pay.open.items():
        if len(steps) < 2:
            continue
        due, billed = pay.total_paid(account, t).value(values), pay.billed[account, t].value(values)
        before = [pay.in_step[account, step.number].value(values) for step, _ in steps]
        shares = before if math.fsum(before) > 1e-9 else [share for _, share in steps]
        most = [share * billed for _, share in steps]
        laid = [min(due * share / math.fsum(shares), limit) for share, limit in zip(shares, most, strict=True)]
        rest, room = due - math.fsum(laid), math.fsum(most) - math.fsum(laid)
        for k, (step, _) in enumerate(steps):
            ((column, scale),) = pay.in_step[account, step.number].terms.items()
            more = rest * (most[k] - laid[k]) / room if rest > 0.0 and room > 0.0 else 0.0
            values[column] = (laid[k] + more) / scale


def _slacks(solved: SolvedCase, values: Floats) -> None:
    """People over soft limits and breaches of soft rules, as far as the balances ask for."""
    frame = solved.built.frame
    for row in frame.rows:
        for column in [c for c in row.form.terms if frame.columns[c].family in ("broken", "over_limit")]:
            if row.family not in ("rule", "on_time"):
                continue
            factor = row.form.terms[column]
            rest = row.form.value(values) - factor * values[column]
            need = (row.lower - rest) / factor if factor > 0.0 else (row.upper - rest) / factor
            values[column] = max(0.0, need if math.isfinite(need) else 0.0)
