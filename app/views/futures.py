"""Futures: one plan for all of them. Side by side, regret, what to do now, over time, reserve against risk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from app.charts.widgets import AXIS, bullets, plain, reading_table, table
from app.session.store import Source, Wish, plan_path
from app.shell import forms, state, verdicts
from app.tasks import questions
from app.views.futures_more import over_time, reserve
from app.views.futures_words import lost_words
from app.views.send_to_compare import send
from planner.analyses.futures import FUTURES
from planner.case import Case
from planner.sheets import Scenarios, Time
from planner.wording.dates import day
from planner.wording.figures import MISSING, count, figure, share

SIDE, REGRET, NOW, TIME, RISK = (
    "Side by side", "Regret", "Do now and wait", "Over time", "Reserve against risk",
)  # fmt: skip
FURTHER = {name: FUTURES.option(name).default for name in ("reserve", "weight", "worst", "samples", "seed")}
"""What is asked of the hedged plan once it is found, in views of their own."""
COMMON = {"commitments": "reforms, sites, hires and programmes", "activities": "everything that is done, casework too"}


def page() -> None:
    """Ask for the hedged plan, then show one of five views of it."""
    st.title("Futures", anchor=False)
    source: Source = st.session_state.source
    case = state.base_case()
    rows = [row for row in case.of(Scenarios) if row.probability is not None and row.probability > 0.0]
    if not rows:
        st.markdown(
            "This workbook names no possible future with a probability. Add rows to its sheet Scenarios, say how "
            "likely each is, and write on Scenario changes which cells differ; what is left to 100 % is the case as it "
            "stands."
        )
        return
    rest = 1.0 - sum(row.probability or 0.0 for row in rows)
    names = [f"'{row.scenario}' ({share(row.probability or 0.0)})" for row in rows]
    names += [f"as it stands ({share(rest)})"] if rest > 1e-9 else []
    st.markdown(
        f"Nobody knows which future will come: {plain(', '.join(names))}. The hedged plan begins in the same way in "
        "all of them and answers each once it shows."
    )
    asked, place = _question(source, case)
    if asked is None:
        return
    verdicts.quicker(case, asked.wish)
    verdicts.rough(case, asked.wish.grid)
    waiting = (
        "Press **Find the hedged plan**. Every future is solved by itself, then all together, and each plan is "
        "tried in every other future: seconds for the first lesson, up to twenty minutes for the reference case."
    )
    answer = questions.on_demand("futures", asked, "Find the hedged plan", waiting, place, width="stretch")
    if answer is None or answer.answer is None:
        return
    found = answer.answer
    if found["stopped"] or found.get("interrupted"):
        st.warning("The search was stopped: what was found until then is shown.", icon=":material/timer_off:")
    _head(found)
    view = st.segmented_control(
        "View", [SIDE, REGRET, NOW, TIME, RISK], default=SIDE, required=True, key="futures_view",
        label_visibility="collapsed",
    )  # fmt: skip
    key = asked.key + ("-stopped" if found.get("interrupted") else "")
    if view == REGRET:
        _regret(found)
    elif view == NOW:
        _now(found)
    elif view == TIME:
        over_time(found, asked, key)
    elif view == RISK:
        reserve(found, asked, key)
    else:
        _side(found, source, asked)
    _sure(found, asked)


def _question(source: Source, case: Case) -> tuple[questions.Question | None, Any]:
    """When futures show, what is common until then, and the place of the button."""
    phases = {row.phase: f"{row.phase} begins ({day(row.starts)})" for row in case.of(Time)}
    left, middle, right = st.columns([3, 3, 2], vertical_alignment="bottom")
    later = list(phases)[1:] or list(phases)
    shows = FUTURES.option("branch")
    branch = left.selectbox(
        shows.title, later, format_func=lambda p: phases[p], key=forms.key_of(FUTURES, "branch"),
        help=plain(shows.sentence),
    )  # fmt: skip
    common = forms.field(FUTURES, "common", middle, words=COMMON.__getitem__)
    wanted = forms.question(FUTURES, branch=branch, common=common, **FURTHER)
    if wanted is None:
        return None, right
    return questions.asks(FUTURES, wanted, source, state.wish_now()), right


def _head(found: Mapping[str, Any]) -> None:
    """The answer and what stands behind it."""
    st.header(plain(found["answer"]), anchor=False)
    st.markdown(plain(found["when"]))
    own = {p["sentence"] for p in found["plans"] if p["kind"] == "own"}
    whole = [s for s in found["sentences"] if s not in own]
    bullets(whole)


def _row(found: Mapping[str, Any], kind: str) -> dict[str, Any] | None:
    """Commitments of one kind."""
    return next((p for p in found["plans"] if p["kind"] == kind), None)


def _side(found: Mapping[str, Any], source: Source, asked: questions.Question) -> None:
    """Each future with its probability, its best in hindsight and what the hedged plan brings."""
    st.header("Each future by itself, and under the hedged plan", anchor=False)
    hedged = _row(found, "hedged")
    lines = []
    for s, future in enumerate(found["futures"]):
        mine = hedged["points"][s] if hedged else None
        lines.append(
            {"Future": future["title"], "What happens": future["label"], "Probability, %": 100 * future["probability"],
             "With hindsight, points": future["best"], "Hedged plan, points": mine,
             "Lost": lost_words(hedged, s) if hedged else MISSING}
        )  # fmt: skip
    frame = pd.DataFrame(lines)
    reading_table(frame)
    for lost in found["hopeless"]:
        st.error(plain(lost["sentence"]), icon=":material/block:")
    if hedged is not None:
        _lost_bars(found, hedged)
    _outcomes(found)
    _plans(found, source, asked)


def _lost_bars(found: Mapping[str, Any], hedged: Mapping[str, Any]) -> None:
    """What the hedged plan loses in each future, as bars."""
    rows = [
        {"future": f["title"], "lost": 100.0 * (lost or 0.0)}
        for f, lost in zip(found["futures"], hedged["regret_share"], strict=True)
    ]
    worst = max(rows, key=lambda r: float(r["lost"]))
    spec = {
        "mark": {"type": "bar", "color": "#0072B2"},
        "height": {"step": 26},
        "encoding": {
            "y": {"field": "future", "type": "nominal", "sort": None, "title": None, "axis": AXIS},
            "x": {"field": "lost", "type": "quantitative", "axis": AXIS | {"format": ".3~g"},
                  "title": "lost against hindsight, % of the best of that future"},
            "tooltip": [{"field": "future", "title": "Future"}, {"field": "lost", "title": "Lost, %", "format": ".3f"}],
        },
    }  # fmt: skip
    alt = f"What the hedged plan loses against hindsight: most in '{worst['future']}', {share(worst['lost'] / 100)}."
    st.vega_lite_chart(pd.DataFrame(rows), spec, width="stretch", key="futures_lost", alt=alt)


def _outcomes(found: Mapping[str, Any]) -> None:
    """Outcomes future by future."""
    st.header("What people get in each future", anchor=False)
    names = {"hedged": "Under the hedged plan", "hindsight": "With hindsight"}
    known = [n for n in names if any(v is not None for o in found["outcomes"] for v in o[n])]
    which = st.radio("Plan", known, format_func=lambda n: names[n], horizontal=True, key="futures_outcomes")
    titles = [f["title"] for f in found["futures"]]
    rows = [
        {"Outcome": o["outcome"], "Unit": o["unit"], **dict(zip(titles, o[which or known[0]], strict=True))}
        for o in found["outcomes"]
    ]
    reading_table(pd.DataFrame(rows))


def _plans(found: Mapping[str, Any], source: Source, asked: questions.Question) -> None:
    """The hedged plan in one future, to be looked at on the other pages."""
    keys = [future.get("plan") for future in found["futures"]]
    ready = [s for s, key in enumerate(keys) if key and plan_path(key).is_file()]
    if not ready:
        return
    st.header("Look at the whole plan", anchor=False)
    titles = [f["title"] for f in found["futures"]]
    picked = st.selectbox("The hedged plan in", ready, format_func=lambda s: titles[s], key="futures_plan")
    future = found["futures"][picked]
    wish = asked.wish
    made = Wish(scenario=future["name"], grid=wish.grid, gap=wish.gap, sets=wish.sets)
    origin = f"hedged over {len(titles)} futures, as '{future['title']}' comes"
    send(state.Shown(source, made, keys[picked], origin, state.remake(asked)), "futures", "The hedged plan")
    st.markdown(":small[It was recomputed from the workbook's cells by the independent check.]")


def _regret(found: Mapping[str, Any]) -> None:
    """Whose commitments lose how much in which future."""
    st.header("What each plan's beginning loses in each future", anchor=False)
    st.markdown(
        "Down the side: whose commitments are made before futures show. Across: the future that then comes. Figures "
        "are losses against hindsight; **cut** means that something committed has to be cut back there, **breaks** "
        "that some limit does not hold whatever is done."
    )
    rows = []
    for p in found["plans"]:
        for s, future in enumerate(found["futures"]):
            lost = p["regret_share"][s]
            rows.append(
                {"plan": p["name"], "future": future["title"], "lost": None if lost is None else 100 * lost,
                 "kept": p["kept"][s], "text": lost_words(p, s)}
            )  # fmt: skip
    _heat(pd.DataFrame(rows), [p["name"] for p in found["plans"]], [f["title"] for f in found["futures"]])
    with st.expander("Show data"):
        wide = {
            "Commitments of": [p["name"] for p in found["plans"]],
            **{f["title"]: [lost_words(p, s) for p in found["plans"]] for s, f in enumerate(found["futures"])},
            "Never more than": [share(p["at_most_worse"]) if p["whole"] else MISSING for p in found["plans"]],
            "On average, points": [p["expected_regret"] for p in found["plans"]],
        }
        reading_table(pd.DataFrame(wide))
    said = [p["sentence"] for p in found["plans"] if p["sentence"]]
    if said:
        st.header("Why some cannot be kept", anchor=False)
        bullets(said)


def _heat(frame: pd.DataFrame, plans: Sequence[str], futures: Sequence[str]) -> None:
    """The matrix: words in every field, colour only beside them."""
    x = {"field": "future", "type": "nominal", "sort": list(futures), "title": "the future that comes",
         "axis": AXIS | {"orient": "top", "labelAngle": 0 if len(futures) <= 5 else -25}}  # fmt: skip
    y = {"field": "plan", "type": "nominal", "sort": list(plans), "title": None, "axis": AXIS}
    top = max([float(v) for v in frame["lost"].dropna()] + [1.0])
    words = {"scale": {"domain": ["kept", "cut back", "broken", "not found"],
                       "range": ["#DCEBF5", "#FBE3B3", "#F3C1B0", "#E3E3E3"]}}  # fmt: skip
    spec = {
        "height": {"step": 44},
        "layer": [
            {
                "mark": {"type": "rect", "stroke": "#888", "strokeWidth": 0.5},
                "encoding": {
                    "x": x, "y": y,
                    "color": {"field": "kept", "type": "nominal", "title": "Commitments are",
                              "legend": {"orient": "bottom", "symbolSize": 250, "symbolStrokeWidth": 0.5}, **words},
                    "tooltip": [{"field": "plan", "title": "Commitments of"}, {"field": "future", "title": "Future"},
                                {"field": "text", "title": "Lost"}],
                },
            },
            {
                "mark": {"type": "text", "color": "#111", "fontSize": 13},
                "encoding": {"x": x, "y": y, "text": {"field": "text"}},
            },
        ],
    }  # fmt: skip
    alt = f"Losses of {len(plans)} plans in {len(futures)} futures; the largest that can be told is {share(top / 100)}."
    st.vega_lite_chart(frame, spec, width="stretch", key="futures_matrix", alt=alt)


HEADINGS = {
    "now": ("Do now", "Every future's own plan begins with these: whatever comes, they are not regretted."),
    "part now": ("Do a part now", "Every future wants some of these, not all want as much."),
    "depends": ("A bet", "Only some futures' own plans begin with these."),
    "later": ("Wait", "The hedged plan decides these once it is known which future has come."),
}


def _now(found: Mapping[str, Any]) -> None:
    """What can be begun without regret, what is a bet, what can wait."""
    listed = found["commitments"]
    for verdict, (title, why) in HEADINGS.items():
        mine = [c for c in listed if c["verdict"] == verdict]
        if not mine:
            continue
        st.header(f"{title} ({len(mine)})", anchor=False)
        st.markdown(why)
        by_sheet: dict[str, list[str]] = {}
        for item in mine:
            by_sheet.setdefault(item["sheet"], []).append(item["sentence"])
        for sheet, sentences in by_sheet.items():
            with st.expander(f"{sheet} ({len(sentences)})", expanded=len(mine) <= 15 or verdict != "now"):
                bullets(sentences)
    with st.expander("Show data"):
        titles = [f["title"] for f in found["futures"]]
        rows = [
            {"Sheet": c["sheet"], "Row": c["row"], "Unit": c["unit"], "Verdict": HEADINGS[c["verdict"]][0],
             "Hedged plan": c["hedged"], **dict(zip(titles, c["amounts"], strict=True))} for c in listed
        ]  # fmt: skip
        table(pd.DataFrame(rows), key="futures_commitments")


def _sure(found: Mapping[str, Any], asked: questions.Question) -> None:
    """Notes, size, and the command."""
    with st.expander("How sure, and the same in the terminal"):
        notes = list(found["notes"])
        notes.append(
            f"All futures in one model: {count(found['rows'])} rows, {count(found['columns'])} columns, "
            f"{figure(found['seconds'])} s."
        )
        bullets(notes)
        st.code(state.remake(asked), language="bash")
