"""The answer first: how sure it is, the headline outcomes against doing nothing, what held the plan back."""

from __future__ import annotations

import pandas as pd

from planner.case import Case
from planner.ordering import place, steps
from planner.plan import Plan, Status
from planner.plan.frames import table
from planner.results.capacities import staff_use
from planner.results.frames import phases, timed, wide
from planner.results.going_on import last_actuals
from planner.results.lapses import lapses_note
from planner.results.money import account_by_phase, unspent
from planner.results.rule_words import limit_words
from planner.results.slots import NOTHING, stream_bottlenecks
from planner.sheets import Funding, Outcomes, Rules
from planner.wording.figures import figure, finite, share, signed
from planner.wording.lists import in_a_row

HEADLINES = ("protection", "legal pathways", "waiting", "cost", "")
"""Order of the headline table."""
LAST, CONTINUATION, DIFFERENCE = "Last actual, a year", "Continuation", "Difference"
"""Columns of the headline table: the last year that is known, what goes on without the plan, and the plan's difference
to that, or to doing nothing where nothing goes on."""
COMPARED = (LAST, CONTINUATION, "Plan total", DIFFERENCE, "Doing nothing", "Previous plan")
"""Figures of an outcome over the plan, in the order in which they stand."""
NOTHING_MEANS = (
    "Doing nothing, a technical bound, is the same workbook with nothing new decided: staff in post and open sites go "
    "on with the procedures as well as they can; no reform, opening, hire, programme, visa or raw activity goes beyond "
    "what must be; rules and time limits bind nobody, so it may break some of them."
)
"""What plans are compared with (planner.solve.baseline), for people."""
NOTHING_NONE = (
    "Doing nothing is not compared: with nothing new decided, what must be done and paid is more than there is, or no "
    "such state was found in the time."
)
"""What is said where a plan has nothing to be compared with."""
FULL = 0.98
"""Share of its usable time from which staff count as fully used."""


def status_sentence(plan: Plan) -> str:
    """Say in one sentence how the solve ended and how sure the plan is.

    Args:
        plan: A plan.

    Returns:
        The sentence.

    Example:
        >>> from planner.results import status_sentence
        >>> print(status_sentence(plan))
        Proven best: no other plan within these limits scores higher.
    """
    if plan.status is Status.INFEASIBLE:
        return "No plan keeps all limits at once: some hard rules, floors or dates contradict each other."
    if plan.status is Status.UNBOUNDED:
        return (
            "The case has no best plan: something useful costs nothing and has no limit, which is a fault in the data."
        )
    if plan.status is Status.NO_PLAN:
        return "No plan was found in the time given. That does not mean that there is none."
    if plan.status is Status.DISPUTED:
        return "Nothing is proven: runs of the solver disagree. It is the best plan that was found."
    if plan.gap is None or plan.bound is None:
        return "A plan was found; how far it is from the best possible is not known."
    if plan.status is Status.OPTIMAL and plan.gap < 5e-6:
        return "Proven best: no other plan within these limits scores higher."
    if plan.status is Status.OPTIMAL:
        return f"Proven: no other plan within these limits can score more than {share(plan.gap)} higher."
    return f"Found, not proven best: another plan might score up to {share(plan.gap)} higher."


def check_sentence(plan: Plan) -> str:
    """Say whether the plan was recomputed independently."""
    if not plan.found:
        return ""
    if plan.verified is None:
        return "It has not been checked independently yet."
    if plan.verified:
        return "An independent recomputation from the workbook's cells agrees with it."
    return "THE INDEPENDENT RECOMPUTATION DISAGREES WITH IT: do not use this plan."


def outcome_phases(plan: Plan) -> pd.DataFrame:
    """Every outcome by phase: what its terms add up to, as discounted as the outcome; a column a phase."""
    terms = timed(plan, table(plan, "outcome_terms"))
    return wide(terms, "outcome", "phase", "value", phases(plan)).drop(columns="Plan total")


