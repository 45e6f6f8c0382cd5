"""Answers while a lever moves: one engine a session, arrays that all sessions share, no Streamlit and no Pyomo kept."""

from planner.live.answers import LiveAnswer, Move, Shortage, Worth
from planner.live.base import LiveBase, LiveUnavailableError, build_base
from planner.live.dials import Dial
from planner.live.engine import LiveEngine
from planner.live.meters import Meter, MeterRow, meters_of
from planner.live.recipes import Recipe

__all__ = [
    "Dial",
    "LiveAnswer",
    "LiveBase",
    "LiveEngine",
    "LiveUnavailableError",
    "Meter",
    "MeterRow",
    "Move",
    "Recipe",
    "Shortage",
    "Worth",
    "build_base",
    "meters_of",
]
