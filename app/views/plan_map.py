"""Plan: the map with its ranked list, one figure for each country, and a card for the country that is chosen."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from app.charts import map_data
from app.charts.widgets import POLICY, bars, plain, reading_table, source_line
from app.shell.compared import Compared, say
from planner.case import Case
from planner.ordering import steps
from planner.plan import Plan
from planner.results import views
from planner.results.countries import Measure
from planner.results.frames import REGION
from planner.wording.figures import change, counts_people, figure

DISCLAIMER = (
    "The boundaries and names shown and the designations used on this map do not imply official endorsement or "
    "acceptance by anybody, nor any opinion on the legal status of a country or area. Boundaries: Natural Earth "
    "(public domain), by way of world-atlas 2.0.2."
)
LIGHT, DARK = "#D6E6F4", "#08306B"
"""Ends of the colour scale: the darker, the more."""
GREY = "#BDBDBD"


def world(case: Case, plan: Plan, against: Compared) -> None:
    """The map, its ranked list and the card of one country."""
    st.header("Map: what each country gets", anchor=False)
    measures = {m.name: m for m in views.by_country(case, plan)}
    chosen = st.selectbox("Figure on the map", list(measures), key="map_figure")
    measure = measures[chosen]
    before = None
    if against.policy is not None:
        known = {m.name: m for m in views.by_country(case, against.policy)}
        before = known.get(chosen, views.nothing_of(measure))
    found = views.against(measure, before).rename(columns={"Compared": POLICY})
    st.markdown(_words(found, measure))
    left, right = st.columns([3, 2])
    with left:
        draw(case, found, measure)
    with right:
        ranked(found, measure)
    say(against)
    card(case, against, list(measures.values()))


def _words(found: pd.DataFrame, measure: Measure) -> str:
    """Who gets most, and the sum."""
    countries = found[found["Country"] != REGION].sort_values("Plan", ascending=False, kind="stable", key=steps)
    if countries.empty or not float(found["Plan"].abs().sum()):
        return "Nothing for any country."
    top, whole = countries.iloc[0], float(found["Plan"].sum())
    said = f"Most: **{plain(top['Country'])}**, {figure(top['Plan'], measure.unit)} {plain(measure.unit)}. "
    if not measure.whole:
        return said + "The countries do not add up to the outcome, which is a ratio; the table holds what it counts."
    return said + f"All together **{figure(whole, measure.unit)}**."


def draw(case: Case, found: pd.DataFrame, measure: Measure) -> None:
    """The map itself, where the countries of the case exist on this earth."""
    seen = map_data.view(case)
    if seen is None:
        st.info(
            "There is no map: none of this workbook's countries is in the list of ISO 3166 countries. "
            "The ranked list holds every figure."
        )
        return
    values = dict(zip(found["Country"], found["Plan"], strict=True))
    drawn = [c for c in map_data.countries(case) if c.code]
    rows = [
        {"code": c.code, "country": c.name, "value": float(values.get(c.name, 0.0)),
         "said": f"{figure(values.get(c.name, 0.0), measure.unit)} {measure.unit}"} for c in drawn
    ]  # fmt: skip
    event = st.vega_lite_chart(
        map_spec(rows, measure.unit, seen), width="stretch", key="map", on_select="rerun",
        alt=f"Map of {measure.name}: {_told(found, measure)}",
    )  # fmt: skip
    source_line(f"the plan shown, {measure.name.lower()}")
    st.markdown(f":small[Grey: no country of this workbook. {DISCLAIMER}]")
    _clicked(event, {c.name for c in map_data.countries(case)})
    others = [c.name for c in map_data.countries(case) if not c.code]
    if others:
        st.markdown(f"Not on the map, but in the list beside it: {plain(', '.join(others))}.")


def _told(found: pd.DataFrame, measure: Measure) -> str:
    """The three largest in a sentence."""
    top = found[found["Country"] != REGION].sort_values("Plan", ascending=False, kind="stable", key=steps).head(3)
    pairs = zip(top["Country"], top["Plan"], strict=True)
    return "; ".join(f"{c} {figure(v, measure.unit)}" for c, v in pairs) + f" {measure.unit}."


def map_spec(rows: list[dict[str, Any]], unit: str, seen: map_data.View) -> dict[str, Any]:
    """The map for Vega: boundaries by address, figures by code; grey where the plan has no figure."""
    values = [row["value"] for row in rows] or [0.0]
    low, high = min(0.0, *values), max(0.0, *values)
    counts = {"format": ",.0f"} if counts_people(unit) or high >= 100 else {"format": ",.3~r"}
    told = [{"field": "name", "title": "Country"}, {"field": "told", "title": "Plan"}]
    outline = {"type": "geoshape", "stroke": "#FFFFFF", "strokeWidth": 0.6, "clip": True}
    return {
        "height": 520,
        "data": {"url": map_data.GEOMETRY, "format": {"type": "topojson", "feature": "countries"}},
        "transform": [
            {"calculate": "isValid(datum.id) ? datum.id : datum.properties.name", "as": "code"},
            {
                "lookup": "code",
                "from": {"data": {"values": rows}, "key": "code", "fields": ["country", "value", "said"]},
            },
            {"calculate": "isValid(datum.country) ? datum.country : datum.properties.name", "as": "name"},
            {"calculate": "isValid(datum.said) ? datum.said : 'no data'", "as": "told"},
        ],
        "projection": map_data.projection(seen),
        "layer": [
            {
                "params": [_picked("grey")],
                "mark": outline | {"color": GREY},
                "encoding": {"tooltip": told},
            },
            {
                "transform": [{"filter": "isValid(datum.value)"}],
                "params": [_picked("land")],
                "mark": outline,
                "encoding": {
                    "color": {
                        "field": "value", "type": "quantitative",
                        "scale": {"domain": [low, high or 1.0], "range": [LIGHT, DARK]},
                        "legend": {"title": unit, "orient": "bottom-left", "gradientLength": 150, **counts},
                    },
                    "strokeWidth": {"condition": {"param": "land", "empty": False, "value": 2.5}, "value": 0.6},
                    "tooltip": told,
                },
            },
        ],
    }  # fmt: skip


def _picked(name: str) -> dict[str, Any]:
    """A click on one country of a layer."""
    return {"name": name, "select": {"type": "point", "fields": ["name"], "toggle": False}}


def _clicked(event: Any, known: set[str]) -> None:
    """Take a click over into the choice of the card; say so where there is no data."""
    layers = ("land", "grey") if event is not None else ()
    picked = [p for layer in layers for p in (event.selection.get(layer) or []) if p.get("name")]
    name = str(picked[0]["name"]) if picked else ""
    if name and name != st.session_state.get("map_clicked"):
        st.session_state.map_clicked = name
        if name in known:
            st.session_state.map_country = name
    if not name:
        st.session_state.pop("map_clicked", None)
    elif name not in known:
        st.info(f"No data: {plain(name)} is not a country of this workbook.")


def ranked(found: pd.DataFrame, measure: Measure) -> None:
    """The same figures as bars and as a table: every country of the case, the largest first."""
    order = found.assign(last=found["Country"] == REGION)
    order = order.sort_values(["last", "Plan"], ascending=[True, False], kind="stable", key=steps).drop(columns="last")
    policy = POLICY if POLICY in order else ""
    bars(
        order, "Country", ["Plan"], measure.unit, f"{measure.name}, ranked: {_told(found, measure)}", "map_bars",
        policy=policy, source=f"the plan shown, {measure.name.lower()}",
    )  # fmt: skip
    shown = {"Country": list(order["Country"]), "Plan": [figure(v, measure.unit) for v in order["Plan"]]}
    if policy:
        shown[POLICY] = [figure(v, measure.unit) for v in order[POLICY]]
        shown["Difference"] = [change(v, measure.unit) for v in order["Difference"]]
    frame = pd.DataFrame(shown)
    if measure.whole:
        sums = {"Country": "Total", "Plan": figure(order["Plan"].sum(), measure.unit)}
        if policy:
            sums[POLICY] = figure(order[POLICY].sum(), measure.unit)
            sums["Difference"] = change(float(order["Difference"].sum()), measure.unit)
        frame = pd.concat([frame, pd.DataFrame([sums])], ignore_index=True)
    reading_table(frame)


def card(case: Case, against: Compared, measures: list[Measure]) -> None:
    """Everything that one country gets."""
    names = [c.name for c in map_data.countries(case)]
    st.subheader("One country", anchor=False)
    if st.session_state.get("map_country") not in names:
        st.session_state.pop("map_country", None)
    if not names:
        return
    name = st.selectbox("Country (or click on the map)", names, key="map_country")
    before = None
    if against.policy is not None:
        before = {m.name: m for m in views.by_country(case, against.policy)}
    records = []
    for measure in measures:
        other = None if before is None else before.get(measure.name, views.nothing_of(measure))
        row = views.against(measure, other).set_index("Country").to_dict("index")[name]
        record = {"What": measure.name, "Plan": figure(row["Plan"], measure.unit)}
        if "Compared" in row:
            record |= {
                POLICY: figure(row["Compared"], measure.unit),
                "Difference": change(row["Difference"], measure.unit),
            }
        records.append({**record, "Unit": measure.unit})
    with st.container(border=True, key="country_card"):
        st.markdown(f"**{plain(name)}**")
        reading_table(pd.DataFrame(records))
