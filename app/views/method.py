"""Method: what the words mean, how the planner knows, what it cannot do, where the numbers come from."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from app.charts.widgets import bullets, plain, table
from app.shell import page_frame, state, verdicts
from app.views.start import LIMITS
from planner import __version__
from planner.results import views
from planner.results.going_on import CONTINUATION_MEANS
from planner.results.summary import NOTHING_MEANS
from planner.sheets import Outcomes
from planner.wording.figures import typed

WORDS = (
    ("Plan", "How much of every activity happens in every period, and when each yes/no decision is taken."),
    ("Last actual", "The level of the last year that is known as the plan begins, as the workbook states it."),
    ("Continuation", CONTINUATION_MEANS.removeprefix("Continuation is ").capitalize()),
    ("Doing nothing", NOTHING_MEANS.removeprefix("Doing nothing, a technical bound, is ").capitalize()),
    ("Current policy", "For a lever: the value in the workbook."),
    (
        "Serves",
        "In the picture of money: the kinds of outcomes that count what the money buys, or the people whom it moves.",
    ),
    ("Points", "What the plan tries to make as large as it can: every outcome times its weight on sheet Outcomes."),
    ("Proven within 0.1 %", "No other plan that keeps the same limits scores more than 0.1 % higher."),
    ("Gap", "The proven distance between the plan and what no plan can pass."),
    ("Binding", "A limit that is reached: changing it would change the plan. A slack limit costs nothing."),
    ("Bottleneck", "What was at its limit while a stream of visas could have grown: staff, places, money, demand."),
    (
        "Price of a limit",
        "What the plan's points would gain from one unit more of it, with the yes-or-no decisions as they are. It "
        "holds only up to the next limit, and is confirmed by solving again with a little more and a little less.",
    ),
    ("Front", "Plans between two outcomes, none of which beats another in both. Each is a whole plan."),
    ("Knee", "The plan of a front after which one outcome begins to cost most in the other."),
    ("Exchange rate", "What one outcome gains for what the other gives up, from one plan of a front to the next."),
    (
        "No difference",
        "Two plans differ by less than what the searches left open, so that nobody knows which is better.",
    ),
    ("FTE", "Full-time equivalent: one person at work full time. Officers lent elsewhere count where they help."),
    ("Over the limit", "People who have waited longer than the time limit of their queue, first in, first out."),
    ("Lapsed", "Money or visas that nobody used before the end of their fiscal year."),
    ("Right", "A limit that always holds, whatever it costs. Switching one off is recorded in the plan."),
    ("Grade", "How firm a figure is: S sourced, D derived from sourced figures, A assumption, U unverified."),
)
KNOWS = (
    "Proof: the model is linear with yes/no decisions. An exact solver (HiGHS) returns a plan and a bound.",
    "Independent check: every plan is recomputed from the workbook's cells and the plan's tables by code that knows "
    "neither the model nor the solver: balances, limits, payments, time limits, rules, outcomes, score.",
    "People are conserved: everybody is in exactly one place at a time; nobody vanishes because a border is closed.",
    "The same workbook gives the same plan: one thread, a fixed seed, ties broken by a stated rule.",
    "Tests solve published problems with known answers through the same path as any workbook.",
)
MODEL = (
    "Everything scarce is a balance over time: what was there, plus what comes in, less what is used or lapses.",
    "Every activity has a recipe: the people it takes and where they go, the staff, places and money it needs.",
    "Money is paid by accounts that are allowed to pay: by purpose, place, actor and date, with carry-over and lapse.",
    "Staff are hired, trained, ramp up, leave and may be lent; an hour of theirs is used once.",
    "Reforms are yes/no decisions on few dates, with prerequisites, political price and a delay before they work.",
    "Rules limit selections of all that, by phase or as a sum, and each names its authority.",
)
FORMULAS = (
    (
        "Balance of anything scarce (money, quotas, people, staff)",
        "What is left at the end of a period is what was there, plus what came, plus what was brought, less what was "
        "taken, what left by itself and what lapsed. It is never less than nothing.",
        r"x_{s,t} = x_{s,t-1} + a_{s,t} + \sum_j m_{s,j,t}\,y_{j,t} - \sum_j u_{s,j,t}\,y_{j,t} - \ell_{s,t} - "
        r"q_{s,t},\qquad x_{s,t} \ge 0",
    ),
    (
        "Work that staff and places can do",
        "The time that all activities take of a capacity is at most its time, times the share that can be used; hires "
        "give time after recruiting, training and a straight ramp, and leave at the rate of attrition.",
        r"\sum_j o_{c,j}\,y_{j,t} \le \omega_c \Big(k_{c,t} + \sum_{\tau \le t} r_{c,t-\tau}\,h_{c,\tau}\Big)",
    ),
    (
        "Payment",
        "Every cost is paid by accounts that may pay it, out of what they have in that period.",
        r"\sum_{a \in A(b)} p_{a,b,t} = c_b\,y_{b,t},\qquad \sum_b p_{a,b,t} \le \text{balance}_{a,t}",
    ),
    (
        "Time limit",
        "Whoever entered a queue longer ago than its limit has left it, first in, first out; where the limit is a "
        "target, those who have not are counted.",
        r"\text{left}_{s}(t) + \text{over}_{s,t} \ge \text{entered}_{s}(t - L_s)",
    ),
    (
        "Growth",
        "A pace starts at most with the starting pace; a year later it is at most the growth factor times the pace "
        "that was reached, plus the starting pace, and in between in proportion, on any grid.",
        r"v_{j,t} \le g_j^{\,\Delta t}\, v_{j,t-1} + v^0_j\, \frac{g_j^{\,\Delta t} - 1}{g_j - 1}",
    ),
    (
        "Decision",
        "A reform is taken once or never, on one of its dates; what it opens works only after its delay.",
        r"\sum_d z_{e,d} \le 1,\quad z_{e,d} \in \{0, 1\},\qquad y_{j,t} \le M_j \sum_{d + \delta_e \le t} z_{e,d}",
    ),
    (
        "Worst-off country",
        "The smallest ratio of protection to people in need among the countries; the plan raises the lowest.",
        r"w \le \frac{1}{N_k} \sum_{i \in k} v_i\,f_i \quad \text{for every country } k",
    ),
    (
        "What the plan makes as large as it can",
        "Outcomes times their weights, less where less is better, discounted by year, less penalties of broken soft "
        "rules. Priorities are settled one after another.",
        r"\max\; \sum_o s_o\, w_o \sum_t (1 + \rho_o)^{-\text{year}(t)} f_{o,t} - \sum_r \pi_r\, e_r",
    ),
    (
        "How far from the best",
        "The bound is what no plan can pass; the gap is the distance to it as a share of the plan's points.",
        r"\text{gap} = \frac{\text{bound} - \text{plan}}{|\text{plan}|}",
    ),
)
"""Name, words, mathematics."""
ACCESS = (
    "Every page works with the keyboard alone; the focus is visible; whatever a click on a chart or a map does, a "
    "list beside it does too.",
    "Every chart has a sentence that says what it shows, a table of its figures and a source; colours differ in "
    "brightness and never carry a meaning alone: marks, words and positions do.",
    "Pages are tested with axe-core against WCAG 2.2 AA in light and dark, at widths from 320 to 1920 pixels, and "
    "respect the wish for reduced motion.",
    "Known limits: large tables are drawn as pictures by Streamlit and are hard for screen readers; every one of them "
    "is also in the plan workbook and in the CSV files. Nobody who uses a screen reader every day has tried it yet.",
    "Tell us what does not work for you: an issue in the project's repository is read.",
)
EQUITY = (
    "Weights on sheet Outcomes are value judgements. Change them and solve again to see whose position changes.",
    "'Worst-off country' counts the country with the least protection per person in need, so that none is left behind "
    "only because it is expensive.",
    "There is no step from a pending claim to a return, and a workbook that adds one is refused.",
    "Fewer arrivals earn nothing by themselves; keeping people out is never a success here.",
)


PARTS = (
    "Words", "How it knows", "The model", "Limits and fairness", "Outcomes", "Sources", "Record", "Access and changes",
)  # fmt: skip


def page() -> None:
    """Draw the page."""
    page_frame.title(
        "Method", "What the words mean, how the planner knows, what it cannot do, where numbers come from."
    )
    parts = st.tabs(PARTS)
    with parts[0]:
        st.header("What the words mean", anchor=False)
        st.markdown("\n".join(f"- **{plain(word)}**: {plain(meaning)}" for word, meaning in WORDS))
    with parts[1]:
        st.header("How it knows", anchor=False)
        bullets(KNOWS)
    with parts[2]:
        st.header("The model in words", anchor=False)
        bullets(MODEL)
        formulas()
    with parts[3]:
        st.header("What it does not know", anchor=False)
        bullets(LIMITS)
        st.header("Fairness", anchor=False)
        bullets(EQUITY)
    with parts[4]:
        outcomes()
    with parts[5]:
        sources()
    with parts[6]:
        record()
    with parts[7]:
        access()


def formulas() -> None:
    """Every kind of equation: in words, then as mathematics."""
    st.header("The formulas, in words and then in mathematics", anchor=False)
    st.markdown(
        "Levels of activities and amounts are continuous; only decisions are yes or no, so that the model is a mixed "
        "integer linear programme, solved by HiGHS to a proven gap."
    )
    for name, words, formula in FORMULAS:
        st.subheader(name, anchor=False)
        st.markdown(plain(words))
        st.latex(formula)


def access() -> None:
    """Accessibility statement and change log."""
    st.header("Accessibility", anchor=False)
    bullets(ACCESS)
    st.header("What changed in which version", anchor=False)
    st.markdown(f"This is version {__version__}.")
    log = Path(__file__).resolve().parents[2] / "CHANGELOG.md"
    if log.is_file():
        bullets(newest(log.read_text(encoding="utf-8")))
    else:
        st.markdown("The change log is in the file CHANGELOG.md of the source.")


def newest(text: str) -> list[str]:
    """Entries of the newest part of a change log."""
    part = text.partition("\n## ")[2].partition("\n## ")[0]
    found: list[str] = []
    for line in part.splitlines()[1:]:
        if line.startswith("- "):
            found.append(line[2:].strip())
        elif line.startswith("  ") and found:
            found[-1] += f" {line.strip()}"
    return found


def outcomes() -> None:
    """What the plan tries to reach, with weights."""
    case = state.base_case()
    st.header("What counts as better, and how much", anchor=False)
    lines = []
    for row in case.of(Outcomes):
        sign = "more is better" if row.better == "more" else "less is better"
        lines.append(f"{row.outcome} ({row.unit}; {sign}; weight {typed(row.weight)}): {row.label}. {row.note}".strip())
    bullets(lines)


def sources() -> None:
    """Evidence by grade, each with the rows that rest on it."""
    case = state.base_case()
    frame_, grades = views.evidence(case), case.grades
    st.header("Sources by grade", anchor=False)
    if frame_.empty:
        st.markdown("This workbook names no evidence.")
        return
    counts = frame_["Grade"].value_counts()
    said = ", ".join(f"{counts[g]} {words}" for g, words in grades.items() if g in counts)
    st.markdown(f"{len(frame_)} figures: {said}. Figures graded A or U deserve the first look.")
    chosen = st.pills(
        "Grade",
        [g for g in grades if g in counts],
        format_func=lambda g: grades[g],
        key="grade",
        selection_mode="multi",
    )
    kept = frame_[frame_["Grade"].isin(chosen)] if chosen else frame_
    table(kept, key="evidence", height=560, widths={"What it says": "large", "Source": "large"})


def record() -> None:
    """How the plan on the screen was found."""
    st.header("Record of the plan on the screen", anchor=False)
    found = state.shown()
    if found is None:
        st.markdown("There is no plan yet.")
        return
    shown, case, plan = found
    if verdicts.waits(case, plan, "The record comes"):
        return
    st.code(state.command(shown.source, shown.wish, shown.remake), language="bash", wrap_lines=True)
    rows = views.record(case, plan).astype(str)
    table(rows[rows["What"] != "To solve again"], key="record", height=560, widths={"Value": "large"})
    with st.expander(f"Defaults that were used: {len(plan.defaults)}"):
        bullets(list(plan.defaults))
