"""Trade-offs: who gets how much of an outcome, what a minimum share costs, and what fairness costs in the total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from app.charts.widgets import AXIS, plain, reading_table, small
from app.shell import forms, navigation, state
from app.tasks import questions
from app.views.send_to_compare import send
from planner.analyses.equity import EQUITY
from planner.case import Case
from planner.plan import Plan
from planner.sheets import Outcomes
from planner.tradeoffs.divisions import ACROSS, NOBODY
from planner.tradeoffs.equity import OutcomeShare, counted, coverage
from planner.wording.figures import count, figure, share

HEADS = 1_000
"""People in need for which coverage is said."""
LINE, NOW = "with a minimum share", "plan on the screen"
NAMES = {"country": "countries", "origin": "countries of origin", "group": "groups"}


def part(shown: state.Shown, case: Case, plan: Plan) -> None:
    """Coverage in the plan on the screen; then what another division would cost."""
    ways = divided(case, plan)
    if not ways:
        st.markdown("No outcome of this workbook of which more is better is divided by country, origin or group.")
        return
    st.markdown(
        "Who gets how much of an outcome for each person in need, and what it would cost in the total to give those "
        "who get least more."
    )
    left, right = st.columns(2)
    shared = EQUITY.option("outcome")
    outcome = left.selectbox(shared.title, list(ways), key="fair_outcome", help=plain(shared.sentence))
    assert outcome is not None
    between = EQUITY.option("across")
    across = right.selectbox(between.title, ways[outcome], key=f"fair_across_{outcome}", format_func=NAMES.__getitem__)
    assert across is not None
    unit = next(row.unit for row in case.of(Outcomes) if row.outcome == outcome)
    shares = coverage(case, plan, outcome, across)
    st.header("In the plan on the screen", anchor=False)
    st.markdown(coverage_sentence(shares, unit, across))
    _coverage_chart(shares, unit)
    _coverage_table(shares, unit)
    _price(shown, case, plan, outcome, across)
    st.header("What each rule costs", anchor=False)
    left, right = st.columns([4, 2], vertical_alignment="center")
    left.markdown("Rules, rights, earmarks and conditions have a price too: what the plan would gain without each.")
    if right.button("See it on Explain", key="fair_rules", width="stretch"):
        navigation.go("Explain", question="What rules cost")


def divided(case: Case, plan: Plan) -> dict[str, list[str]]:
    """Outcomes of which more is better with the ways in which they are divided, the one with most needs first."""
    terms, found = plan.tables["outcome_terms"], {}
    for row in case.of(Outcomes):
        if row.better != "more" or row.kind != "sum":
            continue
        mine = terms[terms["outcome"] == row.outcome]
        ways = []
        for across in ACROSS:
            names = {n for n in mine[across] if isinstance(n, str) and n}
            if len(names) >= 2:
                known = sum(s.need is not None for s in coverage(case, plan, row.outcome, across))
                ways.append((-(known >= 2), ACROSS.index(across), across))
        if ways:
            found[row.outcome] = [across for *_, across in sorted(ways)]
    return found


def coverage_sentence(shares: Sequence[OutcomeShare], unit: str, across: str) -> str:
    """Smallest and largest coverage, with how many times the one is the other."""
    known = [s for s in shares if s.coverage is not None]
    if len(known) >= 2:
        low, high = known[0], known[-1]
        assert low.coverage is not None
        assert high.coverage is not None
        times = f", {figure(high.coverage / low.coverage)} times as much" if low.coverage > 0 else ""
        return (
            f"**{plain(low.name)}** gets least: {figure(HEADS * low.coverage)} {plain(unit)} for each {count(HEADS)} "
            f"people in need. **{plain(high.name)}** gets most: {figure(HEADS * high.coverage)}{times}."
        )
    named = sorted((s for s in shares if s.name != NOBODY), key=lambda s: (s.value, s.name))
    low, high = named[0], named[-1]
    return (
        f"**{plain(low.name)}** gets least: {figure(low.value, unit)} {plain(unit)}. **{plain(high.name)}** gets most: "
        f"{figure(high.value, unit)}. People in need are known for fewer than two of these {NAMES[across]} (sheets "
        "Places "
        "and Groups), so amounts are compared, not amounts for each person in need."
    )


def _per(shares: Sequence[OutcomeShare]) -> bool:
    """Whether amounts for each person in need can be compared."""
    return sum(s.coverage is not None for s in shares) >= 2


def _coverage_chart(shares: Sequence[OutcomeShare], unit: str) -> None:
    """Bars of coverage, least first."""
    per = _per(shares)
    rows = [s for s in shares if s.coverage is not None] if per else [s for s in shares if s.name != NOBODY]
    data = pd.DataFrame(
        {"who": [s.name for s in rows], "value": [HEADS * (s.coverage or 0.0) if per else s.value for s in rows]}
    )
    title = f"{unit} for each {count(HEADS)} people in need" if per else unit
    spec = {
        "mark": {"type": "bar", "color": "#0072B2"},
        "height": {"step": 28},
        "encoding": {
            "y": {"field": "who", "type": "nominal", "sort": None, "title": None, "axis": AXIS},
            "x": {"field": "value", "type": "quantitative", "title": title, "axis": AXIS | {"format": ",.4~r"}},
            "tooltip": [{"field": "who", "title": "Who"}, {"field": "value", "title": title, "format": ",.4~r"}],
        },
    }  # fmt: skip
    alt = f"{title}: from {figure(data['value'].min())} to {figure(data['value'].max())}."
    st.vega_lite_chart(data, spec, width="stretch", key="fair_coverage", alt=alt)


def _coverage_table(shares: Sequence[OutcomeShare], unit: str) -> None:
    """Everybody, with need and coverage."""
    with st.expander(f"All {len(shares)} as a table"):
        reading_table(
            pd.DataFrame(
                {
                    "Who": [s.name for s in shares],
                    unit.capitalize(): [s.value for s in shares],
                    "People in need": pd.Series([s.need for s in shares], dtype=float),
                    f"For each {count(HEADS)} in need": pd.Series(
                        [None if s.coverage is None else HEADS * s.coverage for s in shares], dtype=float
                    ),
                }
            )
        )


def _price(shown: state.Shown, case: Case, plan: Plan, outcome: str, across: str) -> None:
    """What another division would cost."""
    st.header("What fairness would cost", anchor=False)
    wanted = forms.question(EQUITY, outcome=outcome, across=across)
    if wanted is None:
        return
    asked = questions.asks(EQUITY, wanted, shown.source, state.wish_now())
    waiting = (
        f"The greatest total of {plain(outcome)}, whoever gets it, is compared with plans that give the worst-off "
        "as much as possible, and with a minimum share that rises step by step."
    )
    found = questions.on_demand("fair", asked, "Work it out", waiting)
    if found is None or found.answer is None:
        return
    answer = found.answer
    st.markdown(floor_sentence(answer))
    _floor_chart(answer, coverage(case, plan, outcome, across))
    _principles(answer, found.of, plan)
    small(answer["notes"], stopped=not answer["complete"])


def said_share(value: float, answer: Mapping[str, Any]) -> str:
    """Coverage in words: for each thousand in need, or the amount itself."""
    if len(answer["needs"]) >= 2:
        return f"{figure(HEADS * value)} {answer['unit']} for each {count(HEADS)} people in need"
    return f"{figure(value, answer['unit'])} {answer['unit']}"


def floor_sentence(answer: Mapping[str, Any]) -> str:
    """What a rising minimum share does to the total."""
    floors = answer["floors"]
    if not floors:
        return "The search was stopped before minimum shares were looked at."
    first, last = floors[0], floors[-1]
    if len(floors) == 1:
        return (
            f"**Fairness costs nothing here**: the plan with the greatest total gives the worst-off "
            f"{plain(said_share(first['least'], answer))}, and no plan gives them more."
        )
    told = (
        f"With the greatest total ({figure(first['total'], answer['unit'])} {plain(answer['unit'])}) the worst-off get "
        f"{plain(said_share(first['floor'], answer))}. A minimum share of "
        f"**{plain(said_share(last['floor'], answer))}** for everybody, the most that there can be, costs "
        f"**{share(last['costs'])} of the total** ({figure(first['total'] - last['total'], answer['unit'])} "
        f"{plain(answer['unit'])})."
    )
    half = floors[len(floors) // 2]
    return f"{told} Half of that rise costs {share(half['costs'])}: the last part is dearest." if (
        half["costs"] < 0.4 * last["costs"]
    ) else f"{told} Half of that rise costs {share(half['costs'])}."  # fmt: skip


def _floor_chart(answer: Mapping[str, Any], shares: Sequence[OutcomeShare]) -> None:
    """The total as the minimum share rises, with the plan on the screen marked."""
    floors = answer["floors"]
    if len(floors) < 2:
        return
    factor = HEADS if len(answer["needs"]) >= 2 else 1
    unit = answer["unit"]
    known = [s.coverage for s in shares if s.coverage is not None] if factor > 1 else [s.value for s in shares]
    now = {"floor": factor * min(known), "total": sum(s.value for s in shares if s.name != NOBODY)}
    rows = [{"floor": factor * f["floor"], "total": f["total"], "costs": f["costs"], "what": LINE} for f in floors]
    top = floors[0]["total"]
    data = pd.DataFrame([*rows, {**now, "costs": max(0.0, 1.0 - now["total"] / top) if top else 0.0, "what": NOW}])
    title = f"minimum share, {unit}" + (f" for each {count(HEADS)} people in need" if factor > 1 else "")
    kind = {"field": "what", "type": "nominal", "title": None, "legend": {"orient": "top", "symbolSize": 120}}
    spec = {
        "height": 300,
        "layer": [
            {"transform": [{"filter": f"datum.what == '{LINE}'"}], "mark": {"type": "line", "color": "#0072B2"}},
            {"mark": {"type": "point", "filled": True, "size": 110, "opacity": 1.0},
             "encoding": {"color": {**kind, "scale": {"domain": [LINE, NOW], "range": ["#0072B2", "#009E73"]}},
                          "shape": {**kind, "scale": {"domain": [LINE, NOW], "range": ["circle", "cross"]}}}},
        ],
        "encoding": {
            "x": {"field": "floor", "type": "quantitative", "title": title, "scale": {"zero": False}, "axis": AXIS},
            "y": {"field": "total", "type": "quantitative", "title": f"total, {unit}", "scale": {"zero": False},
                  "axis": AXIS | {"format": ",.5~r"}},
            "tooltip": [{"field": "floor", "title": title, "format": ",.4~r"},
                        {"field": "total", "title": f"total, {unit}", "format": ",.0f"},
                        {"field": "costs", "title": "costs of the total", "format": ".2%"}],
        },
    }  # fmt: skip
    alt = f"The total falls from {figure(floors[0]['total'], unit)} to {figure(floors[-1]['total'], unit)} {unit}."
    st.vega_lite_chart(data, spec, width="stretch", key="fair_floors", alt=alt)


def _principles(answer: Mapping[str, Any], asked: questions.Question, plan: Plan) -> None:
    """Ways of sharing out, each a whole plan that can be sent on."""
    rows = answer["principles"]
    st.subheader("Ways of sharing out", anchor=False)
    sizes = counted(list(rows[0]["values"]), answer["needs"])
    reading_table(
        pd.DataFrame(
            {
                "Way": [f"{r['principle']}: {r['meaning']}" for r in rows],
                "Total": [figure(r["total"]) for r in rows],
                "Costs of the total": [_costs(r) for r in rows],
                "Least": [_who(r, min, sizes, answer) for r in rows],
                "Most": [_who(r, max, sizes, answer) for r in rows],
                "Proven within": ["open" if r["gap"] is None else share(r["gap"]) for r in rows],
            }
        )
    )
    with st.expander("Who gets what in each of them"):
        names = list(rows[0]["values"])
        table = pd.DataFrame({"Who": names, **{r["principle"]: [r["values"][n] for n in names] for r in rows}})
        reading_table(table)
    number = st.selectbox(
        "Look at", range(len(rows)), key="fair_pick", index=min(1, len(rows) - 1),
        format_func=lambda n: rows[n]["principle"],
    )  # fmt: skip
    chosen = rows[number or 0]
    remake = f"{state.remake(asked)}\n# {chosen['principle']}"
    origin = f"the plan for {answer['outcome']} by '{chosen['principle']}'"
    send(state.Shown(asked.source, asked.wish, chosen["plan"], origin, remake), "fair", "This plan", plan)


def _costs(row: Mapping[str, Any]) -> str:
    """What a way costs; less than the gap is nothing."""
    return "nothing" if row["costs"] <= max(row["gap"] or 0.0, 1e-5) else share(row["costs"])


def _who(row: Mapping[str, Any], end: Any, sizes: Mapping[str, float], answer: Mapping[str, Any]) -> str:
    """Who is at one end, and with how much."""
    name = end(sizes, key=lambda n: row["coverage"][n])
    factor = HEADS if len(answer["needs"]) >= 2 else 1
    return f"{name}: {figure(factor * row['coverage'][name])}"
