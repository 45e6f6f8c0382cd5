"""Where countries lie: names to codes of the geometry in `static`, and the frame in which a case is drawn."""

from __future__ import annotations

import csv
import json
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from planner.case import Case
from planner.sheets import Places

STATIC = Path(__file__).resolve().parents[1] / "static"
GEOMETRY = "app/static/countries-50m.json"
"""Address of the boundaries, from the page's own server."""
MARGIN = 6.0
"""Degrees around the places of a case that are drawn with it."""
Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class Country:
    """A country of the case: its name there, its code in the geometry ('' where it is not drawn)."""

    name: str
    code: str


@dataclass(frozen=True)
class View:
    """How the globe is laid flat (equal-earth): middle meridian, middle of the frame, its size (unit sphere)."""

    meridian: float
    middle: Point
    width: float
    height: float


def folded(name: str) -> str:
    """A name without accents, signs, capitals and what stands in brackets."""
    plain = unicodedata.normalize("NFKD", re.sub(r"\(.*?\)", "", name))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", " ", letters.casefold().replace("&", " and ")).strip()


@cache
def _codes() -> dict[str, str]:
    """Folded name: code in the geometry; '' for a country that the geometry does not draw."""
    found: dict[str, str] = {}
    with (STATIC / "countries.csv").open(encoding="utf-8", newline="") as file:
        for code, letters, drawn, names in list(csv.reader(file))[1:]:
            for name in (*names.split("; "), letters):
                found[folded(name)] = code if drawn == "yes" else ""
    return found


def code_of(name: str) -> str | None:
    """Code of a country by its name or three letters: '' where it is known but not drawn, None where it is unknown."""
    return _codes().get(folded(name))


def countries(case: Case) -> list[Country]:
    """Countries of a case in the order of its sheet."""
    return [Country(row.place, code_of(row.place) or "") for row in case.of(Places) if row.kind == "country"]


@cache
def _rings() -> dict[str, list[list[Point]]]:
    """Outer rings of each country, decoded from the geometry: longitude and latitude in degrees."""
    found = json.loads((STATIC / "countries-50m.json").read_bytes())
    scale, shift = found["transform"]["scale"], found["transform"]["translate"]
    arcs: list[list[Point]] = []
    for arc in found["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * scale[0] + shift[0], y * scale[1] + shift[1]))
        arcs.append(line)
    rings: dict[str, list[list[Point]]] = {}
    for item in found["objects"]["countries"]["geometries"]:
        parts = item.get("arcs", []) if item["type"] == "MultiPolygon" else [item.get("arcs", [[]])]
        outer = rings.setdefault(str(item.get("id", "")), [])
        outer += [[p for n in part[0] for p in (arcs[n] if n >= 0 else arcs[~n][::-1])] for part in parts if part]
    return rings


def box_of(code: str) -> tuple[float, float, float, float] | None:
    """West, south, east, north of a country's largest piece of land, in degrees."""
    rings = _rings().get(code)
    if not rings:
        return None
    largest = max(rings, key=lambda ring: abs(_area(ring)))
    xs, ys = [p[0] for p in largest], [p[1] for p in largest]
    return min(xs), min(ys), max(xs), max(ys)


def _area(ring: Sequence[Point]) -> float:
    """Area in square degrees, to compare pieces of one country."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, (*ring[1:], ring[0]), strict=True)) / 2.0


def view(case: Case) -> View | None:
    """The frame that shows the places of a case; None where none of its countries is drawn.

    It follows the coordinates of sheet Places; where there are none, the largest piece of each country's land.
    """
    drawn = [c for c in countries(case) if c.code]
    if not drawn:
        return None
    points: list[Point] = [
        (p.longitude, p.latitude) for p in case.of(Places) if p.longitude is not None and p.latitude is not None
    ]
    for country in drawn:
        box = box_of(country.code)
        placed = any(p.place == country.name and p.longitude is not None for p in case.of(Places))
        if box is not None and not placed:
            points += [(box[0], box[1]), (box[2], box[3])]
    west, east = min(p[0] for p in points) - MARGIN, max(p[0] for p in points) + MARGIN
    south = max(-85.0, min(p[1] for p in points) - MARGIN)
    north = min(85.0, max(p[1] for p in points) + MARGIN)
    meridian = (west + east) / 2.0
    edge = [flat((x - meridian, y)) for x in (west, meridian, east) for y in (south, (south + north) / 2.0, north)]
    return _frame(meridian, edge)


def _frame(meridian: float, edge: Iterable[Point]) -> View:
    """The frame around points that are flat already."""
    xs, ys = zip(*edge, strict=True)
    middle = ((min(xs) + max(xs)) / 2.0, (min(ys) + max(ys)) / 2.0)
    return View(meridian, middle, max(xs) - min(xs), max(ys) - min(ys))


def flat(point: Point) -> Point:
    """Lay a point flat as equal-earth does (Savric, Patterson and Jenny 2018): degrees to the unit sphere's plane."""
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    angle = math.asin(math.sqrt(3.0) / 2.0 * math.sin(math.radians(point[1])))
    square = angle * angle
    sixth = square**3
    across = a1 + 3.0 * a2 * square + sixth * (7.0 * a3 + 9.0 * a4 * square)
    x = math.radians(point[0]) * math.cos(angle) / (math.sqrt(3.0) / 2.0 * across)
    return x, angle * (a1 + a2 * square + sixth * (a3 + a4 * square))


def projection(seen: View) -> dict[str, Any]:
    """The same for Vega: as large as the chart allows, whatever its width."""
    scale = f"min(width / {seen.width:.6f}, height / {seen.height:.6f})"
    return {
        "type": "equalEarth",
        "rotate": [-seen.meridian, 0, 0],
        "scale": {"expr": scale},
        "translate": {
            "expr": f"[width / 2 - {scale} * {seen.middle[0]:.6f}, height / 2 + {scale} * {seen.middle[1]:.6f}]"
        },
    }
