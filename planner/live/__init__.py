"""Answers while a lever moves: one engine a session, arrays that all sessions share, no Streamlit and no Pyomo kept."""

from planner.live.answers import LiveAnswer, MarginalWorth, Move, Shortage
from planner.live.base import LiveBase, LiveUnavailableError, build_base
from planner.live.case_factory import CaseSpec
from planner.live.dials import Dial
from planner.live.engine import LiveEngine
from planner.live.meters import Meter, MeterRow, meters_of

__all__ = [
    "CaseSpec",
    "Dial",
    "LiveAnswer",
    "LiveBase",
    "LiveEngine",
    "LiveUnavailableError",
    "MarginalWorth",
    "Meter",
    "MeterRow",
    "Move",
    "Shortage",
    "build_base",
    "meters_of",
]