def headline(plan: Plan, case: Case | None = None) -> pd.DataFrame:
    """Outcomes as the Summary shows them, headline ones first.

    Args:
        plan: A plan.
        case: Its case: outcomes are then sorted by their headline and carry their label and the wanted direction.

    Returns:
        One row an outcome, in its unit: last actual, continuation, plan, difference, doing nothing, and by phase.

    Example:
        >>> from planner.results import headline
        >>> list(headline(plan, case)["Outcome"])
        ['safe years', 'legal admissions', 'over the limit', 'years waiting', 'public money']
    """
    found = table(plan, "outcomes")
    rows = {row.outcome: row for row in case.of(Outcomes)} if case else {}
    records, last = [], last_actuals(case) if case else {}
    for position, (name, unit, value) in enumerate(zip(found["outcome"], found["unit"], found["value"], strict=True)):
        row = rows.get(name)
        total, without = finite(value), plan.compared_with.get(name)
        records.append(
            {
                "Headline": row.headline if row else "",
                "Outcome": name,
                "Unit": unit,
                LAST: last.get(name),
                CONTINUATION: plan.continuation.get(name),
                "Plan total": total,
                DIFFERENCE: total - without if total is not None and without is not None else None,
                "Doing nothing": plan.doing_nothing.get(name),
                "Previous plan": plan.previous.get(name),
                "Wanted": row.better if row else "",
                "What it is": (row.label or name) if row else name,
                "_order": (HEADLINES.index(row.headline) if row else len(HEADLINES), position),
            }
        )
    head = pd.DataFrame(records, columns=["Headline", "Outcome", "Unit", *COMPARED, "Wanted", "What it is", "_order"])
    head = head.sort_values("_order").drop(columns="_order")
    numbers = list(COMPARED)
    head[numbers] = head[numbers].astype(float)
    shares = outcome_phases(plan).rename(columns={"outcome": "Outcome"})
    found_phases = [c for c in shares.columns if c != "Outcome"]
    head = head.merge(shares, on="Outcome", how="left").reset_index(drop=True)
    sums = head[found_phases].sum(axis=1)
    adds_up = (sums - head["Plan total"]).abs() <= 1e-6 * head["Plan total"].abs().clip(lower=1.0)
    head.loc[~adds_up, found_phases] = float("nan")  # the worst-off country or a Gini coefficient has no parts
    return head


def against(plan: Plan) -> str:
    """What differences are taken against, in words."""
    return "continuation" if plan.continuation else "doing nothing"


def headline_sentence(plan: Plan, case: Case) -> str:
    """Say the first protection and the first pathway outcome in one sentence."""
    said = []
    frame = headline(plan, case)
    for wanted in ("protection", "legal pathways"):
        rows = frame[frame["Headline"] == wanted]
        if rows.empty:
            continue
        name, unit, total = (
            str(rows.iloc[0]["Outcome"]),
            str(rows.iloc[0]["Unit"]),
            finite(rows.iloc[0]["Plan total"]),
        )
        more = finite(rows.iloc[0][DIFFERENCE])
        change = f" ({signed(more, unit)} against {against(plan)})" if more is not None else ""
        said.append(f"{name}: {figure(total, unit)} {unit}{change}" if total is not None else name)
    return "; ".join(said) + "." if said else ""


def _staff_note(plan: Plan) -> tuple[float, str] | None:
    """Who is fully used, for how much of the plan."""
    use = staff_use(plan)
    use = use[use["usable"] > 0]
    if use.empty:
        return None
    full = use[use["occupied"] >= FULL * use["usable"]]
    if full.empty:
        return None
    days = full.groupby("name")["period_days"].sum().sort_values(ascending=False, kind="stable", key=steps)
    horizon = float(table(plan, "periods")["days"].sum())
    always = [str(name) for name, value in days.items() if float(value) >= 0.5 * horizon]
    if not always:
        return None
    worst = float(days.iloc[0]) / horizon
    sentence = (
        f"Staff: {in_a_row(always, 3)} {'is' if len(always) == 1 else 'are'} fully used for at least half of the plan."
    )
    return 1.0 + worst, sentence


