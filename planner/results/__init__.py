"""Results in planners' words: views as tables, the plan workbook, JSON and the terminal."""

from __future__ import annotations

from planner.results.frames import OutputError
from planner.results.headlines import Headlines, headlines
from planner.results.json import to_json
from planner.results.reader import PlanFile, open_case, read_plan
from planner.results.screen import show
from planner.results.summary import headline, held_back, status_sentence
from planner.results.workbook import write_workbook

__all__ = [
    "Headlines",
    "OutputError",
    "PlanFile",
    "headline",
    "headlines",
    "held_back",
    "open_case",
    "read_plan",
    "show",
    "status_sentence",
    "to_json",
    "write_workbook",
]
