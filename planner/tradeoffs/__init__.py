"""Trade-offs: whole fronts, fairness, and measures of fronts. Each is a plain function with a typed result."""

from planner.tradeoffs.cases import front_of_case
from planner.tradeoffs.errors import TradeoffError
from planner.tradeoffs.front import front, front_of_problem
from planner.tradeoffs.points import Cell, Front, Point, Rate

__all__ = ["Cell", "Front", "Point", "Rate", "TradeoffError", "front", "front_of_case", "front_of_problem"]