def _stream_note(case: Case, plan: Plan) -> tuple[float, str] | None:
    """What held visa and resettlement streams longest, weighted by days."""
    held = stream_bottlenecks(case, plan)
    if held.empty:
        return None
    days = held.groupby("first")["days"].sum().sort_values(ascending=False, kind="stable", key=steps)
    days = days.drop(index=NOTHING, errors="ignore")
    if days.empty:
        return None
    reason, part = str(days.index[0]), float(days.iloc[0]) / float(held["days"].sum())
    example = str(
        held[held["first"] == reason].sort_values("days", ascending=False, kind="stable", key=steps)["Stream"].iloc[0]
    )
    return 0.8 + part, f"Visas and quotas: most often held by {reason} ({share(part)} of stream-time, as {example})."


def _money_note(case: Case, plan: Plan) -> tuple[float, str] | None:
    """How much money stays unspent and why, or which accounts run dry.

    Accounts that only add to what others pay are told apart: nobody can put their money to another use.
    """
    left = unspent(case, plan)
    if left.empty:
        return None
    matched = left["Account"].isin({row.account for row in case.of(Funding) if row.match_ratio is not None})
    came = float(left.loc[~matched, "Came in"].sum())
    if came <= 0.0:
        return None
    idle = left.assign(sum=left["Lapsed"] + left["Left at the end"])
    unused, beside = float(idle.loc[~matched, "sum"].sum()), float(idle.loc[matched, "sum"].sum())
    if unused > 0.02 * came:
        top = idle[~matched].sort_values("sum", ascending=False, kind="stable", key=steps).iloc[0]
        more = f" USD {figure(beside)} million more would only come beside other money." if beside >= 0.5 else ""
        return 0.5 + unused / came, (
            f"Money was not the limit everywhere: USD {figure(unused)} million ({share(unused / came)}) stays unspent, "
            f"USD {figure(top['sum'])} million of it in {top['Account']} ({top['Why']}).{more}"
        )
    dry = sorted({str(a) for a in account_by_phase(plan).query("Left <= 0.001 and Paid > 0")["Account"]})
    return (
        (1.2, f"Money: {', '.join(dry[:4])} {'is' if len(dry) == 1 else 'are'} spent to the last dollar.")
        if dry
        else None
    )


def _rule_note(case: Case, plan: Plan) -> tuple[float, str] | None:
    """Which limits bind: rows of sheet Rules first, in the order of the sheet, then those of other sheets."""
    rules = table(plan, "rules")
    binding = rules[rules["binding"].astype(bool) & (rules["sense"] != "==")] if len(rules) else rules
    if not len(binding):
        return None
    names = dict.fromkeys(str(r).split(" | ")[0] for r in binding["rule"])
    own = [row.rule for row in case.of(Rules) if row.rule in names]
    words = [*own, *(limit_words(case, n) for n in names if n not in own)]
    verb = "was used to the limit" if len(words) == 1 else "were used to the limit"
    return 0.7 + min(0.3, 0.02 * len(words)), f"Rules: {in_a_row(words, 3, between='; ')} {verb}."


def held_back(case: Case, plan: Plan, most: int = 3) -> list[str]:
    """Say what held the plan back, heaviest first: staff, streams, money, rules; last what the grid leaves unused.

    Args:
        case: A case.
        plan: Its plan.
        most: Most causes of a kind.

    Returns:
        One sentence a kind.

    Example:
        >>> from planner.results import held_back
        >>> len(held_back(case, plan)) > 0
        True
    """
    if not plan.found:
        return []
    notes = (_staff_note(plan), _stream_note(case, plan), _money_note(case, plan), _rule_note(case, plan))
    ranked = sorted((n for n in notes if n is not None), key=lambda n: -place(n[0]))
    lapses = lapses_note(case, plan)
    return [*(sentence for _, sentence in ranked[:most]), *([lapses] if lapses else [])]
