"""90: the palette for who sees few colours, computed: sRGB to CIE L*a*b*, and the matrices of Machado, Oliveira and
Fernandes (2009, IEEE Transactions on Visualization and Computer Graphics 15(6), full severity)."""

import itertools
import tomllib
from pathlib import Path

import numpy as np
import pytest

CONFIG = tomllib.loads((Path(__file__).parents[2] / "app" / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
PALETTE = CONFIG["theme"]["chartCategoricalColors"]
EYES = {
    "all colours": np.eye(3),
    "no red": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no green": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "no blue": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
WHITE, DARK = "#FFFFFF", "#0E1117"


def light(colour: str) -> np.ndarray:
    """Linear light of red, green and blue."""
    share = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def lab(linear: np.ndarray) -> np.ndarray:
    """CIE L*a*b* under D65."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = (to_xyz @ np.clip(linear, 0, 1)) / np.array([0.9505, 1.0, 1.089])
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


def apart(one: str, other: str, eye: str) -> float:
    """How far two colours are apart for an eye (CIE 1976; 2.3 is just noticeable side by side)."""
    return float(np.linalg.norm(lab(EYES[eye] @ light(one)) - lab(EYES[eye] @ light(other))))


def contrast(one: str, other: str) -> float:
    """Contrast of two colours after WCAG."""
    high, low = sorted((float(light(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("eye", list(EYES))
def test_90_neighbours_in_a_chart_are_told_apart_by_every_eye(eye: str) -> None:
    near = {pair: round(apart(*pair, eye), 1) for pair in itertools.pairwise(PALETTE)}
    assert min(near.values()) >= 15, near


@pytest.mark.parametrize("eye", list(EYES))
def test_90_the_first_five_colours_are_told_apart_by_every_eye(eye: str) -> None:
    near = {pair: round(apart(*pair, eye), 1) for pair in itertools.combinations(PALETTE[:5], 2)}
    assert min(near.values()) >= 10, near


def test_90_plan_and_comparison_differ_in_grey() -> None:
    first, second = (lab(light(colour))[0] for colour in PALETTE[:2])
    assert abs(first - second) >= 20


@pytest.mark.parametrize(("theme", "ground"), [("light", WHITE), ("dark", DARK)])
def test_the_main_colour_can_be_read_on_its_ground_and_be_read_upon(theme: str, ground: str) -> None:
    main = CONFIG["theme"][theme]["primaryColor"]
    written = WHITE if theme == "light" else DARK  # planner.css writes so on its buttons
    assert contrast(main, ground) >= 4.5
    assert contrast(main, written) >= 4.5
